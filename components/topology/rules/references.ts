/** Every name that stands for something else in the description stands for something. */
import type { MeshDescription, TopologyDescription } from "../description";
import { runsInOf } from "../normalise";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import { oneOf, suggest } from "../suggest";
import { listed, meshesOf, named, perPlacedMesh, type Reference, unknown, when } from "./support";

const entries = Object.entries;

/** Maps whose entries name a mesh, cluster and network of the description. */
function membersOutsideKubernetes(description: TopologyDescription) {
  return [
    ...entries(description.virtualMachines ?? {}).map(([name, group]) => ({
      path: pathOf("virtualMachines", name),
      ...group,
    })),
    ...(["ecsClusters", "ecsServices"] as const).flatMap((section) =>
      entries(description[section] ?? {}).map(([name, { mesh, controlledBy, vpc }]) => ({
        // Their network is that of the cluster.
        ...{ path: pathOf(section, name), network: undefined, mesh, controlledBy, vpc },
      })),
    ),
  ];
}

function tenantsOf({ tenants }: TopologyDescription) {
  return entries(tenants?.of ?? {}).map(([name, tenant]) => ({
    path: pathOf("tenants", "of", name),
    ...tenant,
  }));
}

function clusterReferences(description: TopologyDescription): Reference[] {
  return [
    ...meshesOf(description).flatMap(([name, mesh]) => {
      const path = pathOf("meshes", name);
      const members = Object.keys(mesh.clusters).map((cluster) => ({
        path: below(path, "clusters", cluster),
        name: cluster,
      }));
      return [
        ...members,
        ...listed(below(path, "controlPlane", "runsIn"), mesh.controlPlane?.runsIn),
        ...Object.keys(mesh.controlPlane?.addressNumbers ?? {}).map((cluster) => ({
          path: below(path, "controlPlane", "addressNumbers", cluster),
          name: cluster,
        })),
      ];
    }),
    ...membersOutsideKubernetes(description).flatMap(({ path, controlledBy }) =>
      named(below(path, "controlledBy"), controlledBy),
    ),
    ...tenantsOf(description).flatMap(({ path, clusters }) =>
      listed(below(path, "clusters"), clusters),
    ),
    ...entries(description.federation?.gateways ?? {}).flatMap(([mesh, { clusters }]) =>
      listed(pathOf("federation", "gateways", mesh, "clusters"), clusters),
    ),
  ];
}

function meshReferences(description: TopologyDescription): Reference[] {
  return [
    ...[...membersOutsideKubernetes(description), ...tenantsOf(description)].map(
      ({ path, mesh }) => ({ path: below(path, "mesh"), name: mesh }),
    ),
    ...Object.keys(description.federation?.gateways ?? {}).map((mesh) => ({
      path: pathOf("federation", "gateways", mesh),
      name: mesh,
    })),
  ];
}

/** Ends of exports, which may be peers too. */
function exchangeReferences(description: TopologyDescription): Reference[] {
  return entries(description.federation?.exports ?? {}).flatMap(([name, { from, to }]) => [
    { path: pathOf("federation", "exports", name, "from"), name: from },
    ...listed(pathOf("federation", "exports", name, "to"), to),
  ]);
}

function networkReferences(description: TopologyDescription): Reference[] {
  return [
    ...entries(description.clusters).map(([name, { network }]) => ({
      path: pathOf("clusters", name, "network"),
      name: network,
    })),
    ...membersOutsideKubernetes(description).flatMap(({ path, network }) =>
      named(below(path, "network"), network),
    ),
  ];
}

function networkOf({ clusters }: TopologyDescription, cluster: string): string {
  return Object.hasOwn(clusters, cluster) ? clusters[cluster]!.network : "";
}

/** What stands on a network of the description. */
function placesOf(description: TopologyDescription) {
  const clusters = entries(description.clusters).map(([name, { network, vpc }]) => ({
    path: pathOf("clusters", name, "vpc"),
    network,
    vpc,
  }));
  const outside = membersOutsideKubernetes(description).map(
    ({ path, vpc, controlledBy, network = networkOf(description, controlledBy) }) => ({
      path: below(path, "vpc"),
      network,
      vpc,
    }),
  );
  return [...clusters, ...outside]
    .filter(({ network }) => Object.hasOwn(description.networks, network))
    .map((place) => ({
      ...place,
      keys: Object.keys(description.networks[place.network]!.vpcs ?? {}),
    }));
}

