/** Cross-room facts about certificates. */
import type { RootSource } from "../topology";

export interface TrustPlan {
  /** Roots by key: `shared`, or the mesh that has its own. */
  roots: Record<string, RootPlan>;
  /** Root key of each mesh. */
  rootOf: Record<string, string>;
  /** One per control plane (mesh and cluster). */
  intermediates: Record<string, IntermediatePlan>;
}

export interface RootPlan {
  commonName: string;
  source: RootSource;
  /** Config key of the provided root. */
  secret?: string;
}

export interface IntermediatePlan {
  mesh: string;
  cluster: string;
  root: string;
  commonName: string;
}
