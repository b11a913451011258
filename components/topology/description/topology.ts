/** The whole description: what a user writes under `istio-patterns:topology`. */
import type { AccessDescription } from "./access";
import type { ApiDescription } from "./api";
import type { ClusterDescription } from "./clusters";
import type { EcsClusterDescription, EcsServiceDescription } from "./ecs";
import type { FederationDescription } from "./federation";
import type { IamDescription } from "./iam";
import type { IstioDescription } from "./istio";
import type { LinksDescription } from "./links";
import type { MeshDescription } from "./meshes";
import type { NetworkDescription } from "./networks";
import type { EncryptionDescription, LoadBalancersDescription } from "./protection";
import type { TenantsDescription } from "./tenants";
import type { TrustDescription } from "./trust";
import type { VirtualMachinesDescription } from "./virtualMachines";

/** One deployment of Istio on AWS: networks, the clusters on them, and the meshes over those. */
export interface TopologyDescription {
  /**
   * Prefix of logical names and tags, and of the physical names that must be known early (EKS clusters, IAM roles).
   * A DNS label of at most 20 characters.
   *
   * @default the stack's name; of a MeshTopology in a program of yours, its own
   */
  name?: string;
  /**
   * Tags on every AWS resource, at most 40, or 47 with those of the stack's `aws:defaultTags`. Keys are 1 to 128 and values up to
   * 256 letters, digits, spaces and `_.:/=+-@`; keys differ by more than case, do not begin with `aws:` and hold no `=`.
   * With clusters on managed nodes a colon stands within a word only.
   *
   * What others make for clusters made here has them too: nodes, their disks and network interfaces, and load balancers of gateways
   * with their target groups. Not: the load balancer of an ambient east-west gateway on Auto Mode, whose Gateway takes no
   * further annotation; the security group and network interfaces that EKS makes for a control plane; Auto Scaling groups of managed
   * nodes; and volumes of your claims, whose tags stand in your StorageClass (`tagSpecification_1: team=platform`), which Auto
   * Mode has the right to set.
   *
   * @default none, beside `istio-patterns`, the topology's name
   */
  tags?: Record<string, string>;
  /**
   * Protects roots of trust and VPCs from `pulumi destroy`, and EKS clusters from everyone: AWS refuses to delete them too, so
   * that a cluster leaves the description only after an `up` without.
   *
   * @default true
   */
  protect?: boolean;
  /** AWS quotas that your accounts have had raised; the plan compares its use with them. */
  quotas?: QuotasDescription;
  /** Versions, images and charts of Istio. */
  istio?: IstioDescription;
  /**
   * Who reaches the API servers of the clusters made here, Pulumi itself included.
   *
   * There is no default, since an open API server is never right: `up` and `preview` refuse without it.
   */
  api?: ApiDescription;
  /** Who uses the clusters made here. */
  access?: AccessDescription;
  /** What every IAM role has. */
  iam?: IamDescription;
  /** Keys of your own for what is encrypted. */
  encryption?: EncryptionDescription;
  /** What all load balancers have in common. */
  loadBalancers?: LoadBalancersDescription;
  /** The root certificates; a mesh may have its own. */
  trust?: TrustDescription;
  /** Istio networks by name: sets of addresses that reach each other directly. */
  networks: Record<string, NetworkDescription>;
  /** How VPCs are joined. */
  links?: LinksDescription;
  /** Kubernetes clusters by name. */
  clusters: Record<string, ClusterDescription>;
  /** Meshes by name. The name is the mesh id. */
  meshes: Record<string, MeshDescription>;
  /** Groups of EC2 machines with istio-agent, by name. */
  virtualMachines?: Record<string, VirtualMachinesDescription>;
  /** ECS clusters with instances of their own or that exist, by name. */
  ecsClusters?: Record<string, EcsClusterDescription>;
  /** ECS services with a ztunnel sidecar, by name. */
  ecsServices?: Record<string, EcsServiceDescription>;
  /** Tenants and what separates them. */
  tenants?: TenantsDescription;
  /** Meshes that exchange services. */
  federation?: FederationDescription;
}

/**
 * Raised AWS quotas (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
 */
export interface QuotasDescription {
  /** Inbound or outbound rules per security group. AWS default 60. */
  securityGroupRules?: number;
  /** Routes per route table. AWS default 500. */
  routesPerTable?: number;
  /** Elastic IP addresses per region. AWS default 5. */
  elasticIps?: number;
  /** VPCs per region. AWS default 5. */
  vpcs?: number;
  /** EKS clusters per region. AWS default 100. */
  eksClusters?: number;
  /** Characters of a role's trust policy, white space left out. AWS default 2048, at most 8192. */
  trustPolicyLength?: number;
}
