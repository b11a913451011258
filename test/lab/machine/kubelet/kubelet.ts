import { randomBytes } from "node:crypto";
import * as path from "node:path";
import { Watched, type Json, type Kube } from "../kube";
import { addressIn, linksOf } from "../network";
import type { Store } from "../store";
import type { AddressPool } from "../vpc/addressPool";
import { ztunnelOf } from "./ambient";
import type { Host } from "./container";
import { pretendedEnd } from "./ending";
import { environmentOf, type PodContext } from "./environment";
import { PodProcess } from "./podProcess";
import { makeReadable } from "./readable";
import { isTold, podStatus, pretended, holds, podPath } from "./status";
import { contentOf } from "./volumes";

export interface KubeletOptions {
  readonly cluster: string;
  /** Number of the cluster in the lab. */
  readonly index: number;
  readonly kube: Kube;
  readonly store: Store;
  readonly host: Host;
  readonly work: string;
  /** Range that nodes get their addresses from, and pods of a cluster without subnets. */
  readonly podCidr: string;
  readonly pool: AddressPool;
  readonly region: string;
  /** Name server of the cluster. */
  readonly resolver: string;
  readonly zones: readonly string[];
  readonly runs: (pod: Json) => boolean;
}

const isOver = ({ status }: Json): boolean => /^(Succeeded|Failed)$/.test(status?.phase);

/** All that a pod mounts and names must be there. */
async function demandStart(context: PodContext): Promise<void> {
  const { initContainers = [], containers, volumes = [] } = context.pod.spec;
  const all: Json[] = [...initContainers, ...containers];
  if (all.some(({ image }) => image === "auto")) throw new Error("no such image: auto");
  for (const container of all) await environmentOf(context, container);
  for (const volume of volumes) {
    if (!volume.projected) await contentOf(context, volume, new Map());
    const parts: Json[] = volume.projected?.sources ?? [];
    const sources = parts.filter((part) => !part.serviceAccountToken);
    await contentOf(context, { projected: { sources } }, new Map());
  }
}

/** All nodes of a cluster: pretends pods, and runs as processes those that it is told to. */
export class Kubelet {
  readonly processes = new Map<string, PodProcess>();
  /** Longest time that pods are given to end, in seconds: for what is about something else than their ends. */
  mostSeconds = Infinity;
  readonly #addresses = new Map<string, string>();
  readonly #explained = new Map<string, string>();
  readonly #pending = new Map<string, Json>();
  readonly #working = new Set<string>();
  #pods?: Watched;
  #retry?: NodeJS.Timeout;

  constructor(readonly options: KubeletOptions) {}

  /** The process of a pod that is run as one. */
  processOf({ metadata }: Json): PodProcess {
    const running = this.processes.get(metadata.uid);
    if (!running) throw new Error(`${metadata.name} is not run as a process`);
    return running;
  }

  async start(): Promise<void> {
    const { zones, kube } = this.options;
    for (const [index, zone] of zones.entries()) {
      const node = this.#node(index, zone);
      await kube.apply(`/api/v1/nodes/${node.metadata.name}`, node);
      const status = { status: this.#nodeStatus(index) };
      await kube.patch(`/api/v1/nodes/${node.metadata.name}/status`, status);
      // Admission marks every new node as not ready, and no controller here takes the mark off.
      await kube.patch(`/api/v1/nodes/${node.metadata.name}`, { spec: { taints: null } });
    }
    this.#pods = new Watched(kube, "/api/v1/pods", (kind, pod) => this.#changed(kind, pod));
    this.#retry = setInterval(() => this.#again(), 1000);
  }

  async stop(): Promise<void> {
    clearInterval(this.#retry);
    this.#pods?.stop();
    await Promise.all([...this.processes.values()].map((running) => running.stop()));
  }

  /** Addresses of the pods that are there. */
  get podAddresses(): string[] {
    return [...this.#addresses.values()];
  }

  /** Address of one of the nodes. */
  nodeAddress(index: number): string {
    return addressIn(this.options.podCidr, index + 1);
  }

  hasNode(address: string): boolean {
    return this.options.zones.some((_, index) => this.nodeAddress(index) === address);
  }

  #node(index: number, zone: string): Json {
    const { cluster, region } = this.options;
    const name = `${cluster}-node-${index + 1}`;
    return {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name,
        labels: {
          "kubernetes.io/hostname": name,
          "kubernetes.io/os": "linux",
          "kubernetes.io/arch": "amd64",
          "topology.kubernetes.io/region": region,
          "topology.kubernetes.io/zone": zone,
        },
      },
      spec: { providerID: `aws:///${zone}/i-${randomBytes(8).toString("hex")}` },
    };
  }

  #nodeStatus(index: number): Json {
    const room = { cpu: "64", memory: "256Gi", pods: "500", "ephemeral-storage": "500Gi" };
    const address = this.nodeAddress(index);
    return {
      capacity: room,
      allocatable: room,
      addresses: [{ type: "InternalIP", address }],
      conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
      nodeInfo: { kubeletVersion: "v1.36.2", operatingSystem: "linux", architecture: "amd64" },
    };
  }

