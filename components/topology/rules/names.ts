/** Names that Kubernetes, AWS and Pulumi can all carry, and that stay apart when they are joined. */
import type { TopologyDescription } from "../description";
import { runsInOf } from "../normalise";
import {
  DEFAULT_REVISION,
  EAST_WEST_GATEWAY,
  EAST_WEST_NAME,
  FEDERATION_NAME,
  istiodName,
  logicalName,
} from "../names";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import type { Topology } from "../topology";
import { listed, meshesOf, trustsOf, vpcsOf, when, writtenIstios } from "./support";

/** What a name becomes, and so how long it may be. */
const Kind = {
  /** EC2 refuses security groups whose names begin with sg-. */
  Topology: { longest: 20, reserved: ["sg", "sg-*"] },
  Label: { longest: 63, reserved: [] },
  /** `shared` is the root of the stack. */
  Mesh: { longest: 63, reserved: ["shared"] },
  /** Helm release istiod-<revision>: Helm takes 53 characters. Service istiod-revision-tag-<tag> is a tag's. */
  Revision: { longest: 46, reserved: [DEFAULT_REVISION, "revision-tag-*"] },
  /** Service istiod-revision-tag-<tag>: 63 characters. */
  Tag: { longest: 43, reserved: [] },
  /** Rules of security groups are named after ports, beside those for health checks. */
  Port: { longest: 63, reserved: ["health"] },
  /** istiods have keys among the gateways of their mesh and cluster. */
  Gateway: {
    longest: 63,
    reserved: [
      ...[EAST_WEST_NAME, EAST_WEST_GATEWAY, FEDERATION_NAME],
      ...[istiodName(), istiodName("*")],
    ],
  },
} satisfies Record<string, { longest: number; reserved: string[] }>;

interface Name {
  path: string;
  name: string;
  kind: (typeof Kind)[keyof typeof Kind];
}

function keysOf(path: string, map: object | undefined, kind: Name["kind"]): Name[] {
  return Object.keys(map ?? {}).map((name) => ({ path: below(path, name), name, kind }));
}

function namesOf({ description, name }: Topology): Name[] {
  return [
    { path: "name", name, kind: Kind.Topology },
    ...writtenIstios(description).flatMap(({ path, istio }) => [
      ...keysOf(below(path, "revisions"), istio.revisions, Kind.Revision),
      ...keysOf(below(path, "tags"), istio.tags, Kind.Tag),
    ]),
    ...keysOf("networks", description.networks, Kind.Label),
    ...Object.entries(description.networks).flatMap(([network, { vpcs }]) =>
      keysOf(pathOf("networks", network, "vpcs"), vpcs, Kind.Label),
    ),
    ...vpcsOf(description).flatMap(({ path, vpc: { existing } }) =>
      keysOf(below(path, "existing", "routeTables"), existing?.routeTables, Kind.Label),
    ),
    ...keysOf("clusters", description.clusters, Kind.Label),
    ...keysOf("meshes", description.meshes, Kind.Mesh),
    ...meshesOf(description).flatMap(([mesh, { ingress }]) =>
      keysOf(pathOf("meshes", mesh, "ingress"), ingress, Kind.Gateway),
    ),
    ...meshesOf(description).flatMap(([mesh, { ingress = {} }]) =>
      Object.entries(ingress).flatMap(([gateway, { ports }]) =>
        keysOf(pathOf("meshes", mesh, "ingress", gateway, "ports"), ports, Kind.Port),
      ),
    ),
    ...trustsOf(description).flatMap(({ path, trust }) =>
      keysOf(below(path, "roots"), trust.roots, Kind.Label),
    ),
    ...laterNames(description),
  ];
}

function laterNames(description: TopologyDescription): Name[] {
  return [
    ...keysOf("virtualMachines", description.virtualMachines, Kind.Label),
    ...keysOf("ecsClusters", description.ecsClusters, Kind.Label),
    ...keysOf("ecsServices", description.ecsServices, Kind.Label),
    ...keysOf("tenants.of", description.tenants?.of, Kind.Label),
    ...keysOf("federation.exports", description.federation?.exports, Kind.Label),
    ...keysOf("federation.peers", description.federation?.peers, Kind.Label),
  ];
}

