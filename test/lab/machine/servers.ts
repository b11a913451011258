import { generateKeyPairSync, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { Kube } from "./kube";
import { addresses } from "./network";
import { Service, until } from "./processes";

export interface Context {
  readonly work: string;
  /** Folder of the built binaries. */
  readonly bin: string;
  /** Address of the token webhook; a cluster's own is `<this>/<cluster>`. */
  readonly authenticator: string;
}

const etcdAddress = "http://127.0.0.1:2379";

export async function startEtcd({ work, bin }: Context): Promise<Service> {
  const client = ["--listen-client-urls", etcdAddress, "--advertise-client-urls", etcdAddress];
  const service = new Service({
    name: "etcd",
    command: path.join(bin, "etcd"),
    // Nothing here outlives the run, so nothing needs to reach the disk.
    args: ["--data-dir", path.join(work, "etcd"), ...client, "--unsafe-no-fsync"],
    logs: path.join(work, "logs"),
  });
  await until("etcd", 30, async () => {
    if (!service.running) throw new Error(service.tail());
    return (await fetch(`${etcdAddress}/health`)).ok;
  });
  return service;
}

const flags = (table: Record<string, string>): string[] =>
  Object.entries(table).map(([name, value]) => `--${name}=${value}`);

/** One Kubernetes API with its controllers, at an address of its own. */
export class ApiServer {
  readonly endpoint: string;
  readonly token = randomBytes(16).toString("hex");
  readonly folder: string;
  readonly kubeconfig: string;
  #controllers: Service[] = [];
  #server?: Service;
  #kube?: Kube;

  constructor(
    readonly context: Context,
    readonly name: string,
    readonly index: number,
  ) {
    this.endpoint = `https://${addresses.server(index)}`;
    this.folder = path.join(context.work, "clusters", name);
    this.kubeconfig = path.join(this.folder, "kubeconfig");
  }

  get certificateAuthority(): string {
    return fs.readFileSync(path.join(this.folder, "pki", "apiserver.crt"), "utf8");
  }

  get certificateKey(): string {
    return fs.readFileSync(path.join(this.folder, "pki", "apiserver.key"), "utf8");
  }

  /** As the identity that made the cluster. */
  get kube(): Kube {
    this.#kube ??= new Kube(this.endpoint, this.certificateAuthority, this.token);
    return this.#kube;
  }

  async start(): Promise<void> {
    fs.mkdirSync(path.join(this.folder, "pki"), { recursive: true });
    this.#writeCredentials();
    await this.startServer();
  }

  /** Also for a test that took the server away. */
  async startServer(): Promise<void> {
    this.#server = this.#launch("kube-apiserver", this.#serverFlags());
    const certificate = path.join(this.folder, "pki", "apiserver.crt");
    // Written after the certificate, of which half would be read for the whole.
    const key = path.join(this.folder, "pki", "apiserver.key");
    await this.#ready("certificate", () => fs.existsSync(key));
    await this.#ready("API server", () => this.kube.get("/readyz"));
    fs.writeFileSync(this.kubeconfig, kubeconfigText(this.access));
    this.#startControllers(certificate);
    await this.#ready("default service account", () =>
      this.kube.get("/api/v1/namespaces/default/serviceaccounts/default"),
    );
  }

  /** Takes the whole control plane away: controllers that outlive it would come back only after minutes. */
  async stopServer(): Promise<void> {
    await Promise.all([...this.#controllers, this.#server].map((service) => service?.stop()));
  }

  async stop(): Promise<void> {
    this.#kube?.close();
    await this.stopServer();
  }

  #startControllers(certificateAuthority: string): void {
    const common = { kubeconfig: this.kubeconfig, "leader-elect": "false", "secure-port": "0" };
    const manager = this.#launch("kube-controller-manager", {
      ...common,
      // Nodes here send no heartbeat, and nothing measures pods.
      controllers:
        "*,-node-lifecycle-controller,-horizontal-pod-autoscaler-controller,-service-lb-controller",
      "service-account-private-key-file": this.#file("service-account.key"),
      "root-ca-file": certificateAuthority,
      // A quota of kinds that came with a CRD is counted when all are counted again: every five minutes, as EKS has it.
      "resource-quota-sync-period": "10s",
    });
    this.#controllers = [manager, this.#launch("kube-scheduler", common)];
  }

  async #ready(what: string, ask: () => unknown): Promise<void> {
    const alive = async () => {
      if (!this.#server?.running) throw new Error(this.#server?.tail());
      return Boolean(await ask());
    };
    await until(`${this.name}: ${what}`, 60, alive);
  }

  #file(name: string): string {
    return path.join(this.folder, name);
  }

  #launch(name: string, table: Record<string, string>): Service {
    const logs = path.join(this.context.work, "logs", this.name);
    return new Service({
      name,
      command: path.join(this.context.bin, name),
      args: flags(table),
      logs,
    });
  }

  #serverFlags(): Record<string, string> {
    const address = addresses.server(this.index);
    return {
      "etcd-servers": etcdAddress,
      "etcd-prefix": `/${this.name}`,
      "bind-address": address,
      "advertise-address": address,
      "secure-port": "443",
      "cert-dir": this.#file("pki"),
      "token-auth-file": this.#file("tokens.csv"),
      "authentication-token-webhook-config-file": this.#file("authenticator.json"),
      "authentication-token-webhook-version": "v1",
      "authentication-token-webhook-cache-ttl": "2s",
      "authorization-mode": "RBAC",
      "service-cluster-ip-range": "172.20.0.0/16",
      "service-account-issuer": `https://oidc.${this.name}.lab`,
      "service-account-key-file": this.#file("service-account.key"),
      "service-account-signing-key-file": this.#file("service-account.key"),
      "api-audiences": "https://kubernetes.default.svc,istio-ca",
      "endpoint-reconciler-type": "none",
      // Webhooks go to the pod behind a Service: nothing here translates cluster addresses.
      "enable-aggregator-routing": "true",
      "allow-privileged": "true",
    };
  }

  #writeCredentials(): void {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = privateKey.export({ type: "pkcs8", format: "pem" });
    fs.writeFileSync(this.#file("service-account.key"), key, { mode: 0o600 });
    fs.writeFileSync(
      this.#file("tokens.csv"),
      `${this.token},lab-admin,lab-admin,system:masters\n`,
    );
    const server = `${this.context.authenticator}/${this.name}`;
    fs.writeFileSync(
      this.#file("authenticator.json"),
      kubeconfigText({ name: this.name, cluster: { server }, user: {} }),
    );
  }

  /** The admin's way in, as one context named after the cluster. */
  get access(): Access {
    const authority = Buffer.from(this.certificateAuthority).toString("base64");
    const cluster = { server: this.endpoint, "certificate-authority-data": authority };
    return { name: this.name, cluster, user: { token: this.token } };
  }
}

export interface Access {
  readonly name: string;
  readonly cluster: object;
  readonly user: object;
}

/** A kubeconfig with a context per cluster; the first one is the current. */
export function kubeconfigText(...all: readonly Access[]): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": all[0].name,
    contexts: all.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
    clusters: all.map(({ name, cluster }) => ({ name, cluster })),
    users: all.map(({ name, user }) => ({ name, user })),
  });
}
