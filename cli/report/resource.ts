/** A resource of a plan, as its JSON lists it. */

/** Rooms that make resources, in the order in which they build on each other. */
export const ROOMS = [
  "network",
  "cluster",
  "trust",
  "access",
  "istio",
  "vm",
  "ecs",
  "federation",
  "tenancy",
  "mesh",
] as const;
export type Room = (typeof ROOMS)[number];

export const ResourceKind = {
  /** A provider makes it. */
  Made: "made",
  /** It exists, and is only read. */
  Read: "read",
  /** It only names what is in it. */
  Component: "component",
  /** Its provider's plugin expands it during `up`: what is inside is not listed. */
  Expanded: "expanded",
} as const;
export type ResourceKind = (typeof ResourceKind)[keyof typeof ResourceKind];

export interface ResourceReport {
  urn: string;
  type: string;
  /** Logical name. */
  name: string;
  kind: ResourceKind;
  /** Room of the package that makes it. */
  room: Room;
  /** VPC or cluster that it belongs to; absent for what stands between them. */
  owner?: OwnerReport;
  /** URN of what it is in. */
  parent?: string;
  /** URN of its provider; absent where the stack's default one makes it. */
  provider?: string;
  /** What the program gives it. A secret is `[secret]`, and what only a deployment knows is `<name.output>` of the resource that it comes from. */
  inputs: Record<string, unknown>;
  /** Paths of inputs that are secrets. */
  secrets: string[];
  /** Paths of inputs that hold what only a deployment knows, or what the description must still say. */
  placeholders: string[];
  /** URNs of what must be complete first. */
  dependencies: string[];
  /** The engine refuses to delete or replace it. */
  protect: boolean;
  /** It stays in the cloud when it leaves the stack. */
  retainOnDelete: boolean;
}

export interface OwnerReport {
  kind: "vpc" | "cluster";
  name: string;
}
