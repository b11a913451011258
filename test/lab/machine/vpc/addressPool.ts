import { addressIn } from "../network";
import type { Store } from "../store";

/** AWS keeps the first four addresses of a subnet; load balancers of the program have their own subnets. */
const first = 10;

/** Addresses of subnets, as the CNI of a cluster and its load-balancer controller take them, each once in a run. */
export class AddressPool {
  readonly #next = new Map<string, number>();

  constructor(readonly store: Store) {}

  /** The next address in a cluster's subnet of a zone, or in `otherwise` where the cluster has none. */
  take(cluster: string, zone: string | undefined, otherwise: string): string {
    const cidr = this.#subnet(cluster, zone) ?? otherwise;
    const n = this.#next.get(cidr) ?? first;
    this.#next.set(cidr, n + 1);
    return addressIn(cidr, n);
  }

  #subnet(cluster: string, zone: string | undefined): string | undefined {
    const eks = this.store.outputs("eks.Cluster").find(({ name }) => name === cluster);
    const ids: string[] = eks?.vpcConfig?.subnetIds ?? [];
    const all = this.store.list("ec2.Subnet").filter(({ id }) => ids.includes(id));
    const here = all.find(({ outputs }) => outputs.availabilityZone === zone);
    return (here ?? all[0])?.outputs.cidrBlock;
  }
}
