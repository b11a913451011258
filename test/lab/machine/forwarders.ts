import { createHash } from "node:crypto";
import { once } from "node:events";
import * as http from "node:http";
import * as net from "node:net";
import type { ClusterState, Target } from "./clusterState";
import { enabledFor } from "./enabledZones";
import type { Json } from "./kube";
import { accepts } from "./kubelet/probes";
import type { Store } from "./store";
import { isCut, isSentTo, keyOf, TargetGroups, type Registered } from "./targetGroups";

/** One address and port that a load balancer listens on, and what is behind it. */
export interface Listener extends Target {
  /** Target group, as the store has it. */
  readonly group: Json;
  readonly targets: readonly Registered[];
  /** Place of the address among those of its load balancer, and how many there are. */
  readonly place: readonly [number, number];
}

/** Asks from an address of the load balancer: security groups of targets know it by that. */
function answers({ address, port }: Target, check: Json, from: string): Promise<boolean> {
  const own = check?.port && check.port !== "traffic-port" ? Number(check.port) : port;
  if (!/^HTTP/.test(check?.protocol ?? "TCP")) return accepts(address, own, from);
  return new Promise((resolve) => {
    const place = { host: address, port: own, localAddress: from };
    const options = { ...place, path: check.path ?? "/", timeout: 2000 };
    const request = http.get(options, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 400);
    });
    request.on("timeout", () => request.destroy()).on("error", () => resolve(false));
  });
}

/**
 * A Network Load Balancer hands connections on before they are open: who asks for one that no target takes is refused,
 * and so is a health check from outside. Which target is next is not known when a connection is asked for, so that one that
 * has gone away has its turn for a second: all that come then are refused.
 */
class Forwarder {
  listener: Listener;
  /** Targets that passed the last health check. */
  healthy: ReadonlySet<string> = new Set();
  readonly #server: net.Server;
  readonly #open = new Map<net.Socket, string>();
  readonly #isPretended: (pod: Json) => boolean;
  #choice: readonly Target[] = [];
  #turn = 0;
  #second = 0;

  constructor(listener: Listener, isPretended: (pod: Json) => boolean) {
    this.listener = listener;
    this.#isPretended = isPretended;
    this.#server = net.createServer((client) => {
      client.on("error", () => client.destroy());
      this.#forward(client);
    });
    this.#server.on("error", (error) => console.error(`forwarder: ${error.message}`));
  }

  async check(): Promise<void> {
    const { targets, group } = this.listener;
    const asked = targets.filter(({ state }) => state !== "draining");
    const passed = await passing(asked, (target) => this.#isHealthy(target));
    this.healthy = new Set(passed.map(keyOf));
    const known = asked.filter(({ state }) => state !== "initial");
    const healthy = known.filter((target) => this.healthy.has(keyOf(target)));
    // With no healthy target a Network Load Balancer sends to all of them.
    const wanted = healthy.length > 0 ? healthy : known;
    const leaving = targets.filter(isSentTo);
    const taking = await passing([...wanted, ...leaving], ({ address, port }) =>
      accepts(address, port, this.listener.address),
    );
    this.#choice = taking;
    const gone = leaving.filter((target) => !taking.includes(target)).length;
    await this.#listen(!this.#isTurnOfGone(taking.length, gone));
    const cut = new Set(targets.filter((target) => isCut(target, group)).map(keyOf));
    for (const [socket, target] of this.#open) if (cut.has(target)) socket.destroy();
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#open.keys()) socket.destroy();
  }

  async #isHealthy(target: Registered): Promise<boolean> {
    if (target.pod && this.#isPretended(target.pod)) return true;
    return answers(target, this.listener.group.healthCheck, this.listener.address);
  }

  /**
   * One address of a load balancer at a time is at a target that has gone, and which one follows no beat: relays check each of them
   * every two seconds.
   */
  #isTurnOfGone(taking: number, gone: number): boolean {
    const [index, addresses] = this.listener.place;
    const chance = createHash("sha256").update(`${this.#second++}`).digest();
    const turn = chance.readUInt32BE() % Math.max(addresses, taking + gone);
    return taking === 0 || (gone > 0 && turn === index);
  }

  async #listen(wanted: boolean): Promise<void> {
    const { port, address } = this.listener;
    if (wanted === this.#server.listening) return;
    if (!wanted) this.#server.close();
    else await once(this.#server.listen(port, address), "listening").catch(() => {});
  }

  /** What has gone since it was last asked would have refused the client, who then tries another address. */
  #forward(client: net.Socket, left = this.#choice.length): void {
    const target = this.#choice[this.#turn++ % this.#choice.length];
    if (!target || left === 0) {
      client.resetAndDestroy();
      return;
    }
    // Targets that are addresses see the load balancer, not its clients
    // (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation).
    const localAddress = this.listener.address;
    const server = net.connect({ port: target.port, host: target.address, localAddress });
    const refused = () => this.#forward(client, left - 1);
    server.once("error", refused);
    server.once("connect", () => {
      server.off("error", refused);
      if (client.destroyed) server.destroy();
      else this.#join(client, server, keyOf(target));
    });
  }

  #join(client: net.Socket, server: net.Socket, target: string): void {
    for (const socket of [client, server]) {
      this.#open.set(socket, target);
      socket.on("close", () => this.#open.delete(socket));
      socket.on("error", () => [client, server].forEach((one) => one.destroy()));
    }
    client.pipe(server).pipe(client);
  }
}

