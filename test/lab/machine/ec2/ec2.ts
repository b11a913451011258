import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as path from "node:path";
import { addressIn } from "../network";
import { command, sleep } from "../processes";
import type { Json } from "../kube";
import type { Store } from "../store";
import type { Interface } from "../vpc/filter";
import { Instance } from "./instance";
import { Metadata, metadataAddress } from "./metadata";
import { signedBy, type Credentials } from "./signature";

/** Where services of AWS answer, and a mirror of packages. */
export const serviceAddress = "198.18.0.60";
export const mirrorAddress = "198.18.0.62";

/** AWS's resolver in every VPC. */
export const resolverAddress = "169.254.169.253";

/** Far behind those of pods, in the same subnet. */
const FIRST_ADDRESS = 8000;

export interface Ec2Options {
  readonly store: Store;
  readonly work: string;
  /** What instances boot, and the folder that the mirror has; absent: none boots here. */
  readonly tools?: { readonly root: string; readonly packages: string };
}

interface Hook {
  readonly name: string;
  readonly lifecycleTransition: string;
  readonly heartbeatTimeout: number;
  readonly defaultResult: "ABANDON" | "CONTINUE";
}

/**
 * Auto Scaling groups and their machines, as AWS says (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html):
 * an instance waits for its launch hook before it is in service, and for its termination hook before it ends.
 */
export class Ec2 {
  readonly instances: Instance[] = [];
  readonly #metadata: Metadata;
  readonly #servers: (http.Server | https.Server)[] = [];
  /** What the services were asked, and by whom. */
  readonly asked: string[] = [];
  /** The mirror answers. */
  mirrors = true;
  #number = 0;
  #started = false;
  #certificate = "";

