/** Changes that users make from day to day. */
import type { MeshDescription, TopologyDescription } from "../../components/topology";
import { DataPlane, LinkVia, NatMode, NodeKind } from "../../components/topology";
import { istioVersions } from "../../components/versions/istio";
import { type Mutation, vpcs } from "./changes";

/** Gives a key another name, in the same place of its map. */
function renamed<T>(map: Record<string, T>, from: string, to: string): Record<string, T> {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key === from ? to : key, value]),
  );
}

function replace(list: string[] | undefined, from: string, to: string): string[] | undefined {
  return list?.map((name) => (name === from ? to : name));
}

/** Renames a cluster wherever it is named. */
function renameCluster(description: TopologyDescription, from: string, to: string): void {
  description.clusters = renamed(description.clusters, from, to);
  for (const mesh of Object.values(description.meshes)) {
    mesh.clusters = renamed(mesh.clusters, from, to);
    const { controlPlane } = mesh;
    if (controlPlane) controlPlane.runsIn = replace(controlPlane.runsIn, from, to);
    if (controlPlane?.configCluster === from) controlPlane.configCluster = to;
    if (controlPlane?.addressNumbers)
      controlPlane.addressNumbers = renamed(controlPlane.addressNumbers, from, to);
    for (const member of Object.values(mesh.clusters))
      member.servedBy = replace(member.servedBy, from, to);
    for (const gateway of Object.values(mesh.ingress ?? {}))
      gateway.clusters = replace(gateway.clusters, from, to) ?? [];
  }
}

function renameNetwork(description: TopologyDescription, from: string, to: string): void {
  description.networks = renamed(description.networks, from, to);
  for (const cluster of Object.values(description.clusters))
    if (cluster.network === from) cluster.network = to;
}

/** Takes a cluster out of a mesh, or the mesh away with its last one. */
function removeMember(
  description: TopologyDescription,
  name: string,
  mesh: MeshDescription,
  cluster: string,
) {
  delete mesh.clusters[cluster];
  if (Object.keys(mesh.clusters).length === 0) delete description.meshes[name];
  const without = (list: string[]) => list.filter((other) => other !== cluster);
  if (mesh.controlPlane?.runsIn) mesh.controlPlane.runsIn = without(mesh.controlPlane.runsIn);
  for (const gateway of Object.values(mesh.ingress ?? {}))
    gateway.clusters = without(gateway.clusters);
}

