import { relate } from "../../../components/topology/relations/relate";
import type { Topology } from "../../../components/topology/topology";
import type { Session } from "./session";

/** What a pattern has to show. */
export const points = {
  1: "up, no drift",
  2: "istiods see",
  3: "trust",
  4: "endpoints",
  5: "injection",
  6: "change",
  7: "access",
  8: "state",
  9: "destroy",
  10: "SDKs",
  11: "traffic",
  12: "judges",
  13: "upgrade",
  14: "machines",
  15: "policies",
  16: "tenants",
  17: "tasks",
} as const;

export type Point = keyof typeof points;

/** Whose a stack file is. */
export type Kind =
  /** One of `stacks/`: each shows a part of what is shown once. */
  | "shipped"
  /** One of `test/lab/stacks/`, which is walked from one state to another. */
  | "walked"
  /** Anybody's. */
  | "given"
  /** Drawn for this run. */
  | "drawn";

/** A stack file and what it describes, before any step of a run has changed it. */
export interface Pattern {
  readonly name: string;
  readonly kind: Kind;
  readonly topology: Topology;
  /** Whether it may have one more cluster. */
  readonly grows: boolean;
}

/** Why a check says nothing about a pattern. */
export const reasons = {
  oneCluster: "one cluster: nothing is watched from elsewhere",
  oneNetwork: "one network: no gateway stands between clusters",
  ambient: "ambient: no sidecar is injected",
  sidecar: "sidecar: ztunnel is not used",
  everyIstiod: "every member runs istiod: none is served from elsewhere",
  severalMeshes: "several meshes: it looks into one; verify asks about all",
  clusterLocal:
    "Services are called from their own cluster alone: it counts on all; verify asks about all",
  notDefault: "its one revision is not the default: pods of verify alone say which they want",
  severalRevisions: "several revisions: it looks at one istiod; verify asks about all",
  noRoom: "a rule refuses one more cluster",
  permissive: "mutual TLS is permissive: no PeerAuthentication is made",
  openToAll: "an ingress gateway is open to the internet, as the file says",
  ownApi: "API servers let in whom their cluster says",
  transit: "transit gateways: rules name prefix lists",
  noMachines: "no machines outside Kubernetes",
  ownMachines: "machines of a file of your own are not booted",
  noBoot: "no machine boots here: install mmdebstrap and systemd-container",
  ambientHealth:
    "ambient: istiod tells ztunnels nothing of a machine's health, so that calls are lost as machines come and go",
  noTasks: "no ECS services",
  ownTasks: "tasks of a file of your own are not asked",
  noZtunnel: "LAB_ZTUNNEL names no ztunnel",
  realZtunnel: "LAB_ZTUNNEL names a ztunnel, with which tasks run whole",
  underCalls: "shown here while calls go on",
  sameMesh: "its mesh is that of 02-multi-primary-same-network, which shows it",
  elsewhere: "shown by another pattern: it takes a minute and depends on no pattern",
} as const;

export type Reason = keyof typeof reasons;

export interface Check {
  /** Short name, for the table of what does not apply where. */
  readonly key: string;
  readonly point: Point;
  readonly title: string;
  /** Undefined where the check applies. */
  readonly skip?: (pattern: Pattern) => Reason | undefined;
  /** How many calls it makes, which are counted where it cannot run. */
  readonly calls?: (pattern: Pattern) => number;
  /** Runs also after `up` has failed. */
  readonly always?: boolean;
  /** Looks at all of a stack, however many meshes and revisions it has. */
  readonly whole?: boolean;
  readonly run: (session: Session) => Promise<void>;
}

/** Why a check says nothing about a pattern: of a stack that anybody wrote, it looks at what it knows. */
export function skipped({ whole, skip }: Check, pattern: Pattern): Reason | undefined {
  const { meshes } = relate(pattern.topology);
  const isWhole = whole || ["walked", "drawn"].includes(pattern.kind);
  if (!isWhole && meshes.length > 1) return "severalMeshes";
  if (!isWhole && meshes.some(({ isClusterLocal }) => isClusterLocal)) return "clusterLocal";
  if (!whole && pattern.kind === "given") {
    const [{ revisions }] = meshes;
    if (revisions.length > 1) return "severalRevisions";
    const { name } = revisions[0];
    if (name !== undefined && pattern.topology.istio.tags.default !== name) return "notDefault";
  }
  return skip?.(pattern);
}

export const mesh = ({ topology }: Pattern) => Object.values(topology.meshes)[0];

export const severalClusters = (pattern: Pattern): Reason | undefined =>
  Object.keys(mesh(pattern).members).length < 2 ? "oneCluster" : undefined;

/** Its mesh is another pattern's, machines aside: what comes with one more cluster follows from mode, networks and data plane. */
const ofSameMesh = ({ kind, name }: Pattern): boolean =>
  kind === "shipped" && name === "03-vm-same-network";

/** Where one more cluster may come and go. */
export const growing = (pattern: Pattern): Reason | undefined =>
  severalClusters(pattern) ??
  (ofSameMesh(pattern) ? "sameMesh" : pattern.grows ? undefined : "noRoom");

export const remotes = (pattern: Pattern): Reason | undefined => {
  const { members, runsIn } = mesh(pattern);
  return Object.keys(members).every((name) => runsIn.includes(name)) ? "everyIstiod" : undefined;
};

export const sidecar = (pattern: Pattern): Reason | undefined =>
  mesh(pattern).dataPlane === "ambient" ? "ambient" : undefined;

export const ambient = (pattern: Pattern): Reason | undefined =>
  mesh(pattern).dataPlane === "ambient" ? undefined : "sidecar";

export const strict = (pattern: Pattern): Reason | undefined =>
  mesh(pattern).mtls === "strict" ? undefined : "permissive";

/** Where everybody outside is let in by a list. */
export const listed = ({ topology }: Pattern): Reason | undefined => {
  const all = Object.values(topology.meshes).flatMap(({ ingress }) => Object.values(ingress));
  const open = all.some(({ exposure, allowFrom }) => exposure === "internet" && !allowFrom.length);
  return open ? "openToAll" : undefined;
};

/** Where the file says once who reaches API servers. */
export const oneApi = ({ topology: { clusters } }: Pattern): Reason | undefined =>
  Object.values(clusters).every(({ api }) => api === undefined) ? undefined : "ownApi";

/** Where VPCs are joined two and two. */
export const peered = ({ topology: { links } }: Pattern): Reason | undefined =>
  links.via === "peering" ? undefined : "transit";

/** Whether there is a proxy for a pattern's pods: ztunnel has to be brought. */
export const proxied = (pattern: Pattern): Reason | undefined =>
  ambient(pattern) || process.env.LAB_ZTUNNEL ? undefined : "noZtunnel";

/** In one pattern only. */
export const only =
  (name: string) =>
  (pattern: Pattern): Reason | undefined =>
    pattern.kind === "shipped" && pattern.name === name ? undefined : "elsewhere";
