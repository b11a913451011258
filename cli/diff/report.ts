/** What a diff tells: the one content of its text, its Markdown and its JSON. */
import type { Cell, ReachPlace } from "../../components/mesh/reach/facts";
import type { CostReport } from "../report/report";
import type { Change, Fate } from "./change";

export interface DiffReport {
  /** Prefix of names and tags. */
  name: string;
  /** The files that are compared, as they were named. */
  base: string;
  head: string;
  /** What is lost for good, opened to the world, or a step between versions that nobody supports; each in one sentence. */
  dangers: string[];
  /** Number of resources by what becomes of them. */
  totals: Record<Fate, number>;
  /** Every resource that does not stay as it is, in the order in which the engine comes to it; what is removed comes last. */
  resources: Change[];
  ports: PortChange[];
  releases: ReleaseChange[];
  /** Versions of Kubernetes that move. */
  kubernetes: VersionChange[];
  reach: ReachChange;
  quotas: QuotaChange[];
  cost: { before: CostReport; after: CostReport };
}

/** Somebody who gets in, or no longer does. */
export interface PortChange {
  opened: boolean;
  /** What carries the security group, or whose API server it is. */
  target: string;
  ports: string;
  from: string[];
  reason: string;
  /** Anyone on the internet gets in. */
  world: boolean;
  /** Nothing else of the target was open before, or will be: it comes or goes with all that it lets in. */
  whole: boolean;
}

/** A Helm release that comes, goes, or gets another chart, version or values. */
export interface ReleaseChange {
  cluster: string;
  release: string;
  namespace: string;
  chart: string;
  /** Absent where it is new. */
  before?: string;
  /** Absent where it goes. */
  after?: string;
  /** Number of values that change; 0 of what is new or goes. */
  values: number;
  /** What starts anew, and what that means; absent where nothing does. */
  restarts?: string;
}

export interface VersionChange {
  cluster: string;
  before: string;
  after: string;
  /** The cluster is made here, not brought. */
  ours: boolean;
  restarts: string;
}

export interface ReachChange {
  /** Every place of either plan. */
  places: ReachPlace[];
  /** Clusters of one plan alone: all that is within them comes or goes. */
  alone: string[];
  /** Pairs between which requests get through that did not. */
  appears: Cell[];
  /** Pairs between which they no longer do, as they were. */
  goes: Cell[];
  /** Pairs that another way leads between, or as another identity. */
  moves: Cell[];
}

export interface QuotaChange {
  /** What is counted, where. */
  what: string;
  before: number;
  after: number;
  limit: number;
}
