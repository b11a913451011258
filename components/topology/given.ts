/** What a program gives of things that exist, beside their description: which values there are, not what they are. */
import type { ExistingClusterDescription, ExistingVpcDescription } from "./description";

/** What is given, by what it is of. */
export interface Given {
  /** By VPC id. */
  vpcs: Record<string, GivenVpc>;
  /** By cluster. */
  clusters: Record<string, ClusterValue[]>;
  /** What is given under keys that nothing reads; absent: none. */
  unread?: UnreadValue[];
}

/** A key among the values of a VPC or cluster that says none of them. */
export interface UnreadValue {
  of: "vpcs" | "clusters";
  /** The VPC's id, or the cluster's name. */
  name: string;
  key: string;
}

/** What is given of a VPC that exists. */
export interface GivenVpc {
  /** Whether its id is. */
  vpcId: boolean;
  /** Names of subnets whose ids are given. */
  subnets: string[];
  /** Names of route tables whose ids are given. */
  routeTables: string[];
  /** How many NAT addresses are given. */
  natAddresses: number;
}

/** What of a VPC can be given. */
export const VPC_VALUES = ["vpcId", "subnetIds", "routeTableIds", "natAddresses"] as const;

/** What of a cluster can be given. */
export const CLUSTER_VALUES = [
  "kubeconfig",
  "endpoint",
  "certificateAuthority",
  "securityGroupId",
] as const;
/** One of these values. */
export type ClusterValue = (typeof CLUSTER_VALUES)[number];

/** Whether a value of a cluster that exists is there, wherever it stands. */
export function hasValue(
  { existing, given }: { existing?: ExistingClusterDescription; given: ClusterValue[] },
  value: ClusterValue,
): boolean {
  return existing?.[value] !== undefined || given.includes(value);
}

/** How many NAT addresses of a VPC that exists are known. */
export function natAddressesOf({
  existing,
  given,
}: {
  existing?: ExistingVpcDescription;
  given?: GivenVpc;
}): number {
  return (existing?.natAddresses?.length ?? 0) + (given?.natAddresses ?? 0);
}
