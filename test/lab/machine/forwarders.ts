import { once } from "node:events";
import * as http from "node:http";
import * as net from "node:net";
import type { ClusterState, Target } from "./clusterState";
import type { Json } from "./kube";
import { accepts } from "./kubelet/probes";
import { autoModeMayRegister, controllerMayRegister } from "./registrars";
import type { Store } from "./store";

/** One address and port that a load balancer listens on, and what is behind it. */
export interface Listener extends Target {
  readonly targets: readonly Target[];
  readonly healthCheck?: Json;
}

const finalizers: Record<string, string> = {
  "eks.amazonaws.com/v1": "eks.amazonaws.com/resources",
  "elbv2.k8s.aws/v1beta1": "elbv2.k8s.aws/resources",
};
const keyOf = ({ address, port }: Target) => `${address}:${port}`;

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
 * and so is a health check from outside.
 */
class Forwarder {
  listener: Listener;
  readonly #server: net.Server;
  readonly #open = new Set<net.Socket>();
  #choice: readonly Target[] = [];
  #turn = 0;

  constructor(listener: Listener) {
    this.listener = listener;
    this.#server = net.createServer((client) => this.#forward(client));
    this.#server.on("error", (error) => console.error(`forwarder: ${error.message}`));
  }

  async check(): Promise<void> {
    const { targets, healthCheck, address: own } = this.listener;
    const healthy = await passing(targets, (target) => answers(target, healthCheck, own));
    // With no healthy target a Network Load Balancer sends to all of them.
    const choice = healthy.length > 0 ? healthy : targets;
    this.#choice = await passing(choice, ({ address, port }) => accepts(address, port, own));
    await this.#listen(this.#choice.length > 0);
  }

  stop(): void {
    this.#server.close();
    this.#open.forEach((socket) => socket.destroy());
  }

  async #listen(wanted: boolean): Promise<void> {
    const { port, address } = this.listener;
    if (wanted === this.#server.listening) return;
    if (!wanted) this.#server.close();
    else await once(this.#server.listen(port, address), "listening").catch(() => {});
  }

  #forward(client: net.Socket): void {
    const target = this.#choice[this.#turn++ % this.#choice.length];
    if (!target) {
      client.resetAndDestroy();
      return;
    }
    // Targets that are addresses see the load balancer, not its clients
    // (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation).
    const localAddress = this.listener.address;
    const server = net.connect({ port: target.port, host: target.address, localAddress });
    for (const socket of [client, server]) {
      this.#open.add(socket);
      socket.on("close", () => this.#open.delete(socket));
      socket.on("error", () => [client, server].forEach((one) => one.destroy()));
    }
    client.pipe(server).pipe(client);
  }
}

async function passing(
  targets: readonly Target[],
  test: (target: Target) => Promise<boolean>,
): Promise<Target[]> {
  const results = await Promise.all(targets.map(test));
  return targets.filter((_, n) => results[n]);
}

/** Every load balancer of the lab: listens where it should and forwards to what is bound and healthy. */
export class Forwarders {
  readonly #open = new Map<string, Forwarder>();

  constructor(
    readonly store: Store,
    readonly clusters: readonly ClusterState[],
  ) {}

  /** What the store and the clusters ask for at this moment, and further listeners of controllers. */
  async reconcile(further: readonly Listener[]): Promise<void> {
    const wanted = new Map(
      [...this.#networkLoadBalancers(), ...further].map((one) => [keyOf(one), one]),
    );
    for (const [key, forwarder] of this.#open) {
      if (wanted.has(key)) continue;
      forwarder.stop();
      this.#open.delete(key);
    }
    for (const [key, listener] of wanted) {
      const known = this.#open.get(key);
      if (known) known.listener = listener;
      else this.#open.set(key, new Forwarder(listener));
    }
    await Promise.all([...this.#open.values()].map((forwarder) => forwarder.check()));
    await this.#keepFinalizers();
  }

  stop(): void {
    this.#open.forEach((forwarder) => forwarder.stop());
  }

  #networkLoadBalancers(): Listener[] {
    const listeners = this.store.outputs("lb.Listener");
    const groups = this.store.outputs("lb.TargetGroup");
    return this.store.outputs("lb.LoadBalancer").flatMap(({ arn, subnetMappings }) => {
      const addresses: string[] = (subnetMappings ?? []).map((m: Json) => m.privateIpv4Address);
      const mine = listeners.filter(({ loadBalancerArn }) => loadBalancerArn === arn);
      return mine.flatMap(({ port, defaultActions }) => {
        const group = groups.find((one) => one.arn === defaultActions?.[0]?.targetGroupArn);
        const targets = group ? this.#registered(group) : [];
        const healthCheck = group?.healthCheck;
        return addresses
          .filter(Boolean)
          .map((address) => ({ address, port, targets, healthCheck }));
      });
    });
  }

  #registered(group: Json): Target[] {
    return this.clusters.flatMap((cluster) => {
      const byAuto = autoModeMayRegister(cluster.name, group);
      const byController = controllerMayRegister(this.store, cluster.name, group);
      return [
        ...(byAuto ? cluster.all("autoBindings") : []),
        ...(byController ? cluster.all("controllerBindings") : []),
      ]
        .filter(
          ({ spec, metadata }) => spec.targetGroupARN === group.arn && !metadata.deletionTimestamp,
        )
        .flatMap(({ metadata, spec }) =>
          cluster.targets(metadata.namespace, spec.serviceRef.name, spec.serviceRef.port),
        );
    });
  }

  /** Controllers hold a binding until its targets are out of the group. */
  async #keepFinalizers(): Promise<void> {
    for (const cluster of this.clusters) {
      for (const binding of [
        ...cluster.all("autoBindings"),
        ...cluster.all("controllerBindings"),
      ]) {
        const { metadata, apiVersion } = binding;
        const held = Boolean(metadata.finalizers?.includes(finalizers[apiVersion]));
        if (held !== Boolean(metadata.deletionTimestamp)) continue;
        const path = `/apis/${apiVersion}/namespaces/${metadata.namespace}/targetgroupbindings`;
        const kept = (metadata.finalizers ?? []).filter(
          (f: string) => f !== finalizers[apiVersion],
        );
        const wanted = held ? kept : [...kept, finalizers[apiVersion]];
        const patch = { metadata: { finalizers: wanted } };
        await cluster.kube.patch(`${path}/${metadata.name}`, patch).catch(() => {});
      }
    }
  }
}
