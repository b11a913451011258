import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as path from "node:path";
import { addressIn } from "../network";
import { command } from "../processes";
import type { Json } from "../kube";
import type { Store } from "../store";
import type { Interface } from "../vpc/filter";
import { Instance } from "./instance";
import { Metadata, metadataAddress } from "./metadata";
import { nextSteps, zoneFor, type LifecycleState, type Scaled } from "./scaling";
import { signedBy, type Credentials } from "./signature";

/** Where services of AWS answer, and a mirror of packages. */
export const serviceAddress = "198.18.0.60";
export const mirrorAddress = "198.18.0.62";

/** AWS's resolver in every VPC. */
export const resolverAddress = "169.254.169.253";

/** Milliseconds between two looks at a group. */
const LOOK = 500;

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
 * a group has as many as are desired; an instance waits for its launch hook before it is in service, and for its termination hook
 * before it ends.
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
  /** How many instances the groups have that launch them here. */
  readonly #desired = new Map<string, number>();
  #looks?: NodeJS.Timeout;
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
    clearInterval(this.#looks);
    await Promise.all(this.instances.map((one) => one.end()));
    if (this.#started) this.#metadata.stop();
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** As SetDesiredCapacity does; from the first time on the group launches and ends instances by itself. */
  resize(group: string, desired: number): void {
    const { minSize, maxSize } = this.#group(group).outputs;
    if (desired < minSize || desired > maxSize)
      throw new Error(`ValidationError: ${desired} is not between ${minSize} and ${maxSize}`);
    this.#desired.set(group, desired);
    this.#looks ??= setInterval(() => this.#look(), LOOK);
  }

  /** As EnterStandby does where the desired capacity is to be one less. */
  standBy(instance: Instance): void {
    const { group } = instance.options;
    this.resize(group, this.#desired.get(group)! - 1);
    instance.enter("Standby");
    instance.target = "Standby";
  }

  /** As ExitStandby does: an instance that comes back is pending, and waits for its launch hook as a new one does. */
  comeBack(instance: Instance): void {
    const { group } = instance.options;
    this.resize(group, this.#desired.get(group)! + 1);
    instance.enter("Pending:Wait");
    instance.target = "InService";
  }

  #look(): void {
    for (const [name, desired] of this.#desired) {
      const group = this.options.store.list("autoscaling.Group").find(({ id }) => id === name);
      const own = this.instances.filter(({ options }) => options.group === name);
      if (group) this.#keep(name, group.outputs, desired, own);
      else {
        this.#desired.delete(name);
        own.forEach((one) => void one.end());
      }
    }
  }

  #keep(name: string, outputs: Json, desired: number, own: readonly Instance[]): void {
    own.forEach((one) => this.#endWait(one));
    const { launch, terminate } = nextSteps(desired, own.map(scaledOf));
    terminate.forEach((id) => this.#terminate(this.#instance(id)));
    for (let more = 0; more < launch; more++) this.#launch(name, outputs);
  }

  /** Hooks that nobody ends in time end as they say. */
  #endWait(instance: Instance): void {
    const { state, since } = instance;
    const hook = this.#hooks(instance.options.group).find(
      ({ lifecycleTransition }) => WAITS[lifecycleTransition] === state,
    );
    if (!state.endsWith(":Wait") || Date.now() - since < (hook?.heartbeatTimeout ?? 0) * 1000)
      return;
    if (state === "Pending:Wait" && hook?.defaultResult !== "ABANDON") instance.enter("InService");
    else if (state === "Pending:Wait") this.#terminate(instance);
    else this.#end(instance);
  }

  #launch(group: string, plan: Json): void {
    const template = this.#find("ec2.LaunchTemplate", (one) => one.id === plan.launchTemplate.id);
    if (String(template.outputs.latestVersion) !== plan.launchTemplate.version)
      throw new Error(`the group has version ${plan.launchTemplate.version} of its template`);
    const number = this.#number++;
    const subnets = this.options.store
      .list("ec2.Subnet")
      .filter(({ id }) => plan.vpcZoneIdentifiers.includes(id));
    const own = this.instances.filter(({ options }) => options.group === group).map(scaledOf);
    const zones = subnets.map(({ outputs }) => outputs.availabilityZone as string).sort();
    const zone = zoneFor(zones, own);
    const subnet = subnets.find(({ outputs }) => outputs.availabilityZone === zone)!;
    const profile = this.#find(
      "iam.InstanceProfile",
      ({ outputs }) => outputs.arn === template.outputs.iamInstanceProfile.arn,
    );
    const role = this.#find("iam.Role", ({ outputs }) => outputs.name === profile.outputs.role);
    const instance = new Instance({
      ...{ group, number, zone, region: subnet.region, roleArn: role.outputs.arn },
      credentialSeconds: CREDENTIAL_SECONDS,
      address: addressIn(subnet.outputs.cidrBlock, FIRST_ADDRESS + number),
      securityGroups: template.outputs.vpcSecurityGroupIds,
      userData: Buffer.from(template.outputs.userData, "base64").toString("utf8"),
      ...{ image: this.#tools.root, work: this.options.work, trusted: this.#certificate },
    });
    this.instances.push(instance);
    void instance.launch();
  }

  /** An instance has until the hook's end, or until it says that it is ready to go. */
  #terminate(instance: Instance): void {
    instance.enter("Terminating:Wait");
    instance.target = "Terminated";
    if (!instance.isOn) this.#end(instance);
  }

  #end(instance: Instance): void {
    instance.enter("Terminated");
    void instance.end(60);
  }

  get #tools() {
    if (!this.options.tools) throw new Error("no machine boots here");
    return this.options.tools;
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
      this.#setHealth(instance, query.get("HealthStatus") === "Healthy");
      return;
    }
    if (action !== "CompleteLifecycleAction") throw new Error(`InvalidAction: ${action}`);
    const hook = this.#hooks(instance.options.group).find(
      ({ name }) => name === query.get("LifecycleHookName"),
    );
    if (!hook || instance.state !== WAITS[hook.lifecycleTransition])
      throw new Error(
        `ValidationError: No active Lifecycle Action found with instance ID ${instance.id}`,
      );
    if (instance.state === "Pending:Wait") return instance.enter("InService");
    instance.ended = action;
    this.#end(instance);
  }

  /** The group's grace is respected, as is its default (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceHealth.html). */
  #setHealth(instance: Instance, healthy: boolean): void {
    const { healthCheckGracePeriod = 0 } = this.#group(instance.options.group).outputs;
    const inGrace = Date.now() - instance.since < healthCheckGracePeriod * 1000;
    if (!inGrace || healthy) instance.healthy = healthy;
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

/** States that hooks hold instances in. */
const WAITS: Readonly<Record<string, LifecycleState>> = {
  "autoscaling:EC2_INSTANCE_LAUNCHING": "Pending:Wait",
  "autoscaling:EC2_INSTANCE_TERMINATING": "Terminating:Wait",
};

/** As long as those of a role are (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html). */
const CREDENTIAL_SECONDS = 6 * 3600;

/** One that is not on fails its status checks. */
function scaledOf({ id, state, healthy, isOn, options }: Instance): Scaled {
  const { number, zone } = options;
  return { id, number, zone, state, healthy: healthy && isOn };
}
