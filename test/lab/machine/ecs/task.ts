import { randomBytes, randomInt, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { credentialsOf, type Credentials } from "../ec2/signature";
import { networkHolder, type Host, type Sandbox } from "../kubelet/container";
import type { Json } from "../kube";
import { connectPod, untilParted } from "../network";
import { sleep, type Service } from "../processes";
import type { Interface } from "../vpc/filter";
import { TaskContainer } from "./container";
import { endpointAddress, type Told } from "./endpoints";
import { hopeless, mayStart, mayStop } from "./order";

export interface TaskOptions {
  /** Task definition, as the store has it. */
  readonly definition: Json;
  readonly service: string;
  readonly cluster: Json;
  readonly region: string;
  readonly account: string;
  readonly subnet: Json;
  readonly address: string;
  readonly securityGroups: readonly string[];
  readonly number: number;
  /** Name server of the VPC. */
  readonly resolver: string;
  readonly work: string;
  readonly host: Host;
}

/** Seconds that the keys of its role live. */
const KEY_SECONDS = 6 * 3600;

/** A task in the life that ECS gives it (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html). */
export class Task {
  readonly id = randomBytes(16).toString("hex");
  status: "PENDING" | "RUNNING" | "STOPPING" | "STOPPED" = "PENDING";
  /** Why it stops. */
  reason?: string;
  containers: readonly TaskContainer[] = [];
  /** Names of the containers that it has stopped, in their order. */
  readonly stopped: string[] = [];
  readonly keys: Credentials;
  readonly #credentials = `/v2/credentials/${randomUUID()}`;
  readonly #runtime: string;
  readonly #created = new Date().toISOString();
  #network?: Service;
  #whole: Promise<void> = Promise.resolve();

  constructor(readonly options: TaskOptions) {
    this.keys = credentialsOf(options.definition.taskRoleArn, KEY_SECONDS);
    this.#runtime = `${this.id}-${randomInt(1e9, 9e9)}`;
  }

  get arn(): string {
    const { region, account, cluster } = this.options;
    return `arn:aws:ecs:${region}:${account}:task/${cluster.name}/${this.id}`;
  }

  get interface(): Interface {
    return { address: this.options.address, groups: [...this.options.securityGroups].sort() };
  }

  /** Socket that leads to any port of the task's loopback: say the port in a line first. */
  get door(): string {
    return path.join(this.#folder, "door");
  }

  /** Of the containers that the task cannot do without; HEALTHY where none is asked for its health. */
  get isHealthy(): boolean {
    const asked = this.containers.filter(
      (one) => one.essential && one.options.definition.healthCheck,
    );
    return this.status === "RUNNING" && asked.every(({ health }) => health === "HEALTHY");
  }

  get isUnhealthy(): boolean {
    return this.containers.some(({ essential, health }) => essential && health === "UNHEALTHY");
  }

  container(name: string): TaskContainer {
    const found = this.containers.find((one) => one.name === name);
    if (!found) throw new Error(`task ${this.id} has no container ${name}`);
    return found;
  }

  get told(): Told {
    return { address: this.options.address, at: (url) => this.#document(url) };
  }

  start(): void {
    this.#whole = this.#live().catch((error: Error) => {
      this.reason ??= error.message;
      this.status = "STOPPED";
    });
  }

  /** Asks it to stop; it is gone once it is STOPPED. */
  stop(reason: string): void {
    this.reason ??= reason;
    if (this.status !== "STOPPED") this.status = "STOPPING";
  }

  /** At once, with all that it has. */
  async end(): Promise<void> {
    this.stop("the lab ends");
    this.containers.forEach((one) => one.kill());
    await this.#whole;
  }

  get #folder(): string {
    return path.join(this.options.work, "tasks", this.id);
  }

  async #live(): Promise<void> {
    try {
      const sandbox = await this.#attach();
      const definitions: Json[] = JSON.parse(this.options.definition.containerDefinitions);
      this.containers = definitions.map((one) => this.#container(one, sandbox));
      while (this.status === "PENDING" || this.status === "RUNNING") {
        this.#step();
        await sleep(100);
      }
      await this.#stopAll();
    } finally {
      await this.#network?.stop(0);
      this.status = "STOPPED";
    }
  }

  /** Starts what may start, and sees whether the task goes on. */
  #step(): void {
    const { containers } = this;
    for (const one of containers.filter(({ status }) => status === "PENDING")) {
      const lost = hopeless(one, containers);
      if (lost) return this.stop(`a dependency failed: ${lost}`);
      if (mayStart(one, containers)) one.start();
    }
    const gone = containers.find(({ essential, status }) => essential && status === "STOPPED");
    if (gone) return this.stop(`Essential container in task exited: ${gone.name}, ${gone.how}`);
    if (containers.every(({ status }) => status !== "PENDING")) this.status = "RUNNING";
  }

  async #stopAll(): Promise<void> {
    const stopping = new Map<TaskContainer, Promise<void>>();
    const left = () => this.containers.filter(({ status }) => status === "RUNNING");
    for (const one of this.containers) if (one.status === "PENDING") await one.stop();
    while (left().length > 0) {
      for (const one of left())
        if (!stopping.has(one) && mayStop(one, this.containers)) stopping.set(one, this.#end(one));
      await sleep(50);
    }
    await Promise.all(stopping.values());
  }

  async #end(one: TaskContainer): Promise<void> {
    await one.stop();
    this.stopped.push(one.name);
  }

  async #attach(): Promise<Sandbox> {
    const { work, address, number, resolver } = this.options;
    const logs = path.join(work, "logs", "ecs");
    fs.mkdirSync(this.#folder, { recursive: true });
    const name = `${this.options.service}.${this.id}.network`;
    this.#network = networkHolder({ name, logs, door: this.door });
    const { pid } = this.#network;
    await untilParted(pid);
    await connectPod(pid, address, `t${number}`);
    const resolvConf = path.join(this.#folder, "resolv.conf");
    fs.writeFileSync(resolvConf, `nameserver ${resolver}\n`);
    // Of root, and nobody else writes to it (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html).
    const volumeFolder = (volume: string) => path.join(this.#folder, "volumes", volume);
    for (const volume of this.options.definition.volumes ?? [])
      fs.mkdirSync(volumeFolder(volume.name), { recursive: true, mode: 0o755 });
    return { pid, folder: path.join(this.#folder, "roots"), logs, resolvConf, volumeFolder };
  }

  #container(definition: Json, sandbox: Sandbox): TaskContainer {
    const { service, host } = this.options;
    const environment = this.#environment(definition);
    const task = `${service}.${this.id}`;
    return new TaskContainer({ task, definition, environment, sandbox, host });
  }

  #environment({ environment = [], secrets = [] }: Json): Record<string, string> {
    if (secrets.length > 0)
      throw new Error("ResourceInitializationError: unable to pull secrets: the lab has none");
    const { region, definition } = this.options;
    const kind = definition.requiresCompatibilities.includes("FARGATE") ? "FARGATE" : "EC2";
    return {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOSTNAME: `ip-${this.options.address.replaceAll(".", "-")}.${region}.compute.internal`,
      ECS_CONTAINER_METADATA_URI_V4: `http://${endpointAddress}/v4/${this.#runtime}`,
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: this.#credentials,
      AWS_EXECUTION_ENV: `AWS_ECS_${kind}`,
      ...(kind === "FARGATE" && { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
      ...Object.fromEntries(environment.map(({ name, value }: Json) => [name, value])),
    };
  }

  #document(url: string): Json | undefined {
    if (url === this.#credentials) return this.#credentialsTold;
    if (url === `/v4/${this.#runtime}/task`) return this.#taskTold;
    return undefined;
  }

  get #credentialsTold(): Json {
    const { roleArn: RoleArn, accessKey: AccessKeyId, secretKey: SecretAccessKey } = this.keys;
    const { session: Token, expires } = this.keys;
    return { RoleArn, AccessKeyId, SecretAccessKey, Token, Expiration: expires.toISOString() };
  }

  get #taskTold(): Json {
    const { cluster, definition, service, subnet } = this.options;
    const isFargate = definition.requiresCompatibilities.includes("FARGATE");
    return {
      ...{ Cluster: cluster.arn, TaskARN: this.arn, ServiceName: service },
      ...{ Family: definition.family, Revision: String(definition.revision) },
      ...{ DesiredStatus: "RUNNING", KnownStatus: this.status, PullStartedAt: this.#created },
      AvailabilityZone: subnet.availabilityZone,
      LaunchType: isFargate ? "FARGATE" : "EC2",
      Containers: this.containers.map(({ options }) => this.#containerTold(options.definition)),
    };
  }

  #containerTold({ name: Name, image: Image }: Json): Json {
    const { address, subnet } = this.options;
    const network = { NetworkMode: "awsvpc", IPv4Addresses: [address], AttachmentIndex: 0 };
    const Networks = [{ ...network, IPv4SubnetCIDRBlock: subnet.cidrBlock }];
    return { DockerId: this.#runtime, Name, Image, Type: "NORMAL", Networks };
  }
}
