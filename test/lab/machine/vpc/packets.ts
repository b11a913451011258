import { loadRules } from "../nft";
import type { Store } from "../store";
import { cloudNetwork, networkTypes } from "./cloudNetwork";
import { filterOf, type Filter, type Interface } from "./filter";
import { rulesetOf } from "./ruleset";

/** A cluster's pods: all carry the group that EKS made for it. */
export interface Pods {
  readonly cluster: string;
  readonly addresses: () => readonly string[];
}

/** What lets packets pass between pods and load balancers: the routes and security groups that the program has made. */
export class Packets {
  #loaded = "";
  #seen = "";

  constructor(
    readonly store: Store,
    readonly pods: readonly Pods[],
    /** Instances, with the groups that their templates name. */
    readonly instances: () => readonly Interface[] = () => [],
  ) {}

  async reconcile(): Promise<void> {
    const types = [...networkTypes, "lb.LoadBalancer"];
    const seen =
      this.store.stamp(types) +
      this.pods.map((one) => one.addresses().join()).join("|") +
      this.instances()
        .map(({ address }) => address)
        .join();
    if (seen === this.#seen) return;
    const rules = rulesetOf(this.filter());
    if (rules !== this.#loaded) await loadRules(rules);
    this.#loaded = rules;
    this.#seen = seen;
  }

  filter(): Filter {
    return filterOf(
      cloudNetwork((type) => this.store.list(type)),
      [...this.#ofPods(), ...this.#ofLoadBalancers(), ...this.instances()],
    );
  }

  #ofPods(): Interface[] {
    const clusters = this.store.outputs("eks.Cluster");
    return this.pods.flatMap(({ cluster, addresses }) => {
      const group = clusters.find(({ name }) => name === cluster)?.vpcConfig
        ?.clusterSecurityGroupId;
      return addresses().map((address) => ({ address, groups: group ? [group] : [] }));
    });
  }

  #ofLoadBalancers(): Interface[] {
    return this.store
      .outputs("lb.LoadBalancer")
      .flatMap(({ subnetMappings, securityGroups }) =>
        (subnetMappings ?? []).flatMap(({ privateIpv4Address: address }: Record<string, string>) =>
          address ? [{ address, groups: [...(securityGroups ?? [])].sort() }] : [],
        ),
      );
  }
}