/** What a user changes from day to day; most of it keeps a description valid. */
export const everyday: Record<string, Mutation> = {
  "rename a cluster": (description, choose) => {
    const [from] = choose.entry(description.clusters) ?? [""];
    renameCluster(description, from, choose.of(["east", "west", "a-1"]) ?? "");
  },
  "rename a network": (description, choose) => {
    const [from] = choose.entry(description.networks) ?? [""];
    renameNetwork(description, from, choose.of(["shared", "wide", "n0"]) ?? "");
  },
  "rename a mesh": (description, choose) => {
    const [from] = choose.entry(description.meshes) ?? [""];
    description.meshes = renamed(description.meshes, from, "prod");
  },
  "name the topology": (description, choose) => {
    description.name = choose.of(["demo", "acme-prod"]);
  },
  "take a cluster out of its mesh": (description, choose) => {
    const [name, mesh] = choose.entry(description.meshes) ?? [""];
    const [cluster] = choose.entry(mesh?.clusters) ?? [""];
    if (mesh) removeMember(description, name, mesh, cluster);
  },
  "move a cluster to another network": (description, choose) => {
    const cluster = choose.value(description.clusters, ({ existing }) => !existing);
    const [network, { vpcs: keys = {} } = {}] = choose.entry(description.networks) ?? [""];
    if (!cluster) return;
    cluster.network = network;
    cluster.vpc = Object.keys(keys).length > 1 ? choose.of(Object.keys(keys)) : undefined;
  },
  "change the Istio version": (description, choose) => {
    const istio = description.istio ?? {};
    const changed = choose.value(istio.revisions ?? {}) ?? istio;
    changed.version = choose.of(Object.keys(istioVersions));
  },
  "change a Kubernetes version": (description, choose) => {
    const cluster = choose.value(description.clusters, ({ existing }) => !existing);
    if (cluster) cluster.kubernetesVersion = choose.of(["1.33", "1.34", "1.35"]);
  },
  "change what runs pods": (description, choose) => {
    const cluster = choose.value(description.clusters, ({ existing }) => !existing);
    if (cluster) cluster.nodes = { kind: choose.of(Object.values(NodeKind)) };
  },
  "change the data plane": (description, choose) => {
    const mesh = choose.value(description.meshes);
    if (mesh) mesh.dataPlane = choose.of(Object.values(DataPlane));
  },
  "allow what is experimental": (description, choose) => {
    const mesh = choose.value(description.meshes);
    if (mesh) mesh.experimental = choose.of([true, false]);
  },
  "change the number of NAT gateways": (description, choose) => {
    const vpc = choose.of(vpcs(description).filter(({ existing }) => !existing));
    if (vpc) vpc.nat = choose.of(Object.values(NatMode));
  },
  "change the number of zones": (description, choose) => {
    const vpc = choose.of(vpcs(description).filter(({ existing }) => !existing));
    if (vpc) vpc.zones = choose.of([2, 3, 4]);
  },
  "change a VPC's size": (description, choose) => {
    const vpc = choose.of(vpcs(description).filter(({ cidr }) => cidr));
    if (vpc) vpc.cidr = vpc.cidr?.replace(/\d+$/, choose.of(["16", "18", "22"]) ?? "");
  },
  "change a VPC's region": (description, choose) => {
    const vpc = choose.of(vpcs(description).filter(({ existing }) => !existing));
    if (vpc) vpc.region = choose.of(["eu-central-1", "us-east-1"]);
  },
  "join VPCs in another way": (description, choose) => {
    description.links = { via: choose.of(Object.values(LinkVia)) };
  },
  "give transit gateways to another account": (description) => {
    description.links = {
      via: LinkVia.TransitGateway,
      owner: { roleArn: "arn:aws:iam::999900001111:role/network" },
    };
  },
  "number an istiod's address": (description, choose) => {
    const { controlPlane } =
      choose.value(description.meshes, (mesh) => mesh.controlPlane?.runsIn !== undefined) ?? {};
    const cluster = choose.of(controlPlane?.runsIn ?? []);
    if (controlPlane && cluster) controlPlane.addressNumbers = { [cluster]: { default: 17 } };
  },
  "add a network": (description) => {
    description.networks.further = { cidr: "10.200.0.0/16" };
  },
  "add a cluster": (description, choose) => {
    const [network, { vpcs: keys = {} } = {}] = choose.entry(description.networks) ?? [""];
    const vpc = Object.keys(keys).length > 1 ? choose.of(Object.keys(keys)) : undefined;
    description.clusters.added = { network, vpc };
    const mesh = choose.value(description.meshes);
    if (mesh) mesh.clusters.added = {};
    mesh?.controlPlane?.runsIn?.push("added");
  },
  "add tags": (description) => {
    description.tags = { ...description.tags, cost: "42" };
  },
  "let a further address in": (description, choose) => {
    description.api?.allowFrom?.push(choose.of(["198.51.100.7/32", "203.0.113.0/24"]) ?? "");
  },
  "give a mesh a root of its own": (description, choose) => {
    const mesh = choose.value(description.meshes);
    if (mesh) mesh.trust = {};
  },
  "let private addresses in": (description, choose) => {
    description.api = { private: { cidrs: choose.of([["10.0.0.0/8"], ["100.64.0.0/16"]]) ?? [] } };
  },
  "raise quotas": (description, choose) => {
    description.quotas = { vpcs: choose.of([20, 50]), elasticIps: 60, securityGroupRules: 200 };
  },
  "add an ingress gateway": (description, choose) => {
    const mesh = choose.value(description.meshes);
    const [cluster] = choose.entry(mesh?.clusters) ?? [""];
    if (mesh) mesh.ingress = { ...mesh.ingress, admin: { clusters: [cluster] } };
  },
  "open another port of an ingress gateway": (description, choose) => {
    const gateway = choose.value(choose.value(description.meshes)?.ingress);
    if (gateway) gateway.ports = { http: 80, https: 443, "tcp-broker": 9093 };
  },
  "size istiod in one cluster": (description, choose) => {
    const member = choose.value(choose.value(description.meshes)?.clusters);
    if (member) member.values = { istiod: { autoscaleMin: choose.of([2, 3]) } };
  },
  "shape an ingress gateway": (description, choose) => {
    const gateway = choose.value(choose.value(description.meshes)?.ingress);
    if (gateway) gateway.values = { autoscaling: { maxReplicas: 7 } };
  },
};
