/** Cross-room facts about Istio: which control plane and which gateway stands where. */
import type {
  ChartSource,
  ChartValues,
  DataPlane,
  Ingress,
  LoadBalancers,
  MeshPolicy,
} from "../topology";

/** Where charts come from. */
interface ChartsPlan {
  charts: { source: ChartSource; location?: string };
}

/** Where the charts and images of a mesh come from. */
export interface InstalledPlan extends ChartsPlan {
  /** Absent: the version's own. */
  hub?: string;
}

export interface IstioPlan {
  /** Clusters that get the Gateway API CRDs, with the newest Istio version that runs there. */
  gatewayApi: Record<string, ChartsPlan & { version: string }>;
  /** By mesh and cluster. */
  controlPlanes: Record<string, ControlPlanePlan>;
  /** Members without an istiod of their own, by mesh and cluster. */
  remotes: Record<string, RemotePlan>;
  /** East-west gateways by mesh and cluster. */
  eastWest: Record<string, EastWestGatewayPlan>;
  /** Tags by mesh, cluster and name. */
  tags: Record<string, TagPlan>;
  /** Ingress gateways by mesh, cluster and name. */
  ingress: Record<string, IngressGatewayPlan>;
  /** istiods that serve other clusters, by istiod key (mesh, cluster and `istiod` or `istiod-<revision>`). */
  addresses: Record<string, IstiodAddressPlan>;
  /** Their private names, by mesh. */
  zones: Record<string, PrivateZonePlan>;
  /** Values of chart `istiod` that only other rooms may set, by dotted path, and what a user does instead. */
  settled: Record<string, string>;
}

/** One mesh's control plane in one cluster. */
export interface ControlPlanePlan extends InstalledPlan, MeshPolicy {
  /** Mesh id. */
  mesh: string;
  /** Cluster that it runs in. */
  cluster: string;
  /** Istio's cluster id: the cluster that it reads its configuration from. Another one where istiod is external. */
  clusterId: string;
  /** Istio network of that cluster's pods. */
  network: string;
  /** Namespace of istiod, and the mesh's root namespace. */
  namespace: string;
  /** Trust domain of all identities that it signs. */
  trustDomain: string;
  /** Members that tell its named revisions their trust domain, and so stand before them. */
  toldBy: string[];
  /** How pods join the mesh. */
  dataPlane: DataPlane;
  /** The mesh has other clusters: their istiods' Secrets are read here. */
  multiCluster: boolean;
  /** The mesh spans networks: endpoints elsewhere are reached through gateways. */
  multiNetwork: boolean;
  /** Meshes that this one exchanges services with, whose roots it accepts, by their trust domains. */
  peers: Record<string, string>;
  /** Roots of those that are not of the description, as PEM. */
  peerRoots: Record<string, string>;
  /** An ingress gateway of the mesh stands in the cluster. */
  hasIngress: boolean;
  /** Serves clusters without an istiod of their own. */
  servesRemotes: boolean;
  /** Runs in none of the clusters that it serves: its configuration is in another one. */
  external: boolean;
  /** Version of the CRDs: the newest that runs here. */
  version: string;
  /** Control planes side by side, one for each revision. */
  istiods: IstiodPlan[];
  /** Revision that serves node agents; absent: the one without a name. */
  revision?: string;
  /** Version of cni and ztunnel: never newer than the control plane that serves them. */
  agentVersion: string;
  /** Who registers istiod's pods with its load balancer. */
  loadBalancers: LoadBalancers;
  /** The user's extra chart values. */
  values: ChartValues;
}

/** One istiod of a control plane. */
export interface IstiodPlan {
  /** Revision name; absent: the only one, which has none. */
  revision?: string;
  /** Istio version. */
  version: string;
  /**
   * Extra values of chart `istiod` for this revision, over those of the control plane.
   *
   * @default none
   */
  values?: Record<string, any>;
  /** Private DNS name that clients elsewhere know it by; absent where it serves only its own cluster. */
  host?: string;
  /**
   * Values of chart `istiod` that other rooms need of it, such as those of the token refresher.
   *
   * @default none
   */
  neededValues?: Record<string, any>;
}

/** A member of a mesh whose pods an istiod elsewhere injects, configures and certifies. */
export interface RemotePlan extends InstalledPlan, MeshPolicy {
  /** Mesh id. */
  mesh: string;
  /** The cluster, and its Istio cluster id. */
  cluster: string;
  /** Istio network of its pods. */
  network: string;
  /** Namespace of the relays, the mesh's root namespace. */
  namespace: string;
  /** Trust domain of the identities of its pods. */
  trustDomain: string;
  /** How pods join the mesh. */
  dataPlane: DataPlane;
  /** The external istiod reads the mesh's configuration here. */
  holdsConfiguration: boolean;
  /** Clusters that run the istiods that serve it, in the order of failover. */
  servers: string[];
  /** Istio's cluster ids of the istiods that serve it: they write its `istio-ca-root-cert`. Empty where it holds the configuration. */
  controlPlaneClusters: string[];
  /** Who registers pods with load balancers there. */
  loadBalancers: LoadBalancers;
  /** What its relays have of istiod's pods. */
  relay: RelayPlan;
  /** Version of the CRDs: the newest that serves it. */
  version: string;
  /** Version of the node agents. */
  agentVersion: string;
  /** What serves it. */
  revisions: ServedRevisionPlan[];
  /** The user's extra chart values. */
  values: ChartValues;
}

