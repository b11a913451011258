/** Which ports of load balancers open to which addresses, and why. */
import { serveRelation } from "../access/relation";
import {
  DataPlane,
  EAST_WEST_GATEWAY,
  Exposure,
  gatewayKey,
  ISTIOD_PORTS,
  istiodName,
} from "../topology";
import type { Ingress, Mesh, Topology } from "../topology";
import { isCidr, merge } from "./addresses";
import { planIstiods } from "./istiods";
import { providerOf, spansNetworks } from "./membership";
import type { GatewayGroupPlan, IstiodAddressPlan, RulePlan } from "./plan";
import { knowsGroup } from "./security";
import { memberSides, plainSides, rule, unique, vpcSides } from "./sides";
import type { Purpose, Side } from "./sides";

/** A load balancer before a gateway, or before an istiod. */
interface Balanced {
  mesh: string;
  cluster: string;
  name: string;
  description: string;
  /** What it lets in. */
  ingress: RulePlan[];
  /** Ports of the pods that it sends to or asks for their health. */
  targets: Purpose[];
}

/** Readiness of every Istio gateway: what the load balancer checks (https://istio.io/latest/docs/ops/deployment/application-requirements/). */
const HEALTH: Purpose = onPort(15021, "health", "health checks of the load balancer");

/** One port carries all mesh traffic between networks: mTLS by SNI for sidecars, HBONE for ztunnels. */
const EAST_WEST = {
  [DataPlane.Sidecar]: onPort(15443, "mtls", "mTLS from the networks of the mesh"),
  [DataPlane.Ambient]: onPort(15008, "hbone", "HBONE from the networks of the mesh"),
} satisfies Record<DataPlane, Purpose>;

const INGRESS: Purpose[] = [
  onPort(80, "http", "HTTP from the clients of the gateway"),
  onPort(443, "https", "HTTPS from the clients of the gateway"),
];

/** One range for both listeners: a rule of a group is scarce, and nothing listens between them. */
const REMOTES: Purpose = {
  name: "remotes",
  fromPort: ISTIOD_PORTS.xds,
  toPort: ISTIOD_PORTS.webhook,
  reason: "proxies and API servers of the clusters that it serves",
};

const ISTIOD: Purpose[] = [
  onPort(ISTIOD_PORTS.xds, "xds", "configuration and certificates"),
  onPort(ISTIOD_PORTS.webhook, "webhook", "injection and validation"),
  // https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
  onPort(8080, "ready", "health checks of the load balancer"),
];

function onPort(port: number, name: string, reason: string): Purpose {
  return { name, fromPort: port, toPort: port, reason };
}

/** Security groups of all load balancers, by gateway key and by istiod key. */
export function planLoadBalancerGroups(topology: Topology): Record<string, GatewayGroupPlan> {
  return { ...planGatewayGroups(topology), ...planIstiodGroups(topology) };
}

/** Security groups of the gateways' load balancers, by gateway key. */
export function planGatewayGroups(topology: Topology): Record<string, GatewayGroupPlan> {
  return planGroups(
    topology,
    Object.values(topology.meshes).flatMap((mesh) => [
      ...eastWestGateways(topology, mesh),
      ...ingressGateways(topology, mesh),
    ]),
  );
}

/** Security groups of the load balancers of istiods that serve other clusters, by istiod key. */
export function planIstiodGroups(topology: Topology): Record<string, GatewayGroupPlan> {
  const istiods = Object.values(planIstiods(topology));
  return planGroups(
    topology,
    istiods.map((istiod) => balancedIstiod(topology, istiod)),
  );
}

function eastWestGateways(topology: Topology, mesh: Mesh): Balanced[] {
  if (!spansNetworks(topology, mesh)) return [];
  return Object.keys(mesh.members).map((cluster) => {
    const sources = memberSides(topology, mesh, cluster);
    return gateway(mesh, cluster, EAST_WEST_GATEWAY, [EAST_WEST[mesh.dataPlane]], sources);
  });
}

