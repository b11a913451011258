/** Cross-room facts about certificates. */

export interface TrustPlan {
  /** Roots by key: the trust's, and the root's own name where it is not the default one. */
  roots: Record<string, RootPlan>;
  /** Key of the root that signs for each mesh. */
  rootOf: Record<string, string>;
  /** One per control plane (mesh and cluster). */
  intermediates: Record<string, IntermediatePlan>;
}

export interface RootPlan {
  commonName: string;
  /** Config key of the provided root; absent: it is generated. */
  secret?: string;
}

export interface IntermediatePlan {
  mesh: string;
  cluster: string;
  root: string;
  commonName: string;
}