/** RFC 1123. */
export const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

function checkLabel({ path, name }: Name): Problem[] {
  return when(!LABEL.test(name), {
    path,
    got: written(name),
    allowed: "lower-case letters, digits and hyphens, a letter or digit first and last",
    fix:
      path === "name"
        ? "give the topology a name, or the stack or component another one"
        : "rename it",
  });
}

function checkLength({ path, name, kind }: Name): Problem[] {
  return when(name.length > kind.longest, {
    path,
    got: `${written(name)} (${name.length} characters)`,
    allowed: `at most ${kind.longest} characters`,
    fix: path === "name" ? "give the topology a shorter name" : "shorten it",
  });
}

function checkReserved({ path, name, kind }: Name): Problem[] {
  // A JavaScript map answers to "constructor" though nobody put it there.
  const reserved = [...kind.reserved, "constructor"];
  return when(
    reserved.some((word) => isWord(name, word)),
    {
      path,
      got: written(name),
      allowed: `any name but ${reserved.join(", ")}`,
      fix: path === "name" ? "give the topology a name, or the stack another one" : "rename it",
    },
  );
}

/** Whether a name is a word, or begins with one that ends with a star. */
function isWord(name: string, word: string): boolean {
  return word.endsWith("*") ? name.startsWith(word.slice(0, -1)) : name === word;
}

/** A name that is joined from parts. */
export interface Joined {
  parts: string[];
  path: string;
}

/** VPC ids: the network's name, or the network's and the VPC's. */
function vpcNames({ networks }: TopologyDescription): Joined[] {
  return Object.entries(networks).flatMap(([network, { vpcs }]) =>
    vpcs === undefined
      ? [{ parts: [network], path: pathOf("networks", network) }]
      : Object.keys(vpcs).map((vpc) => ({
          parts: [network, vpc],
          path: pathOf("networks", network, "vpcs", vpc),
        })),
  );
}

/** What stands in a mesh and cluster: all of it, its gateways, and its istiods that serve other clusters. */
function memberNames(description: TopologyDescription): Joined[] {
  return meshesOf(description).flatMap(([mesh, { clusters, ingress }]) => [
    ...Object.keys(clusters).flatMap((cluster) =>
      [[], [EAST_WEST_GATEWAY]].map((gateway) => ({
        parts: [mesh, cluster, ...gateway],
        path: pathOf("meshes", mesh, "clusters", cluster),
      })),
    ),
    ...serverNames(description, mesh),
    ...(description.federation?.gateways?.[mesh]?.clusters ?? []).map((cluster, index) => ({
      parts: [mesh, cluster, FEDERATION_NAME],
      path: pathOf("federation", "gateways", mesh, "clusters", index),
    })),
    ...Object.entries(ingress ?? {}).flatMap(([gateway, args]) =>
      args.clusters.map((cluster, index) => ({
        parts: [mesh, cluster, gateway],
        path: pathOf("meshes", mesh, "ingress", gateway, "clusters", index),
      })),
    ),
  ]);
}

/** Clusters that run istiod without being members, and the istiods that serve remotes. */
function serverNames({ meshes, istio: stacks }: TopologyDescription, mesh: string): Joined[] {
  const { clusters, istio = stacks } = meshes[mesh]!;
  const runsIn = runsInOf(meshes[mesh]!);
  const hasRemotes = Object.keys(clusters).some((cluster) => !runsIn.includes(cluster));
  const named = Object.keys(istio?.revisions ?? {});
  const revisions = hasRemotes ? (named.length > 0 ? named : [undefined]) : [];
  return listed(pathOf("meshes", mesh, "controlPlane", "runsIn"), runsIn).flatMap(
    ({ path, name }) => [
      ...(Object.hasOwn(clusters, name) ? [] : [{ parts: [mesh, name], path }]),
      ...revisions.map((revision) => ({ parts: [mesh, name, istiodName(revision)], path })),
    ],
  );
}

