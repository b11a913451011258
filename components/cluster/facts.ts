/** Cross-room facts about clusters. */
import type { ChartReference } from "../versions/charts";
import type { Cluster, ExistingClusterDescription, RolePlan } from "../topology";

export interface ClusterPlan {
  /** Name in the description; also Istio's cluster id. */
  name: string;
  /** Physical EKS name, known in preview; absent for a cluster that is not on EKS, or does not say so. */
  eksName?: string;
  provider: string;
  /** Role that Pulumi assumes in the cluster's account; absent: its own credentials. */
  account?: string;
  region: string;
  vpc: string;
  network: string;
  kubernetesVersion: string;
  nodes: Cluster["nodes"];
  /** There is no public endpoint. */
  privateApi: boolean;
  /** Public CIDRs that may call the API server; empty when private. */
  allowFrom: string[];
  /** VPCs whose NAT addresses join `allowFrom`: those of the istiods that watch this cluster from elsewhere. */
  allowNatOf: string[];
  /** Nobody can delete the cluster. */
  deletionProtection: boolean;
  /** ARN of the user's KMS key in its region; absent: one is made for its secrets. */
  encryptionKey?: string;
  upgradePolicy: Cluster["upgradePolicy"];
  zonalShift: boolean;
  logs: Cluster["logs"];
  /** NetworkPolicies hold there: tenants' namespaces count on them. */
  networkPolicies: boolean;
  /** Who uses it, beside whoever makes it. */
  access: Cluster["access"];
  /** How its roles are made. */
  iam: RolePlan;
  /** Tags of what EKS and the controllers make in its account. */
  tags: Record<string, string>;
  /** Chart of what makes load balancers; absent where EKS does it or the cluster is yours. */
  loadBalancerController?: ChartReference;
  existing?: ExistingClusterDescription;
}
