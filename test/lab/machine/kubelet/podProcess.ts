import * as os from "node:os";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Json } from "../kube";
import { connectPod, untilParted } from "../network";
import { command, sleep, type Service } from "../processes";
import { besideZtunnel, isRouter, redirect, type Beside } from "./ambient";
import { redirectSidecar } from "./sidecarRedirect";
import { networkHolder, startContainer, type Host, type Sandbox } from "./container";
import { endingOf, leastSeconds, sleepOf } from "./ending";
import { environmentOf, expand, NotYet, type PodContext } from "./environment";
import { probe } from "./probes";
import { variablesOf } from "./programs";
import { closedGate, isSidecar, podStatus, type ContainerState } from "./status";
import { contentOf, writeVolume, type Tokens } from "./volumes";

/** Failed probes in a row that make a ready container unready; Kubernetes' default. */
const unreadyAfter = 3;

/** Ports that programs open on loopback only (istiod's debug pages, Envoy's admin), and where the lab finds them. */
export const loopbackPorts = { 8080: 18080, 15000: 25000 } as const;

export interface PodOptions extends PodContext {
  readonly host: Host;
  /** Name server that the pod asks. */
  readonly resolver: string;
  /** Name of the host's end of the pod's link; at most 15 characters. */
  readonly link: string;
  readonly folder: string;
  readonly logs: string;
  /** Added to every container, as EKS adds credentials when a pod is made. */
  readonly extra: Readonly<Record<string, string>>;
  /** Its ztunnel, where it has one of its own. */
  readonly beside?: Beside;
  readonly report: (status: Json) => Promise<void>;
  /** Longest time that the pod is given to end, in seconds. */
  readonly mostSeconds: () => number;
}

/** 128 and the number of the signal, as a shell says it. */
function exitCodeOf(how: string): number {
  const [, what = ""] = how.split(" ");
  const signal = os.constants.signals[what as NodeJS.Signals];
  return signal === undefined ? Number(what) : 128 + signal;
}

/** A pod whose containers run as processes, in a network of their own. */
export class PodProcess {
  readonly states = new Map<string, ContainerState>();
  readonly services = new Map<string, Service>();
  readonly #tokens = new Map<string, Tokens>();
  #sandbox?: Service;
  #pod: Json;
  #ending = false;
  #stopped = false;
  #reported = "";
  #told: Promise<void> = Promise.resolve();
  #halt: () => void = () => {};
  readonly #halted = new Promise<void>((resolve) => (this.#halt = resolve));
  #whole: Promise<void> = Promise.resolve();

  constructor(readonly options: PodOptions) {
    this.#pod = options.pod;
  }

