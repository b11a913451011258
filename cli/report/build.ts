/** Makes the report from the facts, which say why, and the graph, which says what is made. */
import type { IstiodPlan } from "../../components/istio/facts";
import { versionOf } from "../../components/versions/istio";
import type { Facts, Planned } from "../../components/mesh";
import { planReach } from "../../components/mesh/reach";
import {
  Exposure,
  istiodKey,
  istiosOf,
  LinkVia,
  memberKey,
  rootsInOrder,
  trustOf,
  versionsOf,
} from "../../components/topology";
import type {
  ClusterRelation,
  Mesh,
  MeshRelation,
  Relations,
  Topology,
} from "../../components/topology";
import type { TransitGatewayPlan } from "../../components/network/facts";
import { planSubnets } from "../../components/network/vpc/subnets";
import { lookUp } from "../../components/records";
import type { Graph } from "../../engine";
import { reportCost } from "../cost/cost";
import { Belongings, countTypes, isMade, OwnerKind } from "./owners";
import type { Invented } from "./invented";
import { reportExports } from "./exports";
import { portsOf, reportPorts } from "./ports";
import { reportTenants } from "./tenants";
import { reportQuotas } from "./quotas";
import { RELEASE, reportRelease, reportRemote } from "./releases";
import { GatewayKind, RootSource } from "./report";
import type {
  ClusterReport,
  ControlPlaneReport,
  GatewayReport,
  IstiodReport,
  LinkReport,
  MachinesReport,
  MeshReport,
  NetworkReport,
  Report,
  RootReport,
  ServedReport,
  TasksReport,
  Totals,
  VpcReport,
  WarningReport,
} from "./report";

export interface Subject {
  stack: string;
  planned: Planned;
  graph: Graph;
  invented: Invented;
  warnings: WarningReport[];
}

/** A plan with its resources sorted out by owner once. */
interface Owned extends Planned {
  graph: Graph;
  invented: Invented;
  belongings: Belongings;
}

export function buildReport({ stack, planned, graph, invented, warnings }: Subject): Report {
  const { topology, relations, facts } = planned;
  const owned: Owned = {
    ...planned,
    graph,
    invented,
    belongings: new Belongings(graph, topology.name, facts),
  };
  const versions = [...new Set(istiosOf(topology).flatMap(versionsOf))];
  const networks = Object.keys(topology.networks).map((name) => reportNetwork(owned, name));
  const clusters = relations.clusters.map((relation) => reportCluster(owned, relation));
  return {
    name: topology.name,
    stack,
    istio: {
      versions: Object.fromEntries(
        versions.map((version) => [version, versionOf(version).endOfLife]),
      ),
    },
    meshes: relations.meshes.map((relation) => reportMesh(topology, relation)),
    networks,
    links: reportLinks(facts, relations),
    clusters,
    machines: reportMachines(facts),
    tasks: reportTasks(facts),
    exports: reportExports(relations, facts),
    tenants: reportTenants(relations),
    shared: owned.belongings.made(OwnerKind.Shared, ""),
    ports: reportPorts(facts),
    reach: planReach(relations, facts.network),
    quotas: reportQuotas(planned, graph),
    cost: reportCost({ graph, networks, clusters }),
    warnings,
    totals: reportTotals(graph),
  };
}

function reportRoot(topology: Topology, mesh: Mesh): RootReport {
  const trust = trustOf(topology, mesh);
  const [name = "", ...beside] = rootsInOrder(trust);
  const { secret } = lookUp(trust.roots, name);
  const source = secret === undefined ? RootSource.Generated : RootSource.Provided;
  return { source, own: mesh.trust !== undefined, name, beside };
}

