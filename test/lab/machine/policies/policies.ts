import type { ClusterState } from "../clusterState";
import { loadRules } from "../nft";
import { isolations } from "./isolation";
import { policyTable } from "./policyTable";

/** The network policy agent of every cluster. */
export class Policies {
  readonly #loaded = new Map<number, string>();

  constructor(readonly clusters: readonly ClusterState[]) {}

  async reconcile(): Promise<void> {
    for (const cluster of this.clusters) {
      const policies = cluster.all("policies");
      const known = this.#loaded.get(cluster.index);
      if (policies.length === 0 && known === undefined) continue;
      const objects = {
        policies,
        pods: cluster.all("pods"),
        namespaces: cluster.all("namespaces"),
      };
      const rules = policyTable(cluster.index, isolations(objects));
      if (rules !== known) await loadRules(rules);
      this.#loaded.set(cluster.index, rules);
    }
  }
}
