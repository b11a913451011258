/** A policy of admission, and what its expressions are made of. */
import type { TenantGuardPlan } from "../facts";

/** What the policies depend on. */
export type GuardFacts = Omit<TenantGuardPlan, "mesh" | "cluster">;

/** A check, in CEL, and what whoever fails it is told. */
export interface Validation {
  expression: string;
  message: string;
}

/** One policy: what it is asked about, and what must hold. */
export interface Policy {
  name: string;
  rules: { apiGroups: string[]; resources: string[]; operations?: string[] }[];
  /** It is asked whosever namespace it is, and not in tenants' alone. */
  everywhere?: boolean;
  variables?: Record<string, string>;
  validations(facts: GuardFacts): Validation[];
}

/** A list in CEL. */
export const list = (texts: readonly string[]) =>
  `[${texts.map((text) => `'${text}'`).join(", ")}]`;

export const annotation = (key: string) => `namespaceObject.metadata.annotations['${key}']`;

export const without = (map: string, key: string) => `!has(${map}) || !('${key}' in ${map})`;

export const NETWORK = "topology.istio.io/network";
