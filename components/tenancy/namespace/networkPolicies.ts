/**
 * NetworkPolicies of a tenant's namespace: they hold for whatever goes around a proxy. Plain data
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
 */
import { EAST_WEST_PORT, HBONE, ISTIOD_PORTS } from "../../istio/ports";
import { DataPlane, EAST_WEST_GATEWAY, Egress, TENANT_LABEL } from "../../topology";
import type { TenantMeshPlan, TenantNetworkPlan, TenantUsePlan } from "../facts";
import { egressName, egressPods, egressPorts } from "../egress/names";
import { TENANT } from "./meshObjects";
import type { NamespaceFacts } from "./meshObjects";

/** A NetworkPolicy, as Kubernetes has it. */
export interface NetworkPolicySpec {
  podSelector: object;
  policyTypes: string[];
  ingress?: object[];
  egress?: object[];
}

/** What the policies of one namespace depend on. */
export interface NetworkFacts extends NamespaceFacts {
  mesh: Pick<TenantMeshPlan, "namespace" | "trustDomain" | "dataPlane">;
  network: TenantNetworkPlan;
  use: Pick<TenantUsePlan, "egress" | "outside">;
}

/** Whence ztunnels' nodes ask after a pod's health (https://istio.io/latest/docs/ambient/usage/networkpolicy/). */
const AMBIENT_PROBES = "169.254.7.127/32";

/** Where DNS is asked: EKS's pods, their Service's address where EKS is told no range, and a cache on the node, as Auto Mode's. */
const DNS_ADDRESSES = ["10.100.0.10/32", "172.20.0.10/32", "169.254.20.10/32"];

const block = (cidr: string) => ({ ipBlock: { cidr } });
export const namespaced = (labels: Record<string, string>) => ({
  namespaceSelector: { matchLabels: labels },
});
const named = (namespace: string) => namespaced({ "kubernetes.io/metadata.name": namespace });
export const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));

/** The policies, by what the names of their resources end in, which is their own name too. */
export function networkPolicies(facts: NetworkFacts): Record<string, NetworkPolicySpec> {
  const own = Object.values(facts.exchange.shares).filter(
    ({ namespace }) => namespace === facts.namespace,
  );
  return Object.fromEntries([
    [TENANT, ownSpec(facts)] as const,
    ...own.map(({ service, pods, ports, to }) => {
      const from = Object.keys(to).map((tenant) => namespaced({ [TENANT_LABEL]: tenant }));
      const ingress = from.length > 0 ? [{ from, ports: portsOf(facts, ports) }] : [];
      const spec = { podSelector: { matchLabels: pods }, policyTypes: ["Ingress"], ingress };
      return [`share-${service}`, spec] as const;
    }),
  ]);
}

function portsOf({ mesh }: NetworkFacts, ports: number[]) {
  return tcp(...ports, ...(mesh.dataPlane === DataPlane.Ambient ? [HBONE] : []));
}

function ownSpec(facts: NetworkFacts): NetworkPolicySpec {
  return {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: ingressOf(facts),
    egress: egressOf(facts),
  };
}

function ingressOf({ tenant, mesh, network, ingress }: NetworkFacts) {
  const isAmbient = mesh.dataPlane === DataPlane.Ambient;
  const gateways = {
    ...named(mesh.namespace),
    podSelector: { matchLabels: { istio: EAST_WEST_GATEWAY.replace("istio-", "") } },
  };
  return [
    { from: [namespaced({ [TENANT_LABEL]: tenant }), ...network.neighbours.map(block)] },
    ...Object.entries(ingress)
      .filter(([, { isHere }]) => isHere)
      .map(([name, { namespace }]) => ({ from: [gatewayPods(namespace, name)] })),
    ...(network.far.length > 0 ? [{ from: [isAmbient ? named(mesh.namespace) : gateways] }] : []),
    ...(isAmbient ? [{ from: [block(AMBIENT_PROBES)] }] : []),
  ];
}

/** By the label that the chart makes of the release's name. */
function gatewayPods(namespace: string, name: string) {
  return { ...named(namespace), podSelector: { matchLabels: { istio: `ingress-${name}` } } };
}

export function toIstiod({ namespace }: Pick<TenantMeshPlan, "namespace">) {
  return { to: [named(namespace)], ports: tcp(ISTIOD_PORTS.xds) };
}

export function toDns() {
  const dns = {
    ...named("kube-system"),
    podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
  };
  return {
    to: [dns, ...DNS_ADDRESSES.map(block)],
    ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 })),
  };
}

function egressOf(facts: NetworkFacts) {
  const { tenant, mesh, network, exchange } = facts;
  return [
    { to: [namespaced({ [TENANT_LABEL]: tenant }), ...network.neighbours.map(block)] },
    toIstiod(mesh),
    toDns(),
    ...Object.values(exchange.borrows).map(({ namespace, pods, ports }) => ({
      to: [{ ...named(namespace), podSelector: { matchLabels: pods } }],
      ports: portsOf(facts, ports),
    })),
    ...(network.far.length > 0
      ? [{ to: network.far.map(block), ports: tcp(EAST_WEST_PORT[mesh.dataPlane]) }]
      : []),
    ...waysOut(facts),
  ];
}

/** Straight to what is outside, or by the tenant's own gateway and no other way. */
function waysOut({ tenant, network, use }: NetworkFacts) {
  if (use.egress === Egress.None) return [];
  if (use.egress !== Egress.Gateway) return [{ to: [outside(network)] }];
  const gateway = {
    ...named(egressName(tenant)),
    podSelector: { matchLabels: egressPods(tenant) },
  };
  return [{ to: [gateway], ports: tcp(...egressPorts(use.outside)) }];
}

/** All but what is inside: other tenants' pods among it, and what AWS tells instances of themselves. */
export function outside({ inside }: Pick<TenantNetworkPlan, "inside">) {
  return { ipBlock: { cidr: "0.0.0.0/0", except: inside } };
}
