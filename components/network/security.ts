/** Which ports open between which addresses, and why. */
import { DataPlane, EAST_WEST_GATEWAY, Exposure, gatewayKey, LinkVia } from "../topology";
import type { Ingress, Mesh, Topology } from "../topology";
import { contains, isCidr, merge, sameAddresses } from "./addresses";
import { cidrsOf, providerOf, reachOf, spansNetworks, watchingVpcs } from "./membership";
import type { ClusterRulesPlan, GatewayGroupPlan, RulePlan } from "./plan";
import { prefixListKey } from "./prefixLists";

/** The other side of a rule, and what its name says of it. */
type Side = Pick<RulePlan, "cidr" | "prefixList">;

/** What a rule is for; the key starts the rule's name. */
type Purpose = Pick<RulePlan, "name" | "fromPort" | "toPort" | "reason">;

interface Gateway {
  mesh: Mesh;
  cluster: string;
  name: string;
  sources: Side[];
  /** Ports of the listeners; the pods listen on the same numbers. */
  ports: Purpose[];
}

/** Readiness of every Istio gateway: what the load balancer checks (https://istio.io/latest/docs/ops/deployment/application-requirements/). */
const HEALTH: Purpose = {
  name: "health",
  fromPort: 15021,
  toPort: 15021,
  reason: "health checks of the load balancer",
};

/** One port carries all mesh traffic between networks: mTLS by SNI for sidecars, HBONE for ztunnels. */
const EAST_WEST = {
  [DataPlane.Sidecar]: {
    name: "mtls",
    fromPort: 15443,
    toPort: 15443,
    reason: "mTLS from the networks of the mesh",
  },
  [DataPlane.Ambient]: {
    name: "hbone",
    fromPort: 15008,
    toPort: 15008,
    reason: "HBONE from the networks of the mesh",
  },
} satisfies Record<DataPlane, Purpose>;

const INGRESS: Purpose[] = [
  { name: "http", fromPort: 80, toPort: 80, reason: "HTTP from the clients of the gateway" },
  { name: "https", fromPort: 443, toPort: 443, reason: "HTTPS from the clients of the gateway" },
];

const PODS: Purpose = {
  name: "pods",
  fromPort: 0,
  toPort: 65535,
  reason: "pods of one network call each other on any port",
};

const API: Purpose = {
  name: "api",
  fromPort: 443,
  toPort: 443,
  reason: "istiod of other clusters watches the API server",
};

/**
 * Rules on the security group that EKS gives a cluster's nodes, pods and API server, by cluster. The group lets itself in
 * already (https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html).
 */
export function planClusterRules(topology: Topology): Record<string, ClusterRulesPlan> {
  const ruled = Object.values(topology.clusters).filter(({ name }) => knowsGroup(topology, name));
  return Object.fromEntries(
    ruled.map(({ name, vpc }) => {
      const provider = providerOf(topology.vpcs[vpc]);
      return [name, { vpc, provider, rules: clusterRules(topology, name) }];
    }),
  );
}

/** Security groups of the gateways' load balancers, by gateway key. */
export function planGatewayGroups(topology: Topology): Record<string, GatewayGroupPlan> {
  const gateways = Object.values(topology.meshes).flatMap((mesh) => [
    ...eastWestGateways(topology, mesh),
    ...ingressGateways(topology, mesh),
  ]);
  return Object.fromEntries(
    gateways.map((gateway) => [keyOf(gateway), planGatewayGroup(topology, gateway)]),
  );
}

/** Whether the security group of a cluster's nodes and pods can be named. */
export function knowsGroup(topology: Topology, cluster: string): boolean {
  const { existing } = topology.clusters[cluster];
  return !existing || existing.securityGroupId !== undefined;
}

function clusterRules(topology: Topology, cluster: string): RulePlan[] {
  const meshes = Object.values(topology.meshes);
  const pods = unique(meshes.flatMap((mesh) => podSides(topology, mesh, cluster)));
  const open = pods.flatMap((side) => addressesOf(topology, side));
  const api = unique(meshes.flatMap((mesh) => apiSides(topology, mesh, cluster)));
  return [
    ...pods.map((side) => rule(PODS, side)),
    ...api
      .filter((side) => !contains(open, addressesOf(topology, side)))
      .map((side) => rule(API, side)),
  ];
}

/** Where a mesh has several clusters on one network, each lets in the pods of all of it. */
function podSides(topology: Topology, mesh: Mesh, cluster: string): Side[] {
  if (!Object.hasOwn(mesh.members, cluster)) return [];
  const { network } = topology.clusters[cluster];
  const neighbours = Object.keys(mesh.members).filter(
    (member) => topology.clusters[member].network === network,
  );
  if (neighbours.length < 2) return [];
  const vpcs = reachOf(topology, mesh).filter((vpc) => topology.vpcs[vpc].network === network);
  return sides(topology, mesh, cluster, cidrsOf(topology, vpcs));
}

/**
 * Watchers of the same VPC reach the private endpoint, those elsewhere only where there may be no public one: then over
 * the link (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
 */
