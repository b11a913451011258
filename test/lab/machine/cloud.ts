import type { ClusterState } from "./clusterState";
import type { Json } from "./kube";
import { Forwarders } from "./forwarders";
import { LoadBalancers } from "./loadBalancers";
import { Names } from "./names";
import { Policies } from "./policies/policies";
import { ServiceAddresses } from "./serviceAddresses";
import { sleep } from "./processes";
import type { Store } from "./store";
import type { Registered } from "./targetGroups";
import type { AddressPool } from "./vpc/addressPool";
import type { Packets } from "./vpc/packets";
import { Ways } from "./vpc/ways";

/** What a cloud runs around clusters: load balancers, what controllers make of Services, and names. */
export class Cloud {
  readonly #forwarders: Forwarders;
  readonly #controllers: readonly LoadBalancers[];
  readonly #names: Names;
  readonly #services: ServiceAddresses;
  readonly #policies: Policies;
  readonly #ways: Ways;
  #stopped = false;
  #loops: readonly Promise<void>[] = [];

  constructor(
    store: Store,
    readonly clusters: readonly ClusterState[],
    readonly packets: Packets,
    pool: AddressPool,
    isPretended: (pod: Json) => boolean,
  ) {
    this.#forwarders = new Forwarders(store, clusters, isPretended);
    this.#controllers = clusters.map((cluster) => new LoadBalancers(store, cluster, pool));
    this.#names = new Names(store, clusters);
    this.#services = new ServiceAddresses(clusters);
    this.#policies = new Policies(clusters);
    this.#ways = new Ways(store);
  }

  /** Targets of a group of any load balancer, those that were taken out a while ago among them. */
  targets(arn: string): Registered[] {
    return this.#forwarders.targets(arn);
  }

  async start(): Promise<void> {
    await this.#names.start();
    await this.#ways.reconcile();
    this.#loops = [
      this.#repeat(() => this.#follow()),
      // A target that does not answer takes its time.
      this.#repeat(() => this.#forwarders.reconcile()),
      // Pulumi waits for nothing else.
      this.#repeat(() => this.#ways.reconcile()),
    ];
  }

  /** Lets instances ask for names, in every VPC. */
  async serveVpcNames(): Promise<void> {
    await this.#names.serveVpcs();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.clusters.forEach((cluster) => cluster.stop());
    await Promise.all(this.#loops);
    this.#forwarders.stop();
    this.#names.stop();
  }

  async #follow(): Promise<void> {
    await Promise.all(this.#controllers.map((one) => one.reconcile()));
    await this.packets.reconcile();
    await this.#policies.reconcile();
    await this.#services.reconcile();
  }

  async #repeat(act: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      try {
        await act();
      } catch (error) {
        console.error(`cloud: ${(error as Error).message}`);
      }
      await sleep(1000);
    }
  }
}
