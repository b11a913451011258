import type { Balancer, Forward, Opening, Source } from "../network/firewall/openings";
import { Protocol } from "../network/firewall/facts";
import {
  DataPlane,
  EAST_WEST_GATEWAY,
  EAST_WEST_NAME,
  Exposure,
  gatewayKey,
  hasEastWest,
  ingressesAt,
} from "../topology";
import type {
  ClusterRelation,
  Ingress,
  Istiod,
  Member,
  MeshRelation,
  Relations,
  Workloads,
} from "../topology";
import { keyOf, servingIstiods } from "./addresses/addresses";
import { hasNodeAgents } from "./controlPlane/agents";
import { METRICS_PORTS, EAST_WEST_PORT, GATEWAY_READY, ISTIOD_PORTS, ISTIOD_READY } from "./ports";

const EAST_WEST = {
  [DataPlane.Sidecar]: { name: "mtls", reason: "mTLS from the networks of the mesh" },
  [DataPlane.Ambient]: { name: "hbone", reason: "HBONE from the networks of the mesh" },
} satisfies Record<DataPlane, Omit<Forward, "port">>;

const ISTIOD: Forward[] = [
  { name: "xds", port: ISTIOD_PORTS.xds, reason: "configuration and certificates" },
  { name: "webhook", port: ISTIOD_PORTS.webhook, reason: "injection and validation" },
];

/** A load balancer before a gateway, and who may call it. */
interface GatewayBalancer {
  balancer: Balancer;
  from: Source[];
}

/** What must be open on load balancers: those of gateways, and of istiods that serve other clusters. */
export function istioOpenings(relations: Relations): Opening[] {
  return [
    ...gatewayBalancers(relations).flatMap(forwarded),
    ...servingIstiods(relations).flatMap(beforeIstiod),
    ...relations.meshes.flatMap(scraped),
  ];
}

/** Metrics of a mesh's proxies, istiods and node agents, for scrapers outside its clusters. */
function scraped({ mesh, members, controlPlanes }: MeshRelation): Opening[] {
  const { from: cidrs = [] } = mesh.observability.metrics ?? {};
  if (cidrs.length === 0) return [];
  const open = (of: ClusterRelation, name: string, port: number, reason: string): Opening => ({
    ...{ name, to: { kind: "pods", of }, from: [{ kind: "addresses", cidrs }] },
    ...{ ports: [port, port], protocol: Protocol.Tcp, reason },
  });
  const { proxy, controlPlane } = METRICS_PORTS;
  const agents = hasNodeAgents(mesh) ? members : [];
  // One name for one port: AWS takes no second rule for the same side while the first is there.
  return [
    ...members.map(({ at }) =>
      open(at, "metrics", proxy, "scrapers of proxies and their applications"),
    ),
    ...controlPlanes.map(({ at }) =>
      open(at, "control-metrics", controlPlane, "scrapers of istiod"),
    ),
    ...agents.map(({ at }) => open(at, "control-metrics", controlPlane, "scrapers of node agents")),
  ];
}

/** The load balancers of all gateways. */
export function gatewayBalancers({ meshes }: Relations): GatewayBalancer[] {
  const members = meshes.flatMap((mesh) => mesh.members);
  return [...members.flatMap(eastWest), ...members.flatMap(ingress)];
}

function eastWest({ in: relation, at }: Member): GatewayBalancer[] {
  if (!hasEastWest(relation)) return [];
  const { name, dataPlane } = relation.mesh;
  const forward = { ...EAST_WEST[dataPlane], port: EAST_WEST_PORT[dataPlane] };
  const key = gatewayKey(name, at.cluster.name, EAST_WEST_NAME);
  const balancer = {
    ...beforeGateway(at, key, [forward]),
    name: gatewayKey(name, at.cluster.name, EAST_WEST_GATEWAY),
  };
  return [{ balancer, from: [{ kind: "mesh", of: relation }] }];
}

function ingress(member: Member): GatewayBalancer[] {
  const { at, in: relation } = member;
  return ingressesAt(member).map(([name, gateway]) => {
    const key = gatewayKey(relation.mesh.name, at.cluster.name, name);
    const balancer = beforeGateway(at, key, forwardsOf(gateway));
    return { balancer, from: clientsOf(member, gateway) };
  });
}

function forwardsOf({ ports }: Ingress): Forward[] {
  return Object.entries(ports).map(([name, port]) => {
    return { name, port, reason: `${name.toUpperCase()} from the clients of the gateway` };
  });
}

function clientsOf({ in: of }: Member, { allowFrom, exposure }: Ingress): Source[] {
  if (allowFrom.length > 0) return [{ kind: "addresses", cidrs: allowFrom }];
  return exposure === Exposure.Internet ? [{ kind: "anyone" }] : [{ kind: "mesh", of }];
}

/** The pods of a gateway listen on the same numbers as its load balancer. */
function beforeGateway(at: ClusterRelation, key: string, forwards: Forward[]): Balancer {
  const [label, description] = [`gateway ${key}`, "Load balancer of an Istio gateway"];
  return { key, name: key, label, in: at, description, forwards, health: GATEWAY_READY.port };
}

/** Every port that a load balancer forwards, open to the same sources. */
function forwarded({ balancer, from }: GatewayBalancer): Opening[] {
  return balancer.forwards.map(({ name, port, reason }) => ({
    name,
    to: { kind: "balancer", of: balancer },
    from,
    ports: [port, port],
    protocol: Protocol.Tcp,
    reason,
  }));
}

/** One range for both listeners, for whose pods' API servers call it too: a rule of a group is scarce, and nothing listens between them. */
function beforeIstiod(istiod: Istiod): Opening[] {
  const { of, serves } = istiod;
  const key = keyOf(istiod);
  const balancer: Balancer = {
    ...{
      key,
      name: key,
      label: `istiod ${key}`,
      in: of.at,
      description: "Load balancer of istiod",
    },
    ...{ forwards: ISTIOD, health: ISTIOD_READY.port },
  };
  const sources = serves.map(sourceOf);
  const { xds, webhook } = ISTIOD_PORTS;
  const open = (name: string, by: Source["kind"], last: number, reason: string): Opening => ({
    ...{ name, to: { kind: "balancer", of: balancer } },
    from: sources.filter(({ kind }) => kind === by),
    ...{ ports: [xds, last], protocol: Protocol.Tcp, reason },
  });
  return [
    open("remotes", "pods", webhook, "proxies and API servers of the clusters that it serves"),
    open("outside", "outside", xds, "proxies of machines and tasks that it serves"),
  ].filter(({ from }) => from.length > 0);
}

function sourceOf(workloads: Workloads): Source {
  return workloads.kind === "pods"
    ? { kind: "pods", of: workloads.member.at }
    : { kind: "outside", of: workloads };
}