function apiSides(topology: Topology, mesh: Mesh, cluster: string): Side[] {
  const { vpc, api = topology.api, existing } = topology.clusters[cluster];
  const watching = watchingVpcs(topology, mesh, cluster);
  const near = watching.filter((watcher) => watcher === vpc);
  const overLink = existing !== undefined || api?.private;
  const far = overLink ? watching.filter((watcher) => watcher !== vpc) : [];
  if (far.length === 0) return plainSides(cidrsOf(topology, near));
  const list = prefixList(topology, mesh, cluster);
  return list ? [list] : plainSides(cidrsOf(topology, watching));
}

function eastWestGateways(topology: Topology, mesh: Mesh): Gateway[] {
  if (!spansNetworks(topology, mesh)) return [];
  return Object.keys(mesh.members).map((cluster) => ({
    mesh,
    cluster,
    name: EAST_WEST_GATEWAY,
    sources: meshSides(topology, mesh, cluster),
    ports: [EAST_WEST[mesh.dataPlane]],
  }));
}

function ingressGateways(topology: Topology, mesh: Mesh): Gateway[] {
  return Object.entries(mesh.ingress).flatMap(([name, ingress]) =>
    ingress.clusters.map((cluster) => ({
      mesh,
      cluster,
      name,
      sources: ingressSides(topology, mesh, cluster, ingress),
      ports: INGRESS,
    })),
  );
}

function ingressSides(topology: Topology, mesh: Mesh, cluster: string, ingress: Ingress): Side[] {
  if (ingress.allowFrom.length > 0) return plainSides(merge(ingress.allowFrom.filter(isCidr)));
  return ingress.exposure === Exposure.Internet
    ? plainSides(["0.0.0.0/0"])
    : meshSides(topology, mesh, cluster);
}

function planGatewayGroup(topology: Topology, gateway: Gateway): GatewayGroupPlan {
  const { cluster, mesh, name, sources, ports } = gateway;
  const vpc = topology.vpcs[topology.clusters[cluster].vpc];
  const because = (purpose: Purpose) => ({
    ...purpose,
    reason: `${purpose.reason}: ${name} of mesh ${mesh.name}`,
  });
  const targets = [...ports, HEALTH].map(because);
  const known = knowsGroup(topology, cluster);
  const out: Pick<RulePlan, "cluster" | "cidr">[] = known
    ? [{ cluster }]
    : plainSides(merge(vpc.cidrs));
  return {
    cluster,
    vpc: vpc.id,
    provider: providerOf(vpc),
    ingress: ports.flatMap((port) => sources.map((side) => rule(because(port), side))),
    egress: targets.flatMap((target) => out.map((side) => rule(target, side))),
    toCluster: known ? targets.map((target) => gatewayRule(target, gateway)) : [],
  };
}

/** Named by gateway, since all gateways of a cluster put their rules on the same group. */
function gatewayRule(target: Purpose, gateway: Gateway): RulePlan {
  const key = keyOf(gateway);
  const { mesh, name } = gateway;
  return { ...target, name: [target.name, mesh.name, name].join("-"), gateway: key };
}

function keyOf({ mesh, cluster, name }: Gateway): string {
  return gatewayKey(mesh.name, cluster, name);
}

/** The addresses of a mesh, as seen from a cluster. */
function meshSides(topology: Topology, mesh: Mesh, cluster: string): Side[] {
  return sides(topology, mesh, cluster, cidrsOf(topology, reachOf(topology, mesh)));
}

/** The mesh's prefix list where it says these addresses, so that growth leaves the rule alone; else one rule per CIDR. */
function sides(topology: Topology, mesh: Mesh, cluster: string, cidrs: string[]): Side[] {
  const list = prefixList(topology, mesh, cluster);
  const all = cidrsOf(topology, reachOf(topology, mesh));
  return list && sameAddresses(all, cidrs) ? [list] : plainSides(cidrs);
}

function prefixList(topology: Topology, mesh: Mesh, cluster: string): Side | undefined {
  if (topology.linkVia !== LinkVia.TransitGateway) return undefined;
  if (reachOf(topology, mesh).length < 2) return undefined;
  const vpc = topology.vpcs[topology.clusters[cluster].vpc];
  return { prefixList: prefixListKey(mesh.name, providerOf(vpc)) };
}

function plainSides(cidrs: string[]): Side[] {
  return cidrs.map((cidr) => ({ cidr }));
}

function addressesOf(topology: Topology, { cidr, prefixList: key }: Side): string[] {
  if (cidr !== undefined) return [cidr];
  const mesh = Object.values(topology.meshes).find(({ name }) => key?.startsWith(`${name}/`));
  return mesh ? cidrsOf(topology, reachOf(topology, mesh)) : [];
}

/** Named by its other side, not by a number: another CIDR then renames no rule. */
function rule(purpose: Purpose, side: Side & Pick<RulePlan, "cluster">): RulePlan {
  const from = side.cidr ?? side.prefixList?.split("/")[0] ?? "cluster";
  return { ...purpose, ...side, name: `${purpose.name}-${from.replace("/", "-")}` };
}

/** AWS refuses a rule that a group has already, which two meshes on one network would ask for. */
function unique(all: Side[]): Side[] {
  return [...new Map(all.map((side) => [side.cidr ?? side.prefixList, side])).values()];
}
