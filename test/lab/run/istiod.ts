import type { Json } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { until } from "../machine/processes";
import { holds } from "../machine/kubelet/status";

export const isReady = (object: Json): boolean => holds(object, "Ready");

/** The control plane of one mesh in one cluster. */
export class Istiod {
  constructor(
    /** Name, in the description, of the cluster that it runs in. */
    readonly name: string,
    /** Its Istio cluster id: the cluster that it reads the configuration of the mesh from. */
    readonly clusterId: string,
    readonly cluster: Cluster,
    readonly namespace: string,
  ) {}

  async pods(): Promise<Json[]> {
    const path = `/api/v1/namespaces/${this.namespace}/pods?labelSelector=app%3Distiod`;
    const items = await this.cluster.kube.list(path);
    return items.filter(({ metadata }: Json) => !metadata.deletionTimestamp);
  }

  /** One pod, once there is one that is Ready. */
  async pod(): Promise<Json> {
    return until(`${this.name}: a Ready istiod`, 60, async () => (await this.pods()).find(isReady));
  }

  /** A debug page; istiod answers without credentials from its own loopback address. */
  async debug(page: string): Promise<Json> {
    const running = this.cluster.kubelet.processOf(await this.pod());
    const answer = await fetch(`${running.loopback(8080)}/debug/${page}`);
    if (!answer.ok) throw new Error(`/debug/${page}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** As many pods as said, all Ready; none ends it. */
  async scale(replicas: number): Promise<void> {
    const path = `/apis/apps/v1/namespaces/${this.namespace}/deployments/istiod`;
    await this.cluster.kube.patch(path, { spec: { replicas } });
    await until(`${this.name}: ${replicas} pods of istiod`, 60, async () => {
      const items = await this.cluster.kube.list(
        `/api/v1/namespaces/${this.namespace}/pods?labelSelector=app%3Distiod`,
      );
      return items.length === replicas && items.every(isReady);
    });
  }

  /** Tells every pod of it to end, which gives back what it leads; which those were. */
  async remove(): Promise<Json[]> {
    const old = await this.pods();
    const { kube } = this.cluster;
    for (const { metadata } of old) {
      await kube.end(`/api/v1/namespaces/${this.namespace}/pods/${metadata.name}`);
    }
    return old;
  }

  /** Ends every pod of it and waits for those that come after. */
  async restart(): Promise<void> {
    const gone = new Set((await this.remove()).map(({ metadata }) => metadata.uid));
    await until(`${this.name}: istiod after a restart`, 90, async () => {
      const now = await this.pods();
      return now.length > 0 && now.every((pod) => isReady(pod) && !gone.has(pod.metadata.uid));
    });
  }
}