  start(): void {
    this.#whole = this.#run().catch((error) => {
      if (!this.#over) console.error(`kubelet: ${this.name}: ${error.message}`);
    });
  }

  /** Nothing is started any more. */
  get #over(): boolean {
    return this.#ending || this.#stopped;
  }

  get name(): string {
    const { namespace, name } = this.options.pod.metadata;
    return `${namespace}/${name}`;
  }

  /** Process that holds the pod's network. */
  get networkPid(): number | undefined {
    return this.#sandbox?.pid;
  }

  /** Base address of something that listens on the pod's loopback only. */
  loopback(port: keyof typeof loopbackPorts): string {
    return `http://${this.options.address}:${loopbackPorts[port]}`;
  }

  /** Socket that leads to any port of the pod's loopback, past what redirects its traffic: say the port in a line first. */
  get door(): string {
    return path.join(this.options.folder, "door");
  }

  /** What the API says of the pod now: others set its gates, and may shorten its end. */
  async observe(pod: Json): Promise<void> {
    this.#pod = pod;
    await this.#report();
  }

  /**
   * Ends the pod as a kubelet does: hooks first, then the containers are told, at last they are killed; sidecars go after
   * what they serve (kubernetes, pkg/kubelet/kuberuntime/kuberuntime_container.go).
   */
  async terminate(): Promise<void> {
    this.#ending = true;
    const { containers, initContainers = [] } = this.#pod.spec;
    const sidecars: Json[] = initContainers.filter(isSidecar);
    const hooks = new Map([...containers, ...sidecars].map((one) => [one, this.#hook(one)]));
    const end = async (container: Json) => {
      await Promise.race([hooks.get(container), this.#killed()]);
      const left = (this.#killedAt - Date.now()) / 1000;
      await this.services.get(container.name)?.end(Math.max(left, leastSeconds));
    };
    await Promise.all(containers.map(end));
    for (const sidecar of sidecars.reverse()) await end(sidecar);
  }

  async #hook(container: Json): Promise<void> {
    const { preStop } = container.lifecycle ?? {};
    const service = this.services.get(container.name);
    if (!preStop || !service?.running) return;
    if (preStop.sleep) await this.#pause(sleepOf(container) * 1000);
    // One that fails keeps nothing from ending.
    else await probe(preStop, container, this.options.address, service.pid);
  }

  /** The end of the grace period, which may come nearer meanwhile. */
  get #killedAt(): number {
    return endingOf(this.#pod, this.options.mostSeconds()).killed;
  }

  async #killed(): Promise<void> {
    while (!this.#stopped && Date.now() < this.#killedAt) await this.#pause(500);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#halt();
    await Promise.all([...this.services.values()].map((service) => service.stop()));
    await this.#sandbox?.stop(0);
    await this.#whole;
    fs.rmSync(this.options.folder, { recursive: true, force: true });
  }

  /** Sleeps, but no longer than the pod is wanted. */
  async #pause(milliseconds: number): Promise<void> {
    await Promise.race([sleep(milliseconds), this.#halted]);
  }

  async #run(): Promise<void> {
    const { pod, kube, beside, host } = this.options;
    const sandbox = await this.#makeSandbox();
    await this.#whenPossible(() => this.#refreshVolumes());
    const keep = [this.#keepVolumes()];
    const begin = async (container: Json) => {
      keep.push(this.#keepRunning(container, sandbox));
      const started = () => this.#stopped || this.states.get(container.name)?.started;
      while (!started()) await this.#pause(200);
    };
    if (beside) {
      await begin(beside.container);
      await this.#whenPossible(() => redirect(kube, pod, sandbox.pid));
    }
    await this.#whenPossible(() => redirectSidecar(kube, pod, sandbox.pid, host));
    for (const container of pod.spec.initContainers ?? []) {
      if (isSidecar(container)) await begin(container);
      else await this.#toCompletion(container, sandbox);
    }
    for (const container of pod.spec.containers) keep.push(this.#keepRunning(container, sandbox));
    await Promise.all(keep);
  }

  async #makeSandbox(): Promise<Sandbox> {
    const { folder, logs, address, link } = this.options;
    fs.mkdirSync(folder, { recursive: true });
    const ports = Object.entries(loopbackPorts).map(([inside, outside]) => `${outside}:${inside}`);
    const name = `${this.name.replace("/", ".")}.sandbox`;
    this.#sandbox = networkHolder({ name, logs, door: this.door, ports });
    const { pid } = this.#sandbox;
    await untilParted(pid);
    await connectPod(pid, address, link);
    await this.#setKernel(pid);
    const resolvConf = path.join(folder, "resolv.conf");
    fs.writeFileSync(resolvConf, this.#resolvConf());
    const volumeFolder = (volume: string) => path.join(folder, "volumes", volume);
    return { pid, folder: path.join(folder, "roots"), logs, resolvConf, volumeFolder };
  }

  /** Settings of the pod's network: gateways open ports below 1024 as a user. */
  async #setKernel(pid: number): Promise<void> {
    for (const { name, value } of this.options.pod.spec.securityContext?.sysctls ?? []) {
      const file = `/proc/sys/${name.replaceAll(".", "/")}`;
      await command(
        "nsenter",
        "-t",
        `${pid}`,
        "--net",
        "sh",
        "-c",
        'echo "$0" > "$1"',
        value,
        file,
      );
    }
  }

  #resolvConf(): string {
    const suffixes = ["svc.cluster.local", "cluster.local"];
    const search = [`${this.options.pod.metadata.namespace}.${suffixes[0]}`, ...suffixes];
    const { resolver } = this.options;
    return `nameserver ${resolver}\nsearch ${search.join(" ")}\noptions ndots:5\n`;
  }

  /** Waits the way a kubelet does for a Secret or ConfigMap that is not there yet. */
  async #whenPossible<T>(act: () => Promise<T>): Promise<T | undefined> {
    while (!this.#over) {
      try {
        return await act();
      } catch (error) {
        for (const { name } of this.options.pod.spec.containers) {
          const waiting = (error as Error).message;
          this.states.set(name, { name, ready: false, started: false, restarts: 0, waiting });
        }
        await this.#report();
        await this.#pause(error instanceof NotYet ? 500 : 1000);
      }
    }
    return undefined;
  }

  async #refreshVolumes(): Promise<void> {
    const { pod, beside } = this.options;
    for (const volume of [...(pod.spec.volumes ?? []), ...(beside?.volumes ?? [])]) {
      const tokens = this.#tokens.get(volume.name) ?? new Map();
      this.#tokens.set(volume.name, tokens);
      const folder = path.join(this.options.folder, "volumes", volume.name);
      const content = await contentOf(this.options, volume, tokens);
      fs.mkdirSync(folder, { recursive: true });
      fs.chmodSync(folder, 0o777);
      if (content) writeVolume(folder, content);
    }
  }

  async #keepVolumes(): Promise<void> {
    while (!this.#stopped) {
      await this.#pause(2000);
      // A source that went away keeps its last content, as on a node.
      if (!this.#stopped) await this.#refreshVolumes().catch(() => {});
      await this.#report();
    }
  }

  async #launch(container: Json, sandbox: Sandbox): Promise<Service | undefined> {
    return this.#whenPossible(async () => {
      const variables = await environmentOf(this.options, container);
      const own = this.options.beside && isRouter(container) ? besideZtunnel : {};
      const env = { ...this.options.extra, ...variablesOf(container), ...variables, ...own };
      const commandLine = [...(container.args ?? [])].map((word: string) => expand(word, env));
      if (this.#over) return undefined;
      const { pod, host } = this.options;
      const command = container.command?.map((word: string) => expand(word, env));
      const known = { ...container, command };
      const service = startContainer(pod, known, env, commandLine, sandbox, host);
      this.services.set(container.name, service);
      return service;
    });
  }

  async #toCompletion(container: Json, sandbox: Sandbox): Promise<void> {
    const service = await this.#launch(container, sandbox);
    const how = await service?.ended;
    const { name } = container;
    if (how !== "exit 0") throw new Error(`${name} ended: ${how}\n${service?.tail()}`);
    this.states.set(name, { name, ready: false, started: false, restarts: 0, exitCode: 0 });
    await this.#report();
  }

  async #keepRunning(container: Json, sandbox: Sandbox): Promise<void> {
    for (let restarts = 0; !this.#over; restarts++) {
      const service = await this.#launch(container, sandbox);
      if (!service) return;
      await this.#watch(container, service, restarts);
      await this.#pause(Math.min(1000 * (restarts + 1), 5000));
    }
  }

  /** Probes a container until it ends, and reports what changes. */
  async #watch(container: Json, service: Service, restarts: number): Promise<void> {
    const { name, startupProbe, readinessProbe } = container;
    const { address } = this.options;
    const ask = (definition: Json) =>
      !definition || probe(definition, container, address, service.pid);
    let started = false;
    let failures = unreadyAfter;
    while (service.running && !this.#stopped) {
      started ||= await ask(startupProbe);
      failures = started && (await ask(readinessProbe)) ? 0 : failures + 1;
      const ready = failures < unreadyAfter && service.running;
      await this.#state({ name, ready, started, restarts });
      const rest = this.#pause(ready ? 1000 : 250);
      await Promise.race([service.ended, rest]);
    }
    const exitCode = this.#ending ? exitCodeOf(await service.ended) : undefined;
    if (!this.#stopped)
      await this.#state({ name, ready: false, started: false, restarts, exitCode });
  }

  async #state(state: ContainerState): Promise<void> {
    this.states.set(state.name, state);
    await this.#report();
  }

  /** Tells the API what is new, one thing after the other: what is told last is to be what holds last. */
  #report(): Promise<void> {
    return (this.#told = this.#told.then(() => this.#tell()));
  }

  /** When the API is away, the next look at the volumes tries again. */
  async #tell(): Promise<void> {
    const { address, hostAddress, report } = this.options;
    const state = JSON.stringify([...this.states, closedGate(this.#pod)]);
    if (this.#stopped || state === this.#reported) return;
    try {
      await report(podStatus(this.#pod, this.states, { pod: address, host: hostAddress }));
      this.#reported = state;
    } catch {
      // Kept as not reported.
    }
  }
}
