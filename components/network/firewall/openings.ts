/** What rooms say must be open, in the words of what they know: places, not addresses. */
import type { ClusterRelation, MeshRelation, Outside } from "../../topology";
import type { Ports, Protocol } from "./facts";

/** Ports of a place that open to others. */
export interface Opening {
  /** Part of the URNs of its rules; the reason is not. */
  name: string;
  to: Target;
  from: Source[];
  ports: Ports;
  protocol: Protocol;
  reason: string;
  /** Pulumi may be among the sources: what it makes in the cluster waits for their rules. Absent: it is not. */
  isWayIn?: true;
}

/** A place that has a security group. */
export type Target =
  | { kind: "pods" | "api"; of: ClusterRelation }
  | { kind: "balancer"; of: Balancer }
  | { kind: "outside"; of: Outside };

/** A place that calls another. */
export type Source =
  | { kind: "pods"; of: ClusterRelation }
  | { kind: "outside"; of: Outside }
  /** The addresses that the workloads of a mesh may have, and with a prefix list those of its istiods too. */
  | { kind: "mesh"; of: MeshRelation }
  | { kind: "addresses"; cidrs: string[] }
  /** A security group or a prefix list of the user's, by its id. */
  | { kind: "given-group" | "given-list"; id: string }
  | { kind: "anyone" };

/** A load balancer before pods of a cluster. */
export interface Balancer {
  /** Unique among all. */
  key: string;
  /** Unique among all; with dashes for slashes it names the group. */
  name: string;
  /** What it is, for people: `gateway prod/east/public`. */
  label: string;
  /** Cluster of the pods that it sends to. */
  in: ClusterRelation;
  /** Description of its security group in AWS, which cannot change once a load balancer has the group. */
  description: string;
  /** Ports of the pods that it sends to. */
  forwards: Forward[];
  /** Port of the pods that it asks for their health. */
  health: number;
}

export interface Forward {
  /** Part of the URNs of its rules. */
  name: string;
  port: number;
  reason: string;
}
