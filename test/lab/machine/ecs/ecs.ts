import { addressIn } from "../network";
import type { Json } from "../kube";
import type { Host } from "../kubelet/container";
import { command, sleep } from "../processes";
import type { Store, Stored } from "../store";
import type { Credentials } from "../ec2/signature";
import type { Interface } from "../vpc/filter";
import { nextStep, threshold } from "./deployments";
import { endpointAddress, Endpoints } from "./endpoints";
import { Task } from "./task";

/** Far behind those of pods and before those of instances, in the same subnet. */
const FIRST_ADDRESS = 4000;

export interface EcsOptions {
  readonly store: Store;
  readonly work: string;
  readonly host: Host;
  /** Name server of the VPCs. */
  readonly resolver: string;
  /** What must be there before the first task. */
  readonly ready: () => Promise<void>;
}

/** A version of a service's tasks. */
export interface Deployment {
  readonly id: number;
  readonly taskDefinition: string;
  rollout: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  /** Tasks that have failed one after the other. */
  failed: number;
  /** No task starts before. */
  notBefore: number;
}

interface Kept {
  readonly deployment: number;
  readonly task: Task;
  wasHealthy: boolean;
}

/** An ECS service: its deployments, and the tasks that it keeps. */
export class Service {
  readonly deployments: Deployment[] = [];
  kept: Kept[] = [];
  /** What has happened, as `describe-services` lists it. */
  readonly events: string[] = [];
  isDeleted = false;
  #asked = "";
  #next = 1;

  constructor(
    public stored: Stored,
    readonly launch: (service: Service, deployment: Deployment) => Task,
  ) {}

  get name(): string {
    return this.stored.outputs.name;
  }

  get tasks(): Task[] {
    return this.kept.map(({ task }) => task);
  }

  /** Tasks that serve. */
  get healthy(): Task[] {
    return this.tasks.filter((task) => task.isHealthy);
  }

  get primary(): Deployment {
    return this.deployments.at(-1)!;
  }

  get isSteady(): boolean {
    return this.primary.rollout === "COMPLETED" && this.kept.length === this.#desired;
  }

  /** For who waits for it: see CONTRACT.md. */
  get told(): Json {
    const { taskDefinition, rollout } = this.primary;
    const failed = this.deployments.filter((one) => one.rollout === "FAILED");
    return {
      ...{ taskDefinition, rollout, isSteady: this.isSteady, events: this.events.slice(-3) },
      failed: failed.map((one) => one.taskDefinition),
    };
  }

  get #desired(): number {
    return this.isDeleted ? 0 : (this.stored.outputs.desiredCount ?? 1);
  }

  reconcile(): void {
    this.#follow();
    this.#count();
    this.kept = this.kept.filter(({ task }) => task.status !== "STOPPED");
    const { primary } = this;
    const { deploymentMinimumHealthyPercent: least = 100, deploymentMaximumPercent: most = 200 } =
      this.stored.outputs;
    const seen = this.kept.map(({ task, deployment }) => ({
      ...{ deployment, isHealthy: task.isHealthy, isLeaving: task.status === "STOPPING" },
    }));
    const wish = { desired: this.#desired, least: this.isDeleted ? 0 : least, most };
    const { start, stop } = nextStep(seen, primary.id, wish);
    for (const index of stop)
      this.kept[index].task.stop("Scaling activity initiated by deployment");
    if (primary.rollout !== "FAILED" && Date.now() >= primary.notBefore)
      for (let n = 0; n < start; n++) this.#start(primary);
    this.#complete();
  }

  #start(deployment: Deployment): void {
    const task = this.launch(this, deployment);
    this.kept.push({ deployment: deployment.id, task, wasHealthy: false });
    task.start();
  }

  /** What the service was asked for since. */
  #follow(): void {
    const { taskDefinition, forceNewDeployment } = this.stored.outputs;
    const asked = JSON.stringify([taskDefinition, forceNewDeployment]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#deploy(taskDefinition);
  }

  #deploy(taskDefinition: string): void {
    const id = this.#next++;
    this.deployments.push({
      ...{ id, taskDefinition, failed: 0, notBefore: 0 },
      rollout: "IN_PROGRESS",
    });
    this.#say(`deployment ${id} of ${taskDefinition.split("/").at(-1)}`);
  }

  #say(what: string): void {
    this.events.push(`(service ${this.name}) ${what}`);
  }

  /** Tasks that are well, those that are not any more, and those that never were. */
  #count(): void {
    const { primary } = this;
    for (const kept of this.kept) {
      const { task, deployment } = kept;
      if (task.isHealthy && !kept.wasHealthy) {
        kept.wasHealthy = true;
        if (deployment === primary.id) primary.failed = 0;
      }
      if (task.isUnhealthy) task.stop("Task failed container health checks");
      if (task.status !== "STOPPED") continue;
      this.#say(`task ${task.id} has stopped: ${task.reason}`);
      if (!kept.wasHealthy && deployment === primary.id) this.#failed(primary);
    }
  }

  /** ECS waits longer and longer (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html). */
  #failed(deployment: Deployment): void {
    deployment.failed += 1;
    deployment.notBefore = Date.now() + Math.min(2 ** deployment.failed, 10) * 1000;
    const { enable, rollback } = this.stored.outputs.deploymentCircuitBreaker ?? {};
    if (!enable || deployment.rollout !== "IN_PROGRESS") return;
    if (deployment.failed < threshold(this.#desired)) return;
    deployment.rollout = "FAILED";
    this.#say(`deployment ${deployment.id} failed: tasks failed to start.`);
    const last = this.deployments.filter(({ rollout }) => rollout === "COMPLETED").at(-1);
    if (!rollback || !last) return;
    // Its tasks that still run are its own again.
    this.#say(`rolling back to deployment ${last.id}.`);
    this.deployments.push(Object.assign(last, { rollout: "IN_PROGRESS", failed: 0, notBefore: 0 }));
  }

  #complete(): void {
    const { primary } = this;
    if (primary.rollout !== "IN_PROGRESS") return;
    const own = this.kept.filter(
      ({ deployment, task }) => deployment === primary.id && task.isHealthy,
    );
    const old = this.kept.filter(({ deployment }) => deployment !== primary.id);
    if (own.length < this.#desired || old.length > 0) return;
    primary.rollout = "COMPLETED";
    this.#say("has reached a steady state.");
  }
}

