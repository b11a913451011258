import { addresses } from "../network";
import { loadRules, tableOf } from "../nft";
import type { Store } from "../store";
import { cloudNetwork, networkTypes, type GroupRule } from "./cloudNetwork";
import { protocolOf } from "./filter";
import { holds } from "./ranges";

/** Where Pulumi runs, as an API server without a public endpoint sees it. */
export const RUNNER = "192.168.9.7";

/** Group of Pulumi's processes, its plugins among them: the kernel knows their packets by it. */
export const runnerGroup = 4317;

/** Whether a range is one that Pulumi runs in. */
export const holdsRunner = (cidr: string): boolean => holds(cidr, RUNNER);

/**
 * Addresses of the API servers that answer Pulumi. One without a public endpoint is reached through network interfaces that carry
 * the cluster's group (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html#private-access). That packets find a
 * way to them is not looked at.
 */
export function answering(store: Store): string[] {
  const { groups } = cloudNetwork((type) => store.list(type));
  const clusters = store.list("eks.Cluster").filter(({ inputs, outputs }) => {
    if (inputs.vpcConfig?.endpointPublicAccess !== false) return true;
    return groups.get(outputs.vpcConfig?.clusterSecurityGroupId)?.in.some(letsRunnerIn);
  });
  return clusters.map(({ outputs }) => new URL(outputs.endpoint).hostname).sort();
}

function letsRunnerIn(rule: GroupRule): boolean {
  const isForHttps = !rule.ports || (rule.ports[0] <= 443 && 443 <= rule.ports[1]);
  return ["-1", "tcp"].includes(protocolOf(rule)) && isForHttps && rule.cidrs.some(holdsRunner);
}

/** Lets Pulumi open connections to these API servers alone; those that are open stay, as security groups have it. */
export function wayRules(servers: readonly string[]): string {
  return tableOf("ways", [
    "chain runner {",
    "type filter hook output priority filter",
    `meta skgid != ${runnerGroup} return`,
    "ct state established,related return",
    ...(servers.length > 0 ? [`ip daddr { ${servers.join(", ")} } return`] : []),
    `ip daddr ${addresses.servers} drop`,
    "}",
  ]);
}

/** Who may call which API server from where Pulumi runs. */
export class Ways {
  #loaded = "";
  #seen = "";

  constructor(readonly store: Store) {}

  async reconcile(): Promise<void> {
    const seen = this.store.stamp(networkTypes);
    if (seen === this.#seen) return;
    const rules = wayRules(answering(this.store));
    if (rules !== this.#loaded) await loadRules(rules);
    this.#loaded = rules;
    this.#seen = seen;
  }
}
