/** Cross-room facts about Istio: which control plane and which gateway stands where. */
import type { ChartSource, ChartValuesArgs, Compute, DataPlane, Exposure } from "../topology";

export interface IstioPlan {
  charts: { source: ChartSource; location?: string };
  hub?: string;
  refresherImage?: string;
  /** Clusters that get the Gateway API CRDs, with the newest Istio version that runs there. */
  gatewayApi: Record<string, { version: string }>;
  /** By mesh and cluster. */
  controlPlanes: Record<string, ControlPlanePlan>;
  /** East-west gateways by mesh and cluster. */
  eastWest: Record<string, EastWestGatewayPlan>;
  /** Ingress gateways by mesh, name and cluster. */
  ingress: Record<string, IngressGatewayPlan>;
}

export interface ControlPlanePlan {
  mesh: string;
  /** Cluster that it runs in, and its Istio cluster id. */
  cluster: string;
  network: string;
  namespace: string;
  trustDomain: string;
  dataPlane: DataPlane;
  /** The mesh has other clusters: their istiods' Secrets are read here. */
  multiCluster: boolean;
  /** The mesh spans networks: endpoints elsewhere are reached through gateways. */
  multiNetwork: boolean;
  /** Version of CRDs and of the node agents' newest control plane. */
  baseVersion: string;
  /** Control planes side by side; the first is the default one, revision "". */
  istiods: IstiodPlan[];
  /** Revision that serves gateways and node agents. */
  revision: string;
  /** Version of cni, ztunnel and gateways: never newer than the control plane that serves them. */
  agentVersion: string;
  /** Something is watched by `eks-identity`: the token refresher runs beside istiod. */
  refreshesTokens: boolean;
  values: ChartValuesArgs;
}

export interface IstiodPlan {
  revision: string;
  version: string;
  tags: string[];
}

export interface EastWestGatewayPlan {
  mesh: string;
  cluster: string;
  network: string;
  namespace: string;
  dataPlane: DataPlane;
  version: string;
  revision: string;
  loadBalancers: Compute;
  values: ChartValuesArgs;
}

export interface IngressGatewayPlan {
  name: string;
  mesh: string;
  cluster: string;
  namespace: string;
  version: string;
  revision: string;
  exposure: Exposure;
  loadBalancers: Compute;
  values: ChartValuesArgs;
}