/** What a relay has of the pods of the istiod that it stands in for. */
export interface RelayPlan {
  /** Absent: that of the cluster. */
  priorityClassName?: string;
  /** Names of Secrets by which its image is pulled. */
  imagePullSecrets: string[];
}

/** One revision of the control plane, as a remote sees it. */
export interface ServedRevisionPlan {
  /** Revision name; absent: the only one, which has none. */
  revision?: string;
  /** Istio version. */
  version: string;
  /** The user's own of chart `istiod` for this revision. */
  values?: Record<string, any>;
  /** Addresses of its istiods' load balancers, one list per istiod in the order of failover. */
  backends: string[][];
}

/** A tag in a member, and the revision that it points to. */
export interface TagPlan {
  /** Mesh id. */
  mesh: string;
  /** Cluster that its objects stand in. */
  cluster: string;
  tag: string;
  revision: string;
  /** Namespace of istiod, or of the relays. */
  namespace: string;
  /** Path by which istiod knows a cluster that it serves from elsewhere; absent where it runs there. */
  injectionPath?: string;
  runsIstiod: boolean;
  /** Istio's configuration is read there. */
  holdsConfiguration: boolean;
  /** The user's own of chart `istiod`. */
  values?: Record<string, any>;
}

/** What a gateway's load balancer is to be. */
export interface GatewayBalancerPlan {
  /** Who makes load balancers in the cluster. */
  loadBalancers: LoadBalancers;
  /** Nobody can delete it. */
  deletionProtection: boolean;
  /** Tags that are asked for with it; those of the controller that is installed here come by itself. */
  tags: Record<string, string>;
}

/** The gateway through which other networks of a mesh reach a cluster. */
export interface EastWestGatewayPlan extends GatewayBalancerPlan, ChartsPlan {
  /** Mesh id. */
  mesh: string;
  /** Cluster that it stands in. */
  cluster: string;
  /** Network that it leads into. */
  network: string;
  /** Namespace of the gateway. */
  namespace: string;
  /** Istio's configuration is read here: the object that opens the gateways of the mesh goes into this cluster. */
  holdsConfiguration: boolean;
  /** Decides the protocol: Istio mTLS on 15443, or HBONE on 15008. */
  dataPlane: DataPlane;
  /** Istio version of the chart. */
  version: string;
  /** Revision of the control plane that serves it; absent: the one without a name. */
  revision?: string;
  /** The user's extra chart values. */
  values: ChartValues;
}

/** A gateway through which clients outside the mesh come in. */
export interface IngressGatewayPlan
  extends GatewayBalancerPlan, ChartsPlan, Omit<Ingress, "clusters" | "allowFrom"> {
  /** Name in the description. */
  name: string;
  /** Mesh id. */
  mesh: string;
  /** Cluster that it stands in. */
  cluster: string;
  /** Namespace of the gateway, its own. */
  namespace: string;
  /** Istio version of the chart. */
  version: string;
  /** Revision of the control plane that serves it; absent: the one without a name. */
  revision?: string;
}

/** Where an istiod that serves other clusters is reached: chosen, so that nothing has to be read back. */
export interface IstiodAddressPlan {
  mesh: string;
  /** Cluster that it runs in. */
  cluster: string;
  /** Absent: the one without a name. */
  revision?: string;
  vpc: string;
  provider: string;
  /** Physical name of the load balancer. */
  loadBalancerName: string;
  /** Private DNS name. */
  host: string;
  /** Private address of the load balancer in each load-balancer subnet, in the subnets' order. */
  addresses: string[];
  /** Name in EKS of the cluster that it runs in; absent where that is not known. */
  targetCluster?: string;
  /** Nobody can delete the load balancer. */
  deletionProtection: boolean;
}

/** The private names of a mesh's istiods. */
export interface PrivateZonePlan {
  /** Name of the zone. */
  name: string;
  /** First VPC that resolves it, of the account that owns the zone. */
  owner: ZoneVpcPlan;
  /** Other VPCs that resolve it. */
  joined: (ZoneVpcPlan & { isForeign: boolean })[];
  /** Addresses by full name. */
  records: Record<string, string[]>;
}

/** A VPC that resolves private names. */
export interface ZoneVpcPlan {
  vpc: string;
  provider: string;
  region: string;
}
