/** Which ports of load balancers open to which addresses, and why. */
import {
  DataPlane,
  EAST_WEST_GATEWAY,
  Exposure,
  gatewayKey,
  ISTIOD_PORTS,
  istiodName,
  providerKey,
} from "../../topology";
import type {
  ClusterRelation,
  Ingress,
  Istiod,
  Member,
  MeshRelation,
  Relations,
  Workloads,
} from "../../topology";
import { isCidr, merge } from "../../topology/cidr";
import { servingIstiods } from "../internal/istiods";
import type { GatewayGroupPlan, RulePlan } from "../facts";
import { knowsGroup } from "./security";
import { groupSide, memberSides, plainSides, rule, unique, vpcSides } from "./sides";
import type { Purpose, Side } from "./sides";

/** A load balancer before a gateway, or before an istiod. */
interface Balanced {
  mesh: string;
  at: ClusterRelation;
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
export function planLoadBalancerGroups(relations: Relations): Record<string, GatewayGroupPlan> {
  return { ...planGatewayGroups(relations), ...planIstiodGroups(relations) };
}

/** Security groups of the gateways' load balancers, by gateway key. */
export function planGatewayGroups(relations: Relations): Record<string, GatewayGroupPlan> {
  const members = relations.meshes.flatMap((mesh) => mesh.members);
  return planGroups(
    members.flatMap((member) => [
      ...eastWestGateways(relations, member),
      ...ingressGateways(relations, member),
    ]),
  );
}

/** Security groups of the load balancers of istiods that serve other clusters, by istiod key. */
export function planIstiodGroups(relations: Relations): Record<string, GatewayGroupPlan> {
  return planGroups(servingIstiods(relations).map(balancedIstiod));
}

function eastWestGateways(relations: Relations, { in: mesh, at }: Member): Balanced[] {
  if (mesh.networks.length < 2) return [];
  const sources = memberSides(relations, mesh, at);
  return [gateway(mesh, at, EAST_WEST_GATEWAY, [EAST_WEST[mesh.mesh.dataPlane]], sources)];
}

function ingressGateways(relations: Relations, { in: mesh, at }: Member): Balanced[] {
  return Object.entries(mesh.mesh.ingress)
    .filter(([, { clusters }]) => clusters.includes(at.cluster.name))
    .map(([name, ingress]) => {
      const sources = ingressSides(relations, mesh, at, ingress);
      return gateway(mesh, at, name, INGRESS, sources);
    });
}

function ingressSides(
  relations: Relations,
  mesh: MeshRelation,
  at: ClusterRelation,
  { allowFrom, exposure }: Ingress,
): Side[] {
  if (allowFrom.length > 0) return plainSides(merge(allowFrom.filter(isCidr)));
  return exposure === Exposure.Internet
    ? plainSides(["0.0.0.0/0"])
    : memberSides(relations, mesh, at);
}

/** The pods of a gateway listen on the same numbers as its load balancer. */
function gateway(
  { mesh }: MeshRelation,
  at: ClusterRelation,
  name: string,
  ports: Purpose[],
  sources: Side[],
): Balanced {
  const explained = because(name, mesh.name);
  return {
    ...{ mesh: mesh.name, at, name },
    description: "Load balancer of an Istio gateway",
    ingress: ports.flatMap((port) => sources.map((side) => rule(explained(port), side))),
    targets: [...ports, HEALTH].map(explained),
  };
}

/** It lets in what it serves, and nothing else. */
function balancedIstiod({ of, revision, serves }: Istiod): Balanced {
  const mesh = of.of.mesh.name;
  const name = istiodName(revision.name);
  const explained = because(name, mesh);
  const clients = serves.flatMap((workloads) => clientSides(workloads, of.at));
  return {
    ...{ mesh, at: of.at, name },
    description: "Load balancer of istiod",
    ingress: unique(clients).map((side) => fromClient(explained(REMOTES), side)),
    targets: ISTIOD.map(explained),
  };
}

/** A group of another VPC cannot be named everywhere: not over a transit gateway, not across regions. */
function clientSides(workloads: Workloads, { vpc }: ClusterRelation): Side[] {
  if (workloads.kind !== "pods") return vpcSides(workloads);
  const { at } = workloads.member;
  return at.vpc === vpc && knowsGroup(at) ? [groupSide(at)] : vpcSides(at);
}

/** There may be several clusters on the other side. */
function fromClient(purpose: Purpose, side: Side): RulePlan {
  const plan = rule(purpose, side);
  return side.cluster === undefined ? plan : { ...plan, name: `${purpose.name}-${side.cluster}` };
}

function because(name: string, mesh: string) {
  return (purpose: Purpose): Purpose => ({
    ...purpose,
    reason: `${purpose.reason}: ${name} of mesh ${mesh}`,
  });
}

function planGroups(all: Balanced[]): Record<string, GatewayGroupPlan> {
  return Object.fromEntries(
    all.map((one) => [gatewayKey(one.mesh, one.at.cluster.name, one.name), planGroup(one)]),
  );
}

function planGroup(balanced: Balanced): GatewayGroupPlan {
  const { at, description, ingress, targets } = balanced;
  const known = knowsGroup(at);
  const out: Side[] = known ? [groupSide(at)] : vpcSides(at);
  return {
    cluster: at.cluster.name,
    description,
    vpc: at.vpc.id,
    provider: providerKey(at.vpc),
    ingress,
    egress: targets.flatMap((target) => out.map((side) => rule(target, side))),
    toCluster: known ? targets.map((target) => fromBalancer(target, balanced)) : [],
  };
}

/** Named by load balancer, since all of a cluster put their rules on the same group. */
function fromBalancer(target: Purpose, { mesh, at, name }: Balanced): RulePlan {
  const key = gatewayKey(mesh, at.cluster.name, name);
  return { ...target, name: [target.name, mesh, name].join("-"), gateway: key };
}
