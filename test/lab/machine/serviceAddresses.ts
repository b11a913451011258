import type { ClusterState, Target } from "./clusterState";
import type { Json } from "./kube";
import { linksOf } from "./network";
import { loadRules, tableOf } from "./nft";

/** A cluster address and port of a Service, and the ready pods behind it. */
export interface ServiceAddress extends Target {
  readonly targets: readonly Target[];
}

/** Every cluster address of a cluster's Services; a port without ready pods has none to lead to. */
export function serviceAddresses(cluster: ClusterState): ServiceAddress[] {
  return cluster.all("services").flatMap(({ metadata, spec }) => {
    if (!spec.clusterIP || spec.clusterIP === "None") return [];
    const tcp: Json[] = (spec.ports ?? []).filter(({ protocol }: Json) => protocol !== "UDP");
    return tcp.map(({ name, port }) => ({
      address: spec.clusterIP as string,
      port,
      targets: cluster.targets(metadata.namespace, metadata.name, name ?? port),
    }));
  });
}

const place = ({ address, port }: Target) => `${address} . ${port}`;

function rule(links: string, service: ServiceAddress): string {
  const from = `iifname "${links}*" ip daddr ${service.address} tcp dport ${service.port}`;
  const { targets } = service;
  const map = targets.map((target, n) => `${n} : ${place(target)}`).join(", ");
  return `${from} dnat ip to numgen random mod ${targets.length} map { ${map} }`;
}

/**
 * What kube-proxy writes on a node, for nftables: a new connection of a cluster's pod to a Service's address goes to one of its
 * ready pods, one to a port without any is refused.
 */
export function serviceTable(index: number, services: readonly ServiceAddress[]): string {
  const rules = services
    .filter(({ targets }) => targets.length > 0)
    .map((service) => rule(linksOf(index), service));
  return tableOf(`services_${index}`, [
    "chain prerouting {",
    "type nat hook prerouting priority dstnat",
    ...rules,
    "}",
  ]);
}

/** kube-proxy of every cluster: rules follow Services and ready pods. */
export class ServiceAddresses {
  readonly #loaded = new Map<number, string>();

  constructor(readonly clusters: readonly ClusterState[]) {}

  async reconcile(): Promise<void> {
    for (const cluster of this.clusters) {
      const rules = serviceTable(cluster.index, serviceAddresses(cluster));
      if (this.#loaded.get(cluster.index) === rules) continue;
      await loadRules(rules);
      this.#loaded.set(cluster.index, rules);
    }
  }
}