function ingressReferences(mesh: MeshDescription, path: string): Reference[] {
  return entries(mesh.ingress ?? {}).flatMap(([gateway, { clusters }]) =>
    listed(below(path, "ingress", gateway, "clusters"), clusters),
  );
}

function checkServedBy(mesh: MeshDescription, path: string): Problem[] {
  const runsIn = runsInOf(mesh);
  return entries(mesh.clusters).flatMap(([cluster, { servedBy }]) =>
    unknown(
      listed(below(path, "clusters", cluster, "servedBy"), servedBy),
      runsIn,
      "name a cluster that runs the mesh's istiod",
    ),
  );
}

const severity = Severity.Problem;
const foundation = true;

export const referenceRules: Rule[] = [
  {
    id: "unknown-network",
    summary: "A network that something stands on is described.",
    why: "Pod addresses, routes and the east-west gateways all follow from the network.",
    severity,
    foundation,
    check: ({ description }) =>
      unknown(
        networkReferences(description),
        Object.keys(description.networks),
        "describe it under networks, or name one of these",
      ),
  },
  {
    id: "unknown-cluster",
    summary: "A cluster that a mesh, a machine, a gateway or a tenant names is described.",
    why: "Members and control planes are installed in clusters that are made or brought here.",
    severity,
    foundation,
    check: ({ description }) =>
      unknown(
        clusterReferences(description),
        Object.keys(description.clusters),
        "describe it under clusters, or name one of these",
      ),
  },
  {
    id: "unknown-mesh",
    summary: "A mesh that a machine, a service, a tenant or a federation names is described.",
    why: "They get their identity, root and control plane from it.",
    severity,
    foundation,
    check: ({ description }) => [
      ...unknown(
        meshReferences(description),
        Object.keys(description.meshes),
        "describe it under meshes, or name one of these",
      ),
      ...unknown(
        exchangeReferences(description),
        [...Object.keys(description.meshes), ...Object.keys(description.federation?.peers ?? {})],
        "describe it under meshes or federation.peers, or name one of these",
      ),
    ],
  },
  {
    id: "vpc-missing",
    summary: "Where a network has several VPCs, what stands on it says in which.",
    why: "A cluster's subnets are in one VPC.",
    severity,
    foundation,
    check: ({ description }) =>
      placesOf(description).flatMap(({ path, keys, vpc }) =>
        when(keys.length > 1 && vpc === undefined, {
          path,
          got: "nothing",
          allowed: oneOf(keys),
          fix: "say which of the network's VPCs it is in",
        }),
      ),
  },
  {
    id: "vpc-superfluous",
    summary: "Where a network has one VPC, nothing names it again.",
    why: "One way to say a thing: a second VPC can then be added without doubt about the first.",
    severity,
    foundation,
    check: ({ description }) =>
      placesOf(description).flatMap(({ path, keys, vpc, network }) =>
        when(keys.length <= 1 && vpc !== undefined, {
          path,
          got: written(vpc),
          allowed: `nothing, since network ${network} has one VPC`,
          fix: "remove it",
        }),
      ),
  },
  {
    id: "unknown-vpc",
    summary: "A VPC that something stands in is one of its network's.",
    why: "A cluster's subnets are in one VPC.",
    severity,
    foundation,
    check: ({ description }) =>
      placesOf(description).flatMap(({ path, keys, vpc, network }) =>
        when(keys.length > 1 && vpc !== undefined && !keys.includes(vpc), {
          path,
          got: written(vpc),
          allowed: oneOf(keys),
          fix: suggest(vpc ?? "", keys, `name a VPC of network ${network}`),
        }),
      ),
  },
  {
    id: "ingress-cluster",
    summary: "An ingress gateway stands in members of its mesh.",
    why: "A gateway is a workload of the mesh: it needs the mesh's istiod and identity.",
    severity,
    foundation,
    check: perPlacedMesh((mesh, path) =>
      unknown(
        ingressReferences(mesh, path),
        Object.keys(mesh.clusters),
        "name a member of the mesh",
      ),
    ),
  },
  {
    id: "unknown-server",
    summary: "A remote is served by clusters that run its mesh's istiod.",
    why: "Its relay connects to istiod there.",
    severity,
    foundation,
    check: perPlacedMesh(checkServedBy),
  },
];
