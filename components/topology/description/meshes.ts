/** Meshes: members, control planes, gateways. */
import type { IstioDescription } from "./istio";
import type { ObservabilityDescription } from "./observability";
import type { TrustDescription } from "./trust";

/** How pods join the mesh: an Envoy sidecar in each pod, or ztunnel on each node with waypoints. */
export const DataPlane = { Sidecar: "sidecar", Ambient: "ambient" } as const;
export type DataPlane = (typeof DataPlane)[keyof typeof DataPlane];

/**
 * Where istiod runs relative to the clusters that it serves: in each of them, in some of them, or in none
 * (https://istio.io/latest/docs/ops/deployment/deployment-models/#control-plane-models).
 */
export const ControlPlaneMode = {
  MultiPrimary: "multi-primary",
  PrimaryRemote: "primary-remote",
  External: "external",
} as const;
export type ControlPlaneMode = (typeof ControlPlaneMode)[keyof typeof ControlPlaneMode];

/** Who can reach an ingress gateway's load balancer. */
export const Exposure = { Internal: "internal", Internet: "internet" } as const;
export type Exposure = (typeof Exposure)[keyof typeof Exposure];

/** What a workload takes from others: mutual TLS alone, or plaintext too. */
export const MutualTls = { Strict: "strict", Permissive: "permissive" } as const;
export type MutualTls = (typeof MutualTls)[keyof typeof MutualTls];

/** Which endpoints of a service its clients prefer: near ones, or none. */
export const Locality = { Near: "near", None: "none" } as const;
export type Locality = (typeof Locality)[keyof typeof Locality];

/** What redirects the traffic of a pod with a sidecar: a container of its own before it starts, or an agent on its node. */
export const Injection = { InitContainer: "init-container", Cni: "cni" } as const;
export type Injection = (typeof Injection)[keyof typeof Injection];

/** A mesh: clusters with one identity root, one trust domain and one control-plane arrangement. */
export interface MeshDescription {
  /**
   * How pods join the mesh.
   *
   * @default sidecar
   */
  dataPlane?: DataPlane;
  /**
   * Trust domain of all workload identities (SPIFFE).
   *
   * @default cluster.local
   */
  trustDomain?: string;
  /**
   * What workloads take from others: `strict` refuses whoever is not in the mesh; `permissive` takes plaintext too, while live
   * services move in. Your own `PeerAuthentication` objects win over it for their namespace or workload. A mesh that other meshes
   * or tenants are in must be strict.
   *
   * @default strict
   */
  mtls?: MutualTls;
  /**
   * Which endpoints of a service its clients prefer. `near`: those of the client's zone while they answer, then other zones of the
   * region, then other regions, and other networks last; an endpoint that fails five requests in a row by 502, 503, 504 or by not
   * answering is left alone for 30 seconds and longer. A `DestinationRule` of your own takes the place of the mesh's for its host:
   * it needs an `outlierDetection` of its own, or clients of that host know no near and far. Refused in an ambient mesh, where each
   * Service or namespace says so by the annotation `networking.istio.io/traffic-distribution: PreferClose`.
   *
   * @default none: all endpoints alike
   */
  locality?: Locality;
  /**
   * What redirects the traffic of a pod with a sidecar. `init-container` needs `NET_ADMIN` in every such pod, which the Pod Security
   * Standards `baseline` and `restricted` refuse. `cni` puts istio-cni on every node of every member, behind the CNI plugin that is
   * there: pods then need no privilege and namespaces may enforce `restricted`, while istiod's own namespace is `privileged`. A
   * change reaches pods that are there when they restart. Pods of an ambient mesh without a sidecar are always redirected by istio-cni.
   *
   * @default init-container
   */
  injection?: Injection;
  /**
   * What the mesh tells of its traffic.
   *
   * @default metrics for scrapers inside the clusters
   */
  observability?: ObservabilityDescription;
  /**
   * Where istiod runs. Other than multi-primary only with the sidecar data plane.
   *
   * @default in every member
   */
  controlPlane?: ControlPlaneDescription;
  /** Member clusters: those whose pods are in the mesh. */
  clusters: Record<string, MemberDescription>;
  /**
   * Istio of its own, in place of the stack's `istio` as a whole.
   *
   * @default the stack's `istio`
   */
  istio?: IstioDescription;
  /**
   * Revision of `istio.revisions` that serves gateways and node agents, for all members. All revisions run; namespaces choose
   * between them with the label `istio.io/rev`, and those that do not by `istio.tags.default`.
   *
   * @default the only revision; required where there are several
   */
  revision?: string;
  /**
   * Revision of the node agents (cni, ztunnel) where it is not that of the gateways, such as while gateways move first.
   *
   * @default `revision`
   */
  agentRevision?: string;
  /** A root of its own. */
  trust?: TrustDescription;
  /**
   * Allows arrangements that Istio calls experimental.
   *
   * @default false
   */
  experimental?: boolean;
  /** Ingress gateways by name. */
  ingress?: Record<string, IngressDescription>;
  /** Extra chart values; keys that the plan owns are refused by name. */
  values?: ChartValues;
}