/**
 * ECS services and their tasks. Their capacity is the lab's: no instance boots for those on EC2
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html).
 */
export class Ecs {
  readonly services = new Map<string, Service>();
  readonly endpoints: Endpoints;
  readonly #told = new Map<string, string | undefined>();
  readonly #launched = new Map<string, number>();
  readonly #alone: Task[] = [];
  #number = 0;
  #started = false;
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(readonly options: EcsOptions) {
    this.endpoints = new Endpoints(() => this.tasks.map(({ told }) => told));
  }

  get tasks(): Task[] {
    return [...[...this.services.values()].flatMap(({ tasks }) => tasks), ...this.#alone];
  }

  get interfaces(): Interface[] {
    return this.tasks.map((task) => task.interface);
  }

  /**
   * A task of a service's own definition and network that no service counts (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html),
   * with another program as ztunnel.
   */
  async runTask(stored: Stored, ztunnel: string): Promise<Task> {
    await this.#prepare();
    const service = new Service(stored, (...asks) => this.#launch(...asks));
    const { options } = this.#launch(service, { taskDefinition: stored.outputs.taskDefinition });
    const task = new Task({ ...options, host: { ...options.host, ztunnel } });
    this.#alone.push(task);
    task.start();
    return task;
  }

  readonly keysOf = (accessKey: string): Credentials | undefined =>
    this.tasks.find(({ keys }) => keys.accessKey === accessKey)?.keys;

  start(): void {
    this.options.store.writeAgent();
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
    await Promise.all(this.tasks.map((task) => task.end()));
    if (this.#started) this.endpoints.stop();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#reconcile().catch((error: Error) => console.error(`ecs: ${error.message}`));
      await sleep(500);
    }
  }

  async #reconcile(): Promise<void> {
    const all = this.options.store.list("ecs.Service");
    if (all.length > 0) await this.#prepare();
    for (const stored of all) {
      const known = this.services.get(stored.id);
      if (known) known.stored = stored;
      else this.services.set(stored.id, new Service(stored, (...asks) => this.#launch(...asks)));
    }
    for (const [id, service] of this.services) {
      service.isDeleted = !all.some((one) => one.id === id);
      service.reconcile();
      const isGone = service.isDeleted && service.kept.length === 0;
      if (isGone) this.services.delete(id);
      this.#tell(id, isGone ? undefined : service.told);
    }
  }

  #tell(id: string, told: Json | undefined): void {
    const text = JSON.stringify(told);
    if (this.#told.get(id) === text) return;
    this.#told.set(id, text);
    this.options.store.writeRollout(id, told);
  }

  async #prepare(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    await this.options.ready();
    await command("ip", "address", "add", `${endpointAddress}/32`, "dev", "lo");
    await this.endpoints.start();
  }

  #launch(
    { stored, name, tasks }: Service,
    { taskDefinition }: Pick<Deployment, "taskDefinition">,
  ): Task {
    const { store, work, host, resolver } = this.options;
    const { subnets, securityGroups } = stored.outputs.networkConfiguration;
    const cluster = this.#find("ecs.Cluster", (one) => one.arn === stored.outputs.cluster);
    const definition = this.#find("ecs.TaskDefinition", (one) => one.arn === taskDefinition);
    const places: Stored[] = store.list("ec2.Subnet").filter(({ id }) => subnets.includes(id));
    const load = (id: string) => tasks.filter(({ options }) => options.subnet.id === id).length;
    const [place] = places.sort((a, b) => load(a.id) - load(b.id) || (a.id < b.id ? -1 : 1));
    const subnet = { ...place.outputs, id: place.id };
    const taken = this.#launched.get(place.id) ?? 0;
    this.#launched.set(place.id, taken + 1);
    return new Task({
      ...{ definition, service: name, cluster, region: stored.region, account: stored.account },
      ...{ subnet, address: addressIn(subnet.cidrBlock, FIRST_ADDRESS + taken), securityGroups },
      ...{ number: this.#number++, resolver, work, host },
    });
  }

  #find(type: string, is: (outputs: Json) => boolean): Json {
    const found = this.options.store.outputs(type).find(is);
    if (!found) throw new Error(`no such ${type}`);
    return found;
  }
}
