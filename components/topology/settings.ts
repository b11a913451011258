import type { Istiod } from "./relations";
import type { Topology } from "./topology";

/** Values of chart `istiod` that a room needs of the istiods of its members: merged where the chart is installed; what it owns is refused of the user. */
export interface Setting {
  /** Why the chart's default is wrong, with the page or issue that says so. */
  why: string;
  /** Values that nobody else may set, by dotted path, and what to do instead. */
  owned: Record<string, string>;
  /** Whether an istiod needs it. */
  when(istiod: Istiod): boolean;
  /** Plain values, the same paths for every istiod. */
  values(istiod: Istiod, topology: Topology): Record<string, unknown>;
}