function ingressGateways(topology: Topology, mesh: Mesh): Balanced[] {
  return Object.entries(mesh.ingress).flatMap(([name, ingress]) =>
    ingress.clusters.map((cluster) => {
      const sources = ingressSides(topology, mesh, cluster, ingress);
      return gateway(mesh, cluster, name, INGRESS, sources);
    }),
  );
}

function ingressSides(topology: Topology, mesh: Mesh, cluster: string, ingress: Ingress): Side[] {
  if (ingress.allowFrom.length > 0) return plainSides(merge(ingress.allowFrom.filter(isCidr)));
  return ingress.exposure === Exposure.Internet
    ? plainSides(["0.0.0.0/0"])
    : memberSides(topology, mesh, cluster);
}

/** The pods of a gateway listen on the same numbers as its load balancer. */
function gateway(
  mesh: Mesh,
  cluster: string,
  name: string,
  ports: Purpose[],
  sources: Side[],
): Balanced {
  const explained = because(name, mesh.name);
  return {
    ...{ mesh: mesh.name, cluster, name },
    description: "Load balancer of an Istio gateway",
    ingress: ports.flatMap((port) => sources.map((side) => rule(explained(port), side))),
    targets: [...ports, HEALTH].map(explained),
  };
}

/** It lets in the clusters that it serves, and nothing else. */
function balancedIstiod(topology: Topology, istiod: IstiodAddressPlan): Balanced {
  const { mesh, cluster, revision } = istiod;
  const name = istiodName(revision);
  const explained = because(name, mesh);
  const remotes = serveRelation(topology)
    .filter((one) => one.mesh === mesh && one.server === cluster && one.revision === revision)
    .flatMap(({ remote }) => remoteSides(topology, remote, istiod.vpc));
  return {
    ...{ mesh, cluster, name },
    description: "Load balancer of istiod",
    ingress: unique(remotes).map((side) => fromRemote(explained(REMOTES), side)),
    targets: ISTIOD.map(explained),
  };
}

/** A group of another VPC cannot be named everywhere: not over a transit gateway, not across regions. */
function remoteSides(topology: Topology, remote: string, vpc: string): Side[] {
  const near = topology.clusters[remote].vpc === vpc && knowsGroup(topology, remote);
  return near ? [{ cluster: remote }] : vpcSides(topology, remote);
}

/** There may be several clusters on the other side. */
function fromRemote(purpose: Purpose, side: Side): RulePlan {
  const plan = rule(purpose, side);
  return side.cluster === undefined ? plan : { ...plan, name: `${purpose.name}-${side.cluster}` };
}

function because(name: string, mesh: string) {
  return (purpose: Purpose): Purpose => ({
    ...purpose,
    reason: `${purpose.reason}: ${name} of mesh ${mesh}`,
  });
}

function planGroups(topology: Topology, all: Balanced[]): Record<string, GatewayGroupPlan> {
  return Object.fromEntries(
    all.map((one) => [gatewayKey(one.mesh, one.cluster, one.name), planGroup(topology, one)]),
  );
}

function planGroup(topology: Topology, balanced: Balanced): GatewayGroupPlan {
  const { cluster, description, ingress, targets } = balanced;
  const vpc = topology.vpcs[topology.clusters[cluster].vpc];
  const known = knowsGroup(topology, cluster);
  const out: Side[] = known ? [{ cluster }] : vpcSides(topology, cluster);
  return {
    cluster,
    description,
    vpc: vpc.id,
    provider: providerOf(vpc),
    ingress,
    egress: targets.flatMap((target) => out.map((side) => rule(target, side))),
    toCluster: known ? targets.map((target) => fromBalancer(target, balanced)) : [],
  };
}

/** Named by load balancer, since all of a cluster put their rules on the same group. */
function fromBalancer(target: Purpose, { mesh, cluster, name }: Balanced): RulePlan {
  const key = gatewayKey(mesh, cluster, name);
  return { ...target, name: [target.name, mesh, name].join("-"), gateway: key };
}
