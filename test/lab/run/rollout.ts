import * as tls from "node:tls";
import type { Json } from "../machine/kube";
import { accepts } from "../machine/kubelet/probes";
import type { Cluster } from "../machine/machine";
import { addresses } from "../machine/network";
import { sleep, until } from "../machine/processes";
import { bindingKinds, bindingsPath } from "../machine/registrars";
import { isSentTo } from "../machine/targetGroups";
import { isReady } from "./istiod";
import type { Moment, PodSeen, TargetSeen } from "./order";
import type { Session } from "./session";

const takes = (address: string, port: number): Promise<boolean> =>
  accepts(address, port, addresses.source);

/** Until pods of a gateway are replaced: registration, the hook and Envoy's time to drain. */
export const rolloutSeconds = 180;

/** A Deployment behind a load balancer, and the Service that both are bound by; the three have one name. */
export class Behind {
  readonly moments: Moment[] = [];
  #known = new Set<string>();

  constructor(
    readonly session: Session,
    readonly cluster: Cluster,
    readonly name: string,
  ) {}

  get #core(): string {
    return `/api/v1/namespaces/${this.session.namespace}`;
  }

  get deployment(): string {
    return `/apis/apps/v1/namespaces/${this.session.namespace}/deployments/${this.name}`;
  }

  /** Its pods, those on their way out among them. */
  async pods(): Promise<Json[]> {
    const { spec } = await this.cluster.kube.get(this.deployment);
    const labels = Object.entries(spec.selector.matchLabels);
    const selector = labels.map(([key, value]) => `${key}=${String(value)}`).join(",");
    return this.cluster.kube.list(
      `${this.#core}/pods?labelSelector=${encodeURIComponent(selector)}`,
    );
  }

  /**
   * Ids of the target groups that its Service is bound to and somebody listens behind: the Service of an east-west gateway has ports of
   * istiod's too (Istio's chart `gateway`).
   */
  async #groups(): Promise<string[]> {
    const { kube } = this.cluster;
    const { namespace } = this.session;
    const lists = bindingKinds.map((kind) => kube.list(bindingsPath(kind, namespace)));
    const bound = (await Promise.all(lists)).flat();
    const mine = bound.filter(({ spec }) => spec.serviceRef.name === this.name);
    const served = await Promise.all(
      mine.map(async ({ spec }) => {
        const targets = this.session.machine.targets(spec.targetGroupARN);
        const taken = targets.map(({ address, port }) => takes(address, port));
        return (await Promise.all(taken)).some(Boolean) ? [spec.targetGroupARN as string] : [];
      }),
    );
    return served.flat();
  }

  /** Changes the template of the pods, or only when they were last restarted, as `kubectl rollout restart` does. */
  async restart(change: Json = {}): Promise<void> {
    this.#known = new Set((await this.pods()).map(({ metadata }) => metadata.uid));
    this.moments.length = 0;
    const restartedAt = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
    const { metadata, ...rest } = change;
    const annotations = { ...metadata?.annotations, ...restartedAt };
    const template = { ...rest, metadata: { annotations } };
    await this.cluster.kube.patch(this.deployment, { spec: { template } }, "strategic");
  }

  /** Looks until there are Ready new pods and no old ones, and nothing that was taken out is sent to. */
  async followed(seconds: number): Promise<void> {
    const groups = await this.#groups();
    await until(`${this.cluster.name}: the rollout of ${this.name}`, seconds, async () => {
      const pods = (await this.pods()).map((pod) => this.#seen(pod));
      const targets = await this.#targets(groups, pods);
      this.moments.push({ pods, targets });
      const left = targets.some(({ state, sentTo }) => state === "draining" && sentTo);
      return !left && pods.every(({ isNew, ready }) => isNew && ready);
    });
  }

  #seen(pod: Json): PodSeen {
    const { name, uid, deletionTimestamp } = pod.metadata;
    const isNew = !this.#known.has(uid);
    const leaving = deletionTimestamp !== undefined;
    return { name, address: pod.status.podIP, isNew, ready: isReady(pod), leaving };
  }

  /** Whether a target takes connections is asked before whether it is sent any: what ends in between is right to do so. */
  async #targets(groups: readonly string[], pods: readonly PodSeen[]): Promise<TargetSeen[]> {
    const staying = new Set(pods.filter(({ leaving }) => !leaving).map(({ address }) => address));
    const { machine } = this.session;
    const all = groups.flatMap((group) => machine.targets(group).map((one) => ({ group, ...one })));
    return Promise.all(
      all.map(async ({ group, address, port, state }) => {
        const isTaken = staying.has(address) || (await takes(address, port));
        const now = machine.targets(group).find((one) => one.address === address);
        const sentTo = now !== undefined && (now.state === "healthy" || isSentTo(now));
        return { group: group.split("/")[1], address, state, takes: isTaken, sentTo };
      }),
    );
  }
}

/** Opens a connection of some protocol anew; who answers shows a certificate. */
export function shakeHands(options: {
  readonly host: string;
  readonly port: number;
  readonly servername: string;
  readonly ALPNProtocols: string[];
}): Promise<void> {
  return new Promise((done, fail) => {
    const from = { localAddress: addresses.source, rejectUnauthorized: false };
    const socket = tls.connect({ ...options, ...from }, () => {
      done();
      socket.destroy();
    });
    socket.on("error", fail);
    socket.setTimeout(5000, () => socket.destroy(new Error("no answer")));
  });
}

/** Makes a request again and again, each half a second after the one before; what became of them once it is told to stop. */
export function keepAsking(ask: () => Promise<unknown>): () => Promise<Tally> {
  const failures: string[] = [];
  let count = 0;
  let stopped = false;
  const loop = async () => {
    for (; !stopped; count++) {
      await ask().catch((error: Error) => failures.push(error.message));
      await sleep(500);
    }
  };
  const asked = loop();
  return async () => {
    stopped = true;
    await asked;
    return { count, failures };
  };
}

export interface Tally {
  readonly count: number;
  readonly failures: readonly string[];
}
