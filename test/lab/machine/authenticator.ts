import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { signedBy, type Credentials } from "./ec2/signature";
import type { Json } from "./kube";
import type { Store } from "./store";

/** Groups that stand for what EKS's policies allow on a whole cluster; other policies add none. */
const policyGroups: Readonly<Record<string, string>> = {
  AmazonEKSClusterAdminPolicy: "system:masters",
  AmazonEKSViewPolicy: "lab:view",
};

/**
 * Rights of `lab:view`: the user-facing role that AmazonEKSViewPolicy is like
 * (https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html), which reads no Secret.
 */
export const viewBinding = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: policyGroups.AmazonEKSViewPolicy },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
  subjects: [
    {
      ...{ apiGroup: "rbac.authorization.k8s.io", kind: "Group" },
      name: policyGroups.AmazonEKSViewPolicy,
    },
  ],
};

interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
}

/**
 * What EKS does with a bearer token: it names a role and a cluster, and counts for as much as the
 * role's access entry on that cluster says.
 */
export class Authenticator {
  readonly keyFile: string;
  /** How long a token is good for after it was signed; EKS says 15 minutes. */
  tokenSeconds = 900;
  /** Keys of instances, which sign their tokens themselves. */
  keysOf: (accessKey: string) => Credentials | undefined = () => undefined;
  readonly #server: http.Server;
  readonly #key: Buffer;

  constructor(
    readonly store: Store,
    work: string,
  ) {
    this.keyFile = path.join(work, "signing-key");
    fs.writeFileSync(this.keyFile, randomBytes(32).toString("hex"));
    this.#key = fs.readFileSync(this.keyFile);
    this.#server = http.createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Who a token is on a cluster; an error says why it is nobody. */
  identify(cluster: string, token: string): Identity {
    const url = new URL(Buffer.from(token.replace(/^k8s-aws-v1\./, ""), "base64url").toString());
    if (url.searchParams.has("X-Amz-Algorithm")) return this.#ofInstance(cluster, url);
    const signature = Buffer.from(url.searchParams.get("X-Amz-Signature") ?? "");
    url.searchParams.delete("X-Amz-Signature");
    const expected = Buffer.from(createHmac("sha256", this.#key).update(url.href).digest("hex"));
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      throw new Error("the signature is not one of this lab");
    }
    const header = url.searchParams.get("x-k8s-aws-id");
    if (header !== cluster) throw new Error(`the token is for ${header}, not for ${cluster}`);
    const signed = Number(url.searchParams.get("X-Amz-Date"));
    if (Date.now() / 1000 - signed > this.tokenSeconds) throw new Error("the token has expired");
    return this.#entry(cluster, url.searchParams.get("role") ?? "");
  }

  /**
   * What EKS asks STS: the request counts where its own name is the one that was signed, and for as long as a token, whatever it says itself
   * (kubernetes-sigs/aws-iam-authenticator, pkg/token/token.go).
   */
  #ofInstance(cluster: string, url: URL): Identity {
    if (url.searchParams.get("Action") !== "GetCallerIdentity") throw new Error("another request");
    const headers = { host: url.host, "x-k8s-aws-id": cluster };
    const { roleArn } = signedBy(url, headers, this.keysOf, this.tokenSeconds);
    return this.#entry(cluster, roleArn);
  }

  #entry(cluster: string, role: string): Identity {
    const mine = (outputs: Json) =>
      outputs.clusterName === cluster && outputs.principalArn === role;
    const entry = this.store.outputs("eks.AccessEntry").find(mine);
    if (!entry) throw new Error(`${role} has no access entry on ${cluster}`);
    const policies = this.store.outputs("eks.AccessPolicyAssociation").filter(mine);
    const allowed = policies
      .filter(({ accessScope }) => accessScope?.type === "cluster")
      .flatMap(({ policyArn }) => policyGroups[policyArn.split("/").at(-1)] ?? []);
    const groups = [...(entry.kubernetesGroups ?? []), ...allowed];
    return { username: entry.userName || `${role}/session`, groups };
  }

  /** A token as the AWS CLI makes one for a role. */
  tokenOf(cluster: string, role: string): string {
    const url = new URL("https://sts.lab.amazonaws.com/?Action=GetCallerIdentity");
    url.searchParams.set("X-Amz-Date", String(Math.floor(Date.now() / 1000)));
    url.searchParams.set("x-k8s-aws-id", cluster);
    url.searchParams.set("role", role);
    const signature = createHmac("sha256", this.#key).update(url.href).digest("hex");
    url.searchParams.set("X-Amz-Signature", signature);
    return `k8s-aws-v1.${Buffer.from(url.href).toString("base64url")}`;
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const cluster = decodeURIComponent(new URL(request.url ?? "/", "http://lab").pathname.slice(1));
    let status: Json;
    try {
      const { spec } = JSON.parse(Buffer.concat(chunks).toString());
      if (!spec.token.startsWith("k8s-aws-v1.")) throw new Error("not a token of AWS");
      status = { authenticated: true, user: this.identify(cluster, spec.token) };
    } catch (error) {
      status = { authenticated: false, error: (error as Error).message };
    }
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", status };
    response.setHeader("content-type", "application/json").end(JSON.stringify(review));
  }
}