async function passing<T extends Target>(
  targets: readonly T[],
  test: (target: T) => Promise<boolean>,
): Promise<T[]> {
  const results = await Promise.all(targets.map(test));
  return targets.filter((_, n) => results[n]);
}

/** Every load balancer of the lab: listens where it should and forwards to what is bound and healthy. */
export class Forwarders {
  readonly #open = new Map<string, Forwarder>();
  readonly #groups: TargetGroups;

  constructor(
    readonly store: Store,
    clusters: readonly ClusterState[],
    /** Pods that nothing answers for: a health check finds them as their kubelet says. */
    readonly isPretended: (pod: Json) => boolean,
  ) {
    this.#groups = new TargetGroups(store, clusters);
  }

  /** Targets of a group, those that were taken out a while ago among them. */
  targets(arn: string): Registered[] {
    return this.#groups.targets(arn);
  }

  /** What the store and the clusters ask for at this moment. */
  async reconcile(): Promise<void> {
    this.#groups.register();
    const wanted = new Map(this.#listeners().map((one) => [keyOf(one), one]));
    for (const [key, forwarder] of this.#open) {
      if (wanted.has(key)) continue;
      forwarder.stop();
      this.#open.delete(key);
    }
    for (const [key, listener] of wanted) {
      const known = this.#open.get(key);
      if (known) known.listener = listener;
      else this.#open.set(key, new Forwarder(listener, this.isPretended));
    }
    await Promise.all([...this.#open.values()].map((forwarder) => forwarder.check()));
    const found = [...this.#open.values()].map(
      ({ listener, healthy }) => [listener.group.arn as string, healthy] as const,
    );
    this.#groups.observe(new Map(found));
    await this.#groups.tell();
  }

  stop(): void {
    this.#open.forEach((forwarder) => forwarder.stop());
  }

  #listeners(): Listener[] {
    const listeners = this.store.outputs("lb.Listener");
    const groups = this.store.outputs("lb.TargetGroup");
    const subnets = this.store.list("ec2.Subnet");
    return this.store.outputs("lb.LoadBalancer").flatMap((balancer) => {
      const { arn, subnetMappings } = balancer;
      const addresses: string[] = (subnetMappings ?? [])
        .map((m: Json) => m.privateIpv4Address)
        .filter(Boolean);
      const isEnabled = enabledFor(balancer, subnets);
      const mine = listeners.filter(({ loadBalancerArn }) => loadBalancerArn === arn);
      return mine.flatMap(({ port, defaultActions }) => {
        const group = groups.find((one) => one.arn === defaultActions?.[0]?.targetGroupArn) ?? {};
        const all = this.#groups.targets(group.arn);
        const targets = all.filter((target) => isEnabled(target.address));
        return addresses.map((address, index): Listener => {
          return { address, port, group, targets, place: [index, addresses.length] };
        });
      });
    });
  }
}
