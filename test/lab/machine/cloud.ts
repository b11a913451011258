import type { ClusterState } from "./clusterState";
import { Forwarders } from "./forwarders";
import { LoadBalancers } from "./loadBalancers";
import { Names } from "./names";
import { Policies } from "./policies/policies";
import { ServiceAddresses } from "./serviceAddresses";
import { sleep } from "./processes";
import type { Store } from "./store";
import type { AddressPool } from "./vpc/addressPool";
import type { Packets } from "./vpc/packets";

/** What a cloud runs around clusters: load balancers, what controllers make of Services, and names. */
export class Cloud {
  readonly #forwarders: Forwarders;
  readonly #controllers: readonly LoadBalancers[];
  readonly #names: Names;
  readonly #services: ServiceAddresses;
  readonly #policies: Policies;
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(
    store: Store,
    readonly clusters: readonly ClusterState[],
    readonly packets: Packets,
    pool: AddressPool,
  ) {
    this.#forwarders = new Forwarders(store, clusters);
    this.#controllers = clusters.map((cluster) => new LoadBalancers(store, cluster, pool));
    this.#names = new Names(store, clusters);
    this.#services = new ServiceAddresses(clusters);
    this.#policies = new Policies(clusters);
  }

  async start(): Promise<void> {
    await this.#names.start();
    this.#loop = this.#run();
  }

  /** Lets instances ask for names, in every VPC. */
  async serveVpcNames(): Promise<void> {
    await this.#names.serveVpcs();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.clusters.forEach((cluster) => cluster.stop());
    await this.#loop;
    this.#forwarders.stop();
    this.#names.stop();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const asked = await Promise.all(this.#controllers.map((one) => one.reconcile()));
        await this.packets.reconcile();
        await this.#policies.reconcile();
        await this.#services.reconcile();
        await this.#forwarders.reconcile(asked.flat());
      } catch (error) {
        console.error(`cloud: ${(error as Error).message}`);
      }
      await sleep(1000);
    }
  }
}
