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
} as const;

export type Point = keyof typeof points;

/** A stack file and what it describes, before any step of a run has changed it. */
export interface Pattern {
  readonly name: string;
  readonly topology: Topology;
}

/** Why a check says nothing about a pattern. */
export const reasons = {
  oneCluster: "one cluster: nothing is watched from elsewhere",
  oneNetwork: "one network: no gateway stands between clusters",
  ambient: "ambient: no sidecar is injected",
  sidecar: "sidecar: ztunnel is not used",
  everyIstiod: "every member runs istiod: none is served from elsewhere",
  noZtunnel: "LAB_ZTUNNEL names no ztunnel",
  underCalls: "shown here while calls go on",
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
  readonly run: (session: Session) => Promise<void>;
}

export const mesh = ({ topology }: Pattern) => Object.values(topology.meshes)[0];

export const severalClusters = (pattern: Pattern): Reason | undefined =>
  Object.keys(mesh(pattern).members).length < 2 ? "oneCluster" : undefined;

export const remotes = (pattern: Pattern): Reason | undefined => {
  const { members, runsIn } = mesh(pattern);
  return Object.keys(members).every((name) => runsIn.includes(name)) ? "everyIstiod" : undefined;
};

export const sidecar = (pattern: Pattern): Reason | undefined =>
  mesh(pattern).dataPlane === "ambient" ? "ambient" : undefined;

export const ambient = (pattern: Pattern): Reason | undefined =>
  mesh(pattern).dataPlane === "ambient" ? undefined : "sidecar";

/** Whether there is a proxy for a pattern's pods: ztunnel has to be brought. */
export const proxied = (pattern: Pattern): Reason | undefined =>
  ambient(pattern) || process.env.LAB_ZTUNNEL ? undefined : "noZtunnel";

/** In one pattern only. */
export const only =
  (name: string) =>
  (pattern: Pattern): Reason | undefined =>
    pattern.name === name ? undefined : "elsewhere";
