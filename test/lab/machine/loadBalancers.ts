import type { ClusterState } from "./clusterState";
import type { Json } from "./kube";
import { addresses } from "./network";
import { autoModeMayTag, registrars, type BindingKind } from "./registrars";
import { nameOf, pairsOf, removeTargets, split, writeTargets } from "./serviceTargets";
import type { Store } from "./store";
import type { AddressPool } from "./vpc/addressPool";

const annotation = "service.beta.kubernetes.io/aws-load-balancer-";
const type = "lb.LoadBalancer";

const servicePath = ({ metadata }: Json) =>
  `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}`;

function tagsOf({ metadata }: Json): Record<string, string> {
  return pairsOf(metadata.annotations?.[`${annotation}additional-resource-tags`]);
}

/**
 * The controller that gives Services of type LoadBalancer a network load balancer, if the cluster has
 * one: a Service that outlives it leaves the load balancer, and all that this one holds, behind.
 */
export class LoadBalancers {
  readonly #addresses = new Map<string, string>();
  #seen = false;

  constructor(
    readonly store: Store,
    readonly cluster: ClusterState,
    readonly pool: AddressPool,
  ) {}

  /** Brings load balancers in line with Services. */
  async reconcile(): Promise<void> {
    const record = this.#record();
    this.#seen ||= record !== undefined;
    const kind = this.#kind(record);
    const services = this.cluster
      .all("services")
      .filter(
        ({ spec, metadata }) => spec.type === "LoadBalancer" || this.#addresses.has(metadata.uid),
      );
    if (kind && (record || !this.#seen)) {
      for (const service of services) {
        await this.#bring(service, kind, record).catch(() => {});
      }
    }
  }

  #record(): Json | undefined {
    return this.store.list("eks.Cluster").find(({ outputs }) => outputs.name === this.cluster.name);
  }

  #kind(record: Json | undefined): BindingKind | undefined {
    if (!record || record.outputs.computeConfig?.enabled) return "autoBindings";
    const running = this.cluster
      .all("deployments")
      .some(
        ({ metadata, status }) =>
          metadata.labels?.["app.kubernetes.io/name"] === "aws-load-balancer-controller" &&
          status?.availableReplicas > 0,
      );
    return running ? "controllerBindings" : undefined;
  }

  async #bring(service: Json, kind: BindingKind, record: Json | undefined): Promise<void> {
    const { metadata, spec, status } = service;
    const { loadBalancerClass, serviceFinalizer: finalizer } = registrars[kind];
    const finalizers: string[] = metadata.finalizers ?? [];
    const patch = (body: Json, sub = "") =>
      this.cluster.kube.patch(servicePath(service) + sub, body);
    const place = { store: this.store, cluster: this.cluster, kind };
    const owned = { ...place, ...this.#place(record) };
    const arn = this.#arn(service, record);
    if (metadata.deletionTimestamp || spec.type !== "LoadBalancer") {
      await removeTargets(owned, arn, service);
      this.store.remove(type, arn);
      this.#addresses.delete(metadata.uid);
      const kept = finalizers.filter((one) => one !== finalizer);
      if (kept.length < finalizers.length) await patch({ metadata: { finalizers: kept } });
      return;
    }
    if (spec.loadBalancerClass && spec.loadBalancerClass !== loadBalancerClass) return;
    // AccessDenied, again and again: the Service never gets an address.
    if (kind === "autoBindings" && record && !autoModeMayTag(this.store, record, tagsOf(service)))
      return;
    if (!finalizers.includes(finalizer)) {
      await patch({ metadata: { finalizers: [...finalizers, finalizer] } });
    }
    const hostname = this.#write(service, record);
    await writeTargets(owned, arn, service);
    if (status?.loadBalancer?.ingress?.[0]?.hostname === hostname) return;
    await patch({ status: { loadBalancer: { ingress: [{ hostname }] } } }, "/status");
  }

  #place(record: Json | undefined): { account: string; region: string } {
    const { account = "123456789012", region = this.cluster.region } = record ?? {};
    return { account, region };
  }

  #arn(service: Json, record: Json | undefined): string {
    const { account, region } = this.#place(record);
    const place = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/net`;
    return `${place}/${nameOf(service)}/${service.metadata.uid.slice(-12)}`;
  }

  #address({ metadata }: Json): string {
    const known = this.#addresses.get(metadata.uid);
    if (known) return known;
    const range = addresses.controllerLoadBalancers(this.cluster.index);
    const free = this.pool.take(this.cluster.name, undefined, range);
    this.#addresses.set(metadata.uid, free);
    return free;
  }

  /** The load balancer as AWS would list it; its DNS name. */
  #write(service: Json, record: Json | undefined): string {
    const { account, region } = this.#place(record);
    const name = nameOf(service);
    const dnsName = `${name}.elb.${region}.amazonaws.com`;
    const arn = this.#arn(service, record);
    const subnets: string[] = record?.outputs.vpcConfig?.subnetIds ?? [];
    const notes = service.metadata.annotations ?? {};
    const securityGroups = split(notes[`${annotation}security-groups`]);
    const internal = notes[`${annotation}scheme`] !== "internet-facing";
    const inputs = { name, loadBalancerType: "network", internal, subnets, securityGroups };
    const subnetMappings = [{ subnetId: subnets[0], privateIpv4Address: this.#address(service) }];
    const outputs = { ...inputs, arn, dnsName, subnetMappings, tags: tagsOf(service) };
    this.store.write({ type, id: arn, account, region, inputs, outputs });
    return dnsName;
  }
}