/**
 * Where istiod runs. A cluster that runs istiod for others gets an internal load balancer with chosen addresses (about USD 17 a
 * month and revision), and each cluster that it serves a relay: two small pods behind its Service `istiod`.
 */
export interface ControlPlaneDescription {
  /**
   * Only to be read: it must be what follows from `runsIn`.
   *
   * @default follows from `runsIn`
   */
  mode?: ControlPlaneMode;
  /**
   * Clusters that run istiod: all members (multi-primary), some (primary-remote), or only clusters that are no members
   * (external). One cluster may run the external istiods of several meshes, each in a namespace `external-istiod-<mesh>`.
   * The order is that of failover, and the account of the first one's VPC owns the mesh's private zone, which there is where
   * machines or tasks look istiod up: add others behind it.
   *
   * @default all members
   */
  runsIn?: string[];
  /**
   * With `external`: the member whose API server holds the mesh's Istio configuration, and whose name is istiod's cluster id.
   * Required there, refused elsewhere: every other istiod reads the cluster that it runs in.
   */
  configCluster?: string;
  /**
   * Numbers of the addresses of istiods that serve other clusters, by cluster and revision (`default` where there are none): the
   * number counts the usable addresses of a load-balancer subnet from 0.
   *
   * @default a hash of mesh, cluster and revision; say one only where two hashes are the same
   */
  addressNumbers?: Record<string, Record<string, number>>;
}

/** What one member cluster has of its own in a mesh. */
export interface MemberDescription {
  /**
   * Clusters of `runsIn` that serve this one, in the order of failover: its relay sends to the first whose istiod is healthy.
   * Refused where the cluster runs istiod itself.
   *
   * @default all of `runsIn`, in that order
   */
  servedBy?: string[];
  /**
   * Revision of `istio.revisions` that serves this cluster's gateways and node agents.
   *
   * @default the mesh's `revision`
   */
  revision?: string;
  /**
   * Revision of this cluster's node agents where it is not that of its gateways.
   *
   * @default the mesh's `agentRevision`, then `revision`
   */
  agentRevision?: string;
  /**
   * Extra chart values in this cluster, merged over the mesh's; those of a revision of `istio` win over both. Keys that the plan owns are
   * refused by name.
   */
  values?: ChartValues;
}

/** An ingress gateway: Envoy behind a network load balancer. About USD 17 a month and cluster. */
export interface IngressDescription {
  /** Clusters that get one. */
  clusters: string[];
  /**
   * Who can reach the gateway's load balancer.
   *
   * @default internal
   */
  exposure?: Exposure;
  /**
   * Client addresses let in, as CIDRs.
   *
   * @default the mesh's networks for `internal`, everyone for `internet`
   */
  allowFrom?: string[];
  /**
   * TCP ports by name: listeners of the load balancer, rules of its security group and ports of the Service. What each speaks your
   * `Gateway` objects say. Ports of the proxy's own (https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio)
   * are refused.
   *
   * @default { http: 80, https: 443 }
   */
  ports?: Record<string, number>;
  /** Extra values of chart `gateway` for these gateways; keys that the plan owns are refused by name. */
  values?: Record<string, any>;
}

/**
 * Extra overlays of what istiod makes from an ambient east-west gateway, merged over the plan's, containers by their names
 * (https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/#automated-deployment).
 */
export interface AmbientEastWestValues {
  /** Of the Deployment, whose only container is `istio-proxy`. */
  deployment?: Record<string, any>;
  /** Of the Service. */
  service?: Record<string, any>;
  /** Of the ServiceAccount. */
  serviceAccount?: Record<string, any>;
  /** Of the HorizontalPodAutoscaler. */
  horizontalPodAutoscaler?: Record<string, any>;
  /** Of the PodDisruptionBudget. */
  podDisruptionBudget?: Record<string, any>;
}

/** Extra Helm values per chart, merged over the plan's. */
export interface ChartValues {
  /** Chart `base`: CRDs. */
  base?: Record<string, any>;
  /** Chart `istiod`; `meshConfig` stands here. */
  istiod?: Record<string, any>;
  /** Chart `cni`: the node agent that redirects traffic. */
  cni?: Record<string, any>;
  /** Chart `ztunnel`: the node proxy of ambient. */
  ztunnel?: Record<string, any>;
  /** Chart `gateway`, for the east-west gateways of a sidecar mesh. */
  eastWest?: Record<string, any>;
  /** Of the east-west gateways of an ambient mesh, which no chart makes. */
  ambientEastWest?: AmbientEastWestValues;
}
