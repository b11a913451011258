import type { Json } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { until } from "../machine/processes";

const namespace = "istio-system";
const pods = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Distiod`;

export const isReady = ({ status }: Json): boolean =>
  status?.conditions?.some((one: Json) => one.type === "Ready" && one.status === "True") ?? false;

/** The control plane of one cluster. */
export class Istiod {
  constructor(
    /** Name of the cluster in the description: its Istio cluster id. */
    readonly name: string,
    readonly cluster: Cluster,
  ) {}

  async pods(): Promise<Json[]> {
    const items = await this.cluster.kube.list(pods);
    return items.filter(({ metadata }: Json) => !metadata.deletionTimestamp);
  }

  /** One pod, once there is one that is Ready. */
  async pod(): Promise<Json> {
    return until(`${this.name}: a Ready istiod`, 60, async () => (await this.pods()).find(isReady));
  }

  /** A debug page; istiod answers without credentials from its own loopback address. */
  async debug(page: string): Promise<Json> {
    const { metadata } = await this.pod();
    const running = this.cluster.kubelet.processes.get(metadata.uid);
    if (!running) throw new Error(`${metadata.name} is not run as a process`);
    const answer = await fetch(`${running.loopback(8080)}/debug/${page}`);
    if (!answer.ok) throw new Error(`/debug/${page}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** Deletes every pod of it and waits for those that come after. */
  async restart(): Promise<void> {
    const old = await this.pods();
    const { kube } = this.cluster;
    for (const { metadata } of old) {
      await kube.delete(`/api/v1/namespaces/${namespace}/pods/${metadata.name}`);
    }
    const gone = new Set(old.map(({ metadata }) => metadata.uid));
    await until(`${this.name}: istiod after a restart`, 90, async () => {
      const now = await this.pods();
      return now.length > 0 && now.every((pod) => isReady(pod) && !gone.has(pod.metadata.uid));
    });
  }
}
