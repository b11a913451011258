/** A promise of this project's, as a rule about the resources of any stack. */
import type { Problem } from "../components/topology/problem";

/** Stands where a value is known only after deployment: the rules look again when it is, in `up`. */
export const UNKNOWN = "<unknown>";

/** What a rule sees of a resource. */
export interface Resource {
  type: string;
  name: string;
  urn: string;
  protect: boolean;
  /** URN of its provider; absent for the default one. */
  provider?: string;
  /** Plain values; `UNKNOWN` where the engine does not know one yet. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- they are of every type
  inputs: Record<string, any>;
}

/** What is wrong, and with which resource. */
export interface Violation {
  urn: string;
  problem: Problem;
}

interface Told {
  /** Also the key of its settings in a policy pack's configuration. */
  name: string;
  summary: string;
  why: string;
  /** Refuses, only says so, or has to be turned on. */
  level: "mandatory" | "advisory" | "disabled";
}

/** About one resource: it is asked before the engine makes it. */
export interface ResourceRule extends Told {
  check: (resource: Resource) => Problem[];
}

/** About resources together: it is asked once all are registered. */
export interface StackRule extends Told {
  checkStack: (resources: Resource[]) => Violation[];
}

export type Rule = ResourceRule | StackRule;

/** Whether a resource stands inside a component of this package. */
export function isIn({ urn }: Resource, component: string): boolean {
  return urn.includes(`istio-patterns:index:${component}$`);
}

/** A list, or no element where there is none or it is not known. */
export function listOf<T>(value: unknown): T[] {
  return Array.isArray(value) ? value : [];
}

/** Whether a yes is said: providers write it as text here and there. Not known counts as yes. */
export function isYes(value: unknown): boolean {
  return value === true || value === "true" || value === UNKNOWN;
}
