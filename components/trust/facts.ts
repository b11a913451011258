/** Cross-room facts about certificates. */

export interface TrustPlan {
  /** Roots by key: the trust's, and the root's own name where it is not the default one. */
  roots: Record<string, RootPlan>;
  /** Keys of the roots that each mesh accepts, in the order of its bundle: the one that signs is the first. */
  rootsOf: Record<string, string[]>;
  /** One per control plane (mesh and cluster). */
  intermediates: Record<string, IntermediatePlan>;
}

export interface RootPlan {
  commonName: string;
  /** Config key of the provided root; absent: it is generated. */
  secret?: string;
  /** Whether intermediates stand below it; one that is accepted beside it may go. */
  signs: boolean;
}

export interface IntermediatePlan {
  mesh: string;
  cluster: string;
  /** Key of the root that signs it. */
  root: string;
  /** What it is called after the topology: another one for each root, since it gets a key of its own. */
  name: string;
  commonName: string;
}