function reportMesh(topology: Topology, { mesh, members, networks }: MeshRelation): MeshReport {
  return {
    name: mesh.name,
    dataPlane: mesh.dataPlane,
    mode: mesh.mode,
    trustDomain: mesh.trustDomain,
    tags: mesh.istio.tags,
    root: reportRoot(topology, mesh),
    runsIn: mesh.runsIn,
    configCluster: mesh.configCluster,
    members: members.map(({ at }) => at.cluster.name),
    networks,
    experimental: mesh.experimental,
  };
}

function reportNetwork(owned: Owned, name: string): NetworkReport {
  const { vpcs } = lookUp(owned.topology.networks, name);
  return { name, vpcs: vpcs.map((id) => reportVpc(owned, id)) };
}

function reportVpc({ topology, belongings }: Owned, id: string): VpcReport {
  const vpc = lookUp(topology.vpcs, id);
  const { cidrs, region, account, existing, settings } = vpc;
  const { zones, nat, flowLogs, endpoints } = settings;
  const subnets = existing
    ? Object.values(existing.subnets).map(({ tier, cidr }) => ({ tier, cidr }))
    : planSubnets(cidrs[0]!, zones);
  const tiers = [...new Set(subnets.map(({ tier }) => tier))];
  return {
    id,
    cidrs,
    region,
    account,
    existing: existing !== undefined,
    zones,
    nat,
    subnets: tiers.map((tier) => ({
      tier,
      cidrs: subnets.filter((subnet) => subnet.tier === tier).map(({ cidr }) => cidr),
    })),
    flowLogs,
    endpoints,
    made: belongings.made(OwnerKind.Vpc, id),
  };
}

function reportLinks({ network }: Facts, { topology, links }: Relations): LinkReport[] {
  const { via } = topology.links;
  if (via !== LinkVia.TransitGateway)
    return links.map(({ a, b }) => ({ via, between: [a.id, b.id], detail: "" }));
  const gateways = Object.values(network.transitGateways);
  if (gateways.length === 0) return [];
  const between = gateways.flatMap(({ vpcs }) => vpcs);
  const places = Object.keys(topology.links.reachable);
  const detail = [gatewaysText(gateways), ...places.map((name) => `to ${name}`)].join(" · ");
  return [{ via, between, detail }];
}

/** Where transit gateways stand, and whose they are. */
function gatewaysText(gateways: TransitGatewayPlan[]): string {
  const yours = gateways.flatMap(({ region, from }) =>
    from.kind === "existing" ? [`${from.id} in ${region}`] : [],
  );
  if (yours.length > 0) return yours.join(", ");
  const regions = gateways.map(({ region }) => region);
  return regions.length === 1 ? regions[0]! : `one in each of ${regions.join(", ")}, peered`;
}

function reportCluster(owned: Owned, { cluster }: ClusterRelation): ClusterReport {
  const { facts, belongings, invented } = owned;
  const { name } = cluster;
  const plan = lookUp(facts.clusters, name);
  const own = belongings.of(OwnerKind.Cluster, name);
  return {
    name,
    eksName: plan.eksName,
    network: plan.network,
    vpc: plan.vpc,
    region: plan.region,
    kubernetesVersion: plan.kubernetesVersion,
    nodes: plan.nodes.kind,
    existing: plan.existing !== undefined,
    api: { private: plan.privateApi, allowFrom: plan.allowFrom, natOf: plan.allowNatOf },
    controlPlanes: reportControlPlanes(facts, name),
    served: reportServed(owned, name),
    gateways: reportGateways(facts, name),
    releases: own
      .filter(({ type }) => type === RELEASE)
      .map((release) => reportRelease(release, invented)),
    remote: own.filter(({ remote }) => remote).map((part) => reportRemote(part, invented)),
    made: belongings.made(OwnerKind.Cluster, name),
  };
}

function reportMachines({ machines }: Facts): MachinesReport[] {
  return Object.values(machines.groups).map(
    ({ name, mesh, dataPlane, vpc, cluster: servedBy, instanceType, count, ports }) => ({
      ...{ name, mesh, dataPlane, vpc, servedBy, instanceType, count },
      ports: Object.values(ports),
    }),
  );
}