  #changed(kind: string, pod: Json): void {
    const { uid } = pod.metadata;
    if (kind === "DELETED") {
      this.#pending.delete(uid);
      void this.#end(uid);
    } else if (pod.spec.nodeName) {
      void this.processes.get(uid)?.observe(pod);
      this.#pending.set(uid, pod);
      void this.#handle(uid);
    }
  }

  #again(): void {
    for (const uid of this.#pending.keys()) void this.#handle(uid);
  }

  /** Brings one pod a step further; what fails stays pending and is tried again. */
  async #handle(uid: string): Promise<void> {
    if (this.#working.has(uid)) return;
    this.#working.add(uid);
    const pod = this.#pending.get(uid);
    try {
      const isDone = await this.#step(pod);
      if (isDone && this.#pending.get(uid) === pod) this.#pending.delete(uid);
    } catch (error) {
      // Something that the pod needs is not there yet.
      await this.#explain(pod, (error as Error).message).catch(() => {});
    } finally {
      this.#working.delete(uid);
    }
    if (this.#pending.has(uid) && this.#pending.get(uid) !== pod) await this.#handle(uid);
  }

  /** Whether nothing is left to be done for a pod as it is. */
  async #step(pod: Json): Promise<boolean> {
    const { uid, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp) return this.#terminate(pod);
    if (this.processes.has(uid) || isOver(pod)) return true;
    if (this.options.runs(pod)) await this.#run(pod);
    else await this.#pretend(pod);
    return true;
  }

  /** A pod that is pretended serves for as long as its hooks take, and then ends at once. */
  async #terminate(pod: Json): Promise<boolean> {
    const { uid } = pod.metadata;
    const running = this.processes.get(uid);
    if (running) await running.terminate();
    else if (!isOver(pod) && Date.now() < pretendedEnd(pod, this.mostSeconds)) return false;
    await this.#end(uid);
    await this.options.kube.delete(podPath(pod), uid);
    return true;
  }

  async #end(uid: string): Promise<void> {
    const running = this.processes.get(uid);
    this.processes.delete(uid);
    this.#addresses.delete(uid);
    this.#explained.delete(uid);
    await running?.stop();
  }

  #context(pod: Json): PodContext {
    const { podCidr, zones, cluster, kube, pool } = this.options;
    const index = zones.findIndex((_, n) => pod.spec.nodeName === `${cluster}-node-${n + 1}`);
    const hostAddress = this.nodeAddress(Math.max(index, 0));
    const { uid } = pod.metadata;
    const own = this.#addresses.get(uid) ?? pool.take(cluster, zones[index], podCidr);
    this.#addresses.set(uid, own);
    return { kube, pod, hostAddress, address: pod.spec.hostNetwork ? hostAddress : own };
  }

  /** As far as it gets, once a kubelet could have started it. */
  async #pretend(pod: Json): Promise<void> {
    const context = this.#context(pod);
    if (!holds(pod, "ContainersReady")) await demandStart(context);
    const addresses = { pod: context.address, host: context.hostAddress };
    const status = podStatus(pod, pretended(pod), addresses);
    if (!isTold(pod, status)) await this.#report(pod, status);
  }

  /** Merges what the kubelet knows into what others say of a pod. */
  async #report(pod: Json, status: Json): Promise<void> {
    await this.options.kube.patch(`${podPath(pod)}/status`, { status }, "strategic");
  }

  /** Says once in the pod's status what it waits for. */
  async #explain(pod: Json, waiting: string): Promise<void> {
    const { uid, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp || this.#explained.get(uid) === waiting) return;
    this.#explained.set(uid, waiting);
    const { address, hostAddress } = this.#context(pod);
    const states = pod.spec.containers.map(({ name }: Json) => [
      name,
      { name, ready: false, started: false, restarts: 0, waiting },
    ]);
    const status = podStatus(pod, new Map(states), { pod: address, host: hostAddress });
    await this.#report(pod, status);
  }

  async #run(pod: Json): Promise<void> {
    const { kube, work, cluster, host } = this.options;
    const { uid } = pod.metadata;
    await makeReadable(kube, pod);
    const beside = host.ztunnel ? await ztunnelOf(kube, pod) : undefined;
    const running = new PodProcess({
      ...this.#context(pod),
      host,
      resolver: this.options.resolver,
      link: `${linksOf(this.options.index)}${randomBytes(5).toString("hex")}`,
      folder: path.join(work, "pods", uid),
      logs: path.join(work, "logs", cluster),
      extra: this.#identity(pod),
      beside,
      report: (status) => this.#report(pod, status),
      mostSeconds: () => this.mostSeconds,
    });
    this.processes.set(uid, running);
    running.start();
  }

  /** What the agent of Pod Identity knows of a pod, whose credentials the pod's `aws` then asks for as each call is made. */
  #identity({ metadata, spec }: Json): Record<string, string> {
    return {
      LAB_CLUSTER: this.options.cluster,
      LAB_NAMESPACE: metadata.namespace,
      LAB_SERVICE_ACCOUNT: spec.serviceAccountName ?? "default",
    };
  }
}
