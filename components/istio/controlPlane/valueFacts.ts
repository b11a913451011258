import type { ChartValues, DataPlane, MeshPolicy } from "../../topology";
import type { IstiodPlan } from "../facts";

/** What the charts' values depend on, with opaque leaves: placed, never read. */
export interface ControlPlaneFacts extends MeshPolicy {
  mesh: unknown;
  clusterId: unknown;
  network?: unknown;
  namespace: unknown;
  trustDomain: unknown;
  /** Root certificates as base64 of the exact bytes of `root-cert.pem`; absent: istiod writes its own. */
  caBundle?: unknown;
  /** Digest of the same bytes; absent likewise. */
  rootsDigest?: unknown;
  /** Registry of Istio's images; absent: the version's own. */
  hub?: unknown;
  dataPlane: DataPlane;
  multiCluster: boolean;
  multiNetwork: boolean;
  /** Roots of other meshes whose certificates are accepted, by trust domain. */
  peers: Record<string, unknown>;
  /** Ingress gateways stand in the cluster. */
  hasIngress: boolean;
  revision?: string;
  agentVersion: string;
  servesRemotes: boolean;
  /** Its istiods have revisions: what validates for no revision is then a tag's. */
  hasRevisions: boolean;
  external: boolean;
  /** The user's own. */
  values?: ChartValues;
}

/** What chart `cni` depends on. */
export type AgentFacts = Pick<ControlPlaneFacts, "dataPlane" | "agentVersion" | "hub" | "values">;

/** What chart `ztunnel` depends on. */
export type ZtunnelFacts = AgentFacts &
  Pick<ControlPlaneFacts, "clusterId" | "network" | "trustDomain" | "revision" | "observability">;

export interface IstiodFacts extends ControlPlaneFacts {
  istiod: IstiodPlan;
}