function reportTasks({ tasks }: Facts): TasksReport[] {
  return Object.values(tasks.services).map(
    ({ name, mesh, vpc, cluster: servedBy, launchType, count, cpu, memory, ports, waypoint }) => ({
      ...{ name, mesh, vpc, servedBy, launchType, count, cpu, memory },
      ...{ ports: Object.values(ports), waypoint: waypoint !== undefined },
    }),
  );
}

function reportControlPlanes(facts: Facts, name: string): ControlPlaneReport[] {
  const { istio, access, trust } = facts;
  return Object.values(istio.controlPlanes)
    .filter(({ cluster }) => cluster === name)
    .map(({ mesh, cluster, dataPlane, istiods, external }) => ({
      mesh,
      dataPlane,
      istiods: istiods.map((istiod) => reportIstiod(facts, { mesh, cluster }, istiod)),
      serves: Object.values(istio.remotes)
        .filter((remote) => remote.mesh === mesh && remote.servers.includes(cluster))
        .map((remote) => remote.cluster),
      external,
      watches: (access.watchers[memberKey(mesh, cluster)]?.watches ?? []).map((watch) => ({
        cluster: watch.cluster,
        by: watch.kind,
      })),
      certificate: lookUp(trust.intermediates, memberKey(mesh, cluster)).commonName,
    }));
}

function reportIstiod(
  { istio }: Facts,
  { mesh, cluster }: { mesh: string; cluster: string },
  { revision, version }: IstiodPlan,
): IstiodReport {
  const address = istio.addresses[istiodKey(mesh, cluster, revision)];
  const reachedAt = address && { host: address.host, addresses: address.addresses };
  return { revision, version, ...(reachedAt && { reachedAt }) };
}

function reportServed({ facts: { istio }, topology }: Owned, name: string): ServedReport[] {
  return Object.values(istio.remotes)
    .filter(({ cluster }) => cluster === name)
    .map(({ mesh, servers, revisions, holdsConfiguration }) => ({
      mesh,
      dataPlane: lookUp(topology.meshes, mesh).dataPlane,
      servers,
      revisions: revisions.map(({ revision, version }) => ({ revision, version })),
      holdsConfiguration,
    }));
}

function reportGateways({ istio, federation, network }: Facts, name: string): GatewayReport[] {
  const here = <T extends { cluster: string }>(gateways: Record<string, T>) =>
    Object.entries(gateways).filter(([, { cluster }]) => cluster === name);
  const ports = (key: string) => portsOf(network.firewall, key);
  return [
    ...here(istio.eastWest).map(([key, { mesh }]) => ({
      ...{ name: "east-west", mesh, kind: GatewayKind.EastWest, exposure: Exposure.Internal },
      ports: ports(key),
    })),
    ...here(federation.gateways).map(([key, { mesh }]) => ({
      ...{ name: "federation", mesh, kind: GatewayKind.Federation, exposure: Exposure.Internal },
      ports: ports(key),
    })),
    ...here(istio.ingress).map(([key, { name: gateway, mesh, exposure }]) => ({
      ...{ name: gateway, mesh, kind: GatewayKind.Ingress, exposure },
      ports: ports(key),
    })),
  ];
}

function reportTotals(graph: Graph): Totals {
  const made = graph.resources.filter(isMade);
  const isComponent = ({ custom, remote, type }: (typeof made)[number]) =>
    !custom && !remote && type !== "pulumi:pulumi:Stack";
  return {
    ...countTypes(made),
    components: graph.resources.filter(isComponent).length,
    remote: made.filter(({ remote }) => remote).length,
    releases: graph.ofType(RELEASE).length,
    clusters: graph.ofType("eks:index:Cluster").length,
    vpcs: graph.ofType("aws:ec2/vpc:Vpc").length,
    secrets: made.reduce((total, { secrets }) => total + secrets.length, 0),
  };
}