/** The second of two different things whose joined names are the same. */
export function checkCollisions(names: readonly Joined[]): Problem[] {
  return names.flatMap(({ parts, path }, index) => {
    const name = logicalName(...parts);
    const other = names
      .slice(0, index)
      .find((earlier) => logicalName(...earlier.parts) === name && earlier.path !== path);
    // The same parts twice is one thing named twice, which another rule says.
    if (!other || other.parts.join("/") === parts.join("/")) return [];
    return [
      {
        path,
        got: `the joined name ${written(name)}`,
        allowed: `a joined name of its own; ${other.path} has this one`,
        fix: "rename one of the two",
      },
    ];
  });
}

/** Clusters that are called as a gateway or an istiod is with its mesh and cluster: each has a security group. */
function checkClusterNames(description: TopologyDescription): Problem[] {
  const balancers = memberNames(description).filter(({ parts }) => parts.length > 2);
  return Object.keys(description.clusters).flatMap((name) =>
    checkCollisions([
      ...balancers.filter(({ parts }) => logicalName(...parts) === name).slice(0, 1),
      { parts: [name], path: pathOf("clusters", name) },
    ]),
  );
}

/** Tags that are called as a revision beside them. */
function checkRevisionLabels(description: TopologyDescription): Problem[] {
  return writtenIstios(description).flatMap(({ path, istio: { revisions = {}, tags = {} } }) =>
    Object.keys(tags)
      .filter((tag) => Object.hasOwn(revisions, tag))
      .map((tag) => ({
        path: below(path, "tags", tag),
        got: written(tag),
        allowed: `a label of its own; ${below(path, "revisions", tag)} is the revision ${written(tag)} already`,
        fix: "rename the tag",
      })),
  );
}

const severity = Severity.Problem;

export const nameRules: Rule[] = [
  {
    id: "name-label",
    summary: "Names are DNS labels.",
    why: "Cluster ids become Secret keys, networks label values, revisions and gateways Services (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/).",
    severity,
    check: (topology) => namesOf(topology).flatMap(checkLabel),
  },
  {
    id: "name-length",
    summary: "Names are short enough for what they become.",
    why: "Label values hold 63 characters, Helm releases 53, EKS clusters 100 together with the topology's name. Roles (64), their policies (128) and node groups (63) hold less than all that they are named after: their logical names are cut (automaticName), since a fixed name breaks create-before-delete.",
    severity,
    check: (topology) => namesOf(topology).flatMap(checkLength),
  },
  {
    id: "name-reserved",
    summary: "Names that have a meaning already are not given again.",
    why: "The revision `default` is that of an istiod without one, and `revision-tag-<tag>` has the Service of a tag; the root `shared` the stack's, the east-west gateway has a release of its own, and istiod-<revision> is a control plane's. EC2 keeps sg- for ids of security groups (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html), whose names begin with the topology's.",
    severity,
    check: (topology) => namesOf(topology).flatMap(checkReserved),
  },
  {
    id: "vpc-name-collision",
    summary: "Joined names of VPCs are unique.",
    why: "Network a-b with VPC c and network a with VPC b-c would both be a-b-c: a resource's name must be its own.",
    severity,
    foundation: true,
    check: ({ description }) => checkCollisions(vpcNames(description)),
  },
  {
    id: "member-name-collision",
    summary: "Joined names of a mesh's members, control planes and gateways are unique.",
    why: "Mesh a-b with cluster c and mesh a with cluster b-c would both be a-b-c: a resource's name must be its own.",
    severity,
    check: ({ description }) => checkCollisions(memberNames(description)),
  },
  {
    id: "cluster-name-collision",
    summary: "No cluster has the joined name of a load balancer.",
    why: "Cluster a-b-c and gateway c of mesh a in cluster b would both be a-b-c, and the rules of their security groups too.",
    severity,
    check: ({ description }) => checkClusterNames(description),
  },
  {
    id: "revision-label-collision",
    summary: "A tag is not called as a revision is.",
    why: "A namespace label istio.io/rev must lead to one control plane (https://istio.io/latest/docs/setup/upgrade/canary/#stable-revision-labels).",
    severity,
    check: ({ description }) => checkRevisionLabels(description),
  },
];