  constructor(readonly options: Ec2Options) {
    this.#metadata = new Metadata(
      (address) => this.instances.find((one) => one.options.address === address)?.informed,
    );
  }

  readonly keysOf = (accessKey: string): Credentials | undefined =>
    this.instances.find(({ keys }) => keys.accessKey === accessKey)?.keys;

  get interfaces(): Interface[] {
    return this.instances.map((one) => one.interface);
  }

  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    await command("ip", "address", "add", `${metadataAddress}/32`, "dev", "lo");
    await this.#metadata.start();
    const [key, certificate] = await this.#makeCertificate();
    this.#certificate = certificate;
    const aws = https.createServer({ key, cert: certificate }, (request, response) => {
      const [code, body] = this.#serve(request);
      response.writeHead(code, { "content-type": "text/xml" }).end(body);
    });
    const mirror = http.createServer((request, response) => this.#mirror(request, response));
    this.#servers.push(aws, mirror);
    await new Promise<void>((resolve) => aws.listen(443, serviceAddress, resolve));
    await new Promise<void>((resolve) => mirror.listen(80, mirrorAddress, resolve));
  }

  async stop(): Promise<void> {
    await Promise.all(this.instances.map((one) => one.end()));
    if (this.#started) this.#metadata.stop();
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** One more instance of a group. */
  async launch(group: string, credentialSeconds = 6 * 3600): Promise<Instance> {
    const image = this.#tools.root;
    await this.start();
    const { outputs: plan, region } = this.#group(group);
    const template = this.#find("ec2.LaunchTemplate", (one) => one.id === plan.launchTemplate.id);
    if (String(template.outputs.latestVersion) !== plan.launchTemplate.version)
      throw new Error(`the group has version ${plan.launchTemplate.version} of its template`);
    const number = this.#number++;
    const subnets: string[] = plan.vpcZoneIdentifiers;
    const subnet = this.#find("ec2.Subnet", (one) => one.id === subnets[number % subnets.length]);
    const profile = this.#find(
      "iam.InstanceProfile",
      ({ outputs }) => outputs.arn === template.outputs.iamInstanceProfile.arn,
    );
    const role = this.#find("iam.Role", ({ outputs }) => outputs.name === profile.outputs.role);
    const instance = new Instance({
      ...{ group, number, region, credentialSeconds, roleArn: role.outputs.arn },
      address: addressIn(subnet.outputs.cidrBlock, FIRST_ADDRESS + number),
      zone: subnet.outputs.availabilityZone,
      securityGroups: template.outputs.vpcSecurityGroupIds,
      userData: Buffer.from(template.outputs.userData, "base64").toString("utf8"),
      ...{ image, work: this.options.work, trusted: this.#certificate },
    });
    this.instances.push(instance);
    await instance.launch();
    return instance;
  }

  /** Takes an instance out of its group: it has until the hook's end, or until it says that it is ready to go. */
  async terminate(instance: Instance): Promise<void> {
    const hook = this.#hooks(instance.options.group).find(({ lifecycleTransition }) =>
      lifecycleTransition.endsWith("TERMINATING"),
    );
    instance.state = "Terminating:Wait";
    instance.target = "Terminated";
    const end = Date.now() + (hook?.heartbeatTimeout ?? 0) * 1000;
    while (this.#isWaiting(instance) && Date.now() < end) await sleep(200);
    instance.state = "Terminated";
    await instance.end(60);
  }

  get #tools() {
    if (!this.options.tools) throw new Error("no machine boots here");
    return this.options.tools;
  }

  #isWaiting({ state }: Instance): boolean {
    return state.endsWith(":Wait");
  }

  #hooks(group: string): Hook[] {
    return this.#group(group).outputs.initialLifecycleHooks ?? [];
  }

  #group(name: string) {
    return this.#find("autoscaling.Group", ({ id }) => id === name);
  }

  #find(type: string, is: (one: { id: string; outputs: Json }) => boolean) {
    const found = this.options.store.list(type).find(is);
    if (!found) throw new Error(`no such ${type}`);
    return found;
  }

  #serve({ url = "/", headers }: http.IncomingMessage): [number, string] {
    const request = new URL(url, `https://${headers.host}`);
    const action = request.searchParams.get("Action") ?? "";
    try {
      const said = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, String(v)]));
      const keys = signedBy(request, said, this.keysOf);
      this.asked.push(`${action} by ${keys.roleArn}`);
      this.#demandRight(keys, `autoscaling:${action}`, request.searchParams);
      this.#act(action, request.searchParams);
      return [200, `<${action}Response/>`];
    } catch (error) {
      const { message } = error as Error;
      this.asked.push(`${action} refused: ${message}`);
      return [400, `<ErrorResponse><Error><Message>${message}</Message></Error></ErrorResponse>`];
    }
  }

  /** The inline policies of the role, as far as machines' go: actions and ARNs with stars. */
  #demandRight({ roleArn }: Credentials, action: string, query: URLSearchParams): void {
    const id = query.get("InstanceId");
    const group = query.get("AutoScalingGroupName") ?? this.#instance(id).options.group;
    const { arn } = this.#group(group).outputs;
    const { outputs: role } = this.#find("iam.Role", ({ outputs }) => outputs.arn === roleArn);
    const statements = this.options.store
      .outputs("iam.RolePolicy")
      .filter((one) => one.role === role.name)
      .flatMap(({ policy }) => JSON.parse(policy).Statement as Json[]);
    const isAllowed = statements.some(
      ({ Action, Resource }) =>
        [Action].flat().includes(action) &&
        [Resource].flat().some((pattern: string) => matches(pattern, arn)),
    );
    if (!isAllowed) throw new Error(`AccessDenied: ${roleArn} may not ${action} on ${arn}`);
  }

  #instance(id: string | null): Instance {
    const found = this.instances.find((one) => one.id === id);
    if (!found) throw new Error(`ValidationError: no instance ${id}`);
    return found;
  }

  #act(action: string, query: URLSearchParams): void {
    const instance = this.#instance(query.get("InstanceId"));
    if (action === "SetInstanceHealth") {
      instance.healthy = query.get("HealthStatus") === "Healthy";
      return;
    }
    if (action !== "CompleteLifecycleAction") throw new Error(`InvalidAction: ${action}`);
    const hook = this.#hooks(instance.options.group).find(
      ({ name }) => name === query.get("LifecycleHookName"),
    );
    const waits = {
      "autoscaling:EC2_INSTANCE_LAUNCHING": "Pending:Wait",
      "autoscaling:EC2_INSTANCE_TERMINATING": "Terminating:Wait",
    }[hook?.lifecycleTransition ?? ""];
    if (!hook || instance.state !== waits)
      throw new Error(
        `ValidationError: No active Lifecycle Action found with instance ID ${instance.id}`,
      );
    instance.state = waits === "Pending:Wait" ? "InService" : "Terminated";
    if (instance.state === "Terminated") instance.ended = action;
  }

  #mirror({ url = "" }: http.IncomingMessage, response: http.ServerResponse): void {
    const file = path.join(this.#tools.packages, path.basename(url));
    if (!this.mirrors || !fs.existsSync(file)) response.writeHead(503).end();
    else fs.createReadStream(file).pipe(response);
  }

  async #makeCertificate(): Promise<[key: string, certificate: string]> {
    const [key, certificate] = ["aws.key", "aws.pem"].map((name) =>
      path.join(this.options.work, name),
    );
    const names = "subjectAltName=DNS:*.eu-west-1.amazonaws.com";
    await command(
      "openssl",
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-days", "2", "-subj", "/CN=lab", "-addext", names, "-keyout", key, "-out", certificate],
    );
    return [fs.readFileSync(key, "utf8"), fs.readFileSync(certificate, "utf8")];
  }
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}
