import { startContainer, type Host, type Sandbox } from "../kubelet/container";
import type { Json } from "../kube";
import { command, sleep, type Service } from "../processes";
import type { Dependency, Health, Known } from "./order";
import { confined } from "./rights";

/** What Docker and ECS have where a definition says nothing. */
const usual = { stopTimeout: 30, restartAttemptPeriod: 300 };
const usualHealth = { interval: 30, timeout: 5, retries: 3, startPeriod: 0 };

export interface ContainerOptions {
  readonly task: string;
  readonly definition: Json;
  readonly environment: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  readonly host: Host;
}

/** A container of a task, as the agent of ECS keeps it: started once, again where its restart policy says so, and asked how it is. */
export class TaskContainer implements Known {
  status: Known["status"] = "PENDING";
  health: Health = "UNKNOWN";
  exitCode?: number;
  /** How it ended, in words. */
  how?: string;
  service?: Service;
  #stopping = false;

  constructor(readonly options: ContainerOptions) {}

  get name(): string {
    return this.options.definition.name;
  }

  get essential(): boolean {
    return this.options.definition.essential ?? true;
  }

  get dependsOn(): readonly Dependency[] {
    return this.options.definition.dependsOn ?? [];
  }

  /** File with all that it has written. */
  get log(): string {
    if (!this.service) throw new Error(`${this.name} has not started`);
    return this.service.log;
  }

  start(): void {
    this.status = "RUNNING";
    void this.#keep().catch((error: Error) => this.#ended(error.message, 1));
  }

  /** SIGTERM, then SIGKILL after `stopTimeout` (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html). */
  async stop(): Promise<void> {
    this.#stopping = true;
    const { stopTimeout = usual.stopTimeout } = this.options.definition;
    if (this.status === "PENDING") this.status = "STOPPED";
    else await this.service?.end(stopTimeout);
  }

  /** Ends it as a crash does: what follows is its restart policy's to say. */
  kill(): void {
    this.service?.signal("SIGKILL");
  }

  /** Runs a command in it as ECS Exec and health checks do: with its user, rights and variables. */
  async run(...words: string[]): Promise<string> {
    const { definition, environment } = this.options;
    if (!this.service?.running) throw new Error(`${this.name} does not run`);
    const inside = ["-t", `${this.service.pid}`, "--net", "--mount", "--root", "--wd"];
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    return command(
      "nsenter",
      ...inside,
      ...confined(definition),
      "env",
      "-i",
      ...variables,
      ...words,
    );
  }

  async #keep(): Promise<void> {
    for (;;) {
      const began = Date.now();
      this.service = this.#launch();
      const { service } = this;
      void this.#watch(service);
      const how = await service.ended;
      if (!this.#isRestarted(how, (Date.now() - began) / 1000)) return this.#ended(how);
      this.health = "UNKNOWN";
    }
  }

  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html */
  #isRestarted(how: string, seconds: number): boolean {
    const {
      enabled = false,
      ignoredExitCodes = [],
      restartAttemptPeriod,
    } = this.options.definition.restartPolicy ?? {};
    const isIgnored = ignoredExitCodes.includes(codeOf(how));
    const isLate = seconds >= (restartAttemptPeriod ?? usual.restartAttemptPeriod);
    return enabled && !this.#stopping && !isIgnored && isLate;
  }

  #ended(how: string, exitCode = codeOf(how)): void {
    Object.assign(this, { status: "STOPPED", how, exitCode });
  }

  #launch(): Service {
    const { definition, environment, sandbox, host, task } = this.options;
    const mounts: Json[] = definition.mountPoints ?? [];
    const asPod = {
      ...{ name: definition.name, image: definition.image, command: definition.entryPoint },
      workingDir: definition.workingDirectory,
      securityContext: { readOnlyRootFilesystem: definition.readonlyRootFilesystem },
      volumeMounts: mounts.map(({ sourceVolume: name, containerPath: mountPath, readOnly }) => ({
        ...{ name, mountPath, readOnly },
      })),
    };
    const pod = { metadata: { namespace: "ecs", name: task }, spec: {} };
    const args: string[] = definition.command ?? [];
    return startContainer(pod, asPod, environment, args, sandbox, host, confined(definition));
  }

  /** Its health check, as Docker asks it: failures of the start period do not count, an answer ends it. */
  async #watch(service: Service): Promise<void> {
    const { healthCheck } = this.options.definition;
    if (!healthCheck) return;
    const { interval, timeout, retries, startPeriod } = { ...usualHealth, ...healthCheck };
    const start = Date.now() + startPeriod * 1000;
    let failures = 0;
    for (;;) {
      await Promise.race([service.ended, sleep(interval * 1000)]);
      if (!service.running) return;
      const isWell = await this.#asks(healthCheck.command, timeout);
      const counts = isWell || this.health === "HEALTHY" || Date.now() > start;
      failures = isWell ? 0 : counts ? failures + 1 : 0;
      if (isWell) this.health = "HEALTHY";
      else if (failures >= retries) this.health = "UNHEALTHY";
    }
  }

  #asks([kind, ...words]: string[], timeout: number): Promise<boolean> {
    const run = kind === "CMD-SHELL" ? ["/bin/sh", "-c", ...words] : words;
    return this.run("timeout", `${timeout}`, ...run).then(
      () => true,
      () => false,
    );
  }
}

/** 137 for one that was killed, as Docker says it. */
function codeOf(how: string): number {
  const [, what = ""] = how.split(" ");
  return /^\d+$/.test(what) ? Number(what) : 137;
}
