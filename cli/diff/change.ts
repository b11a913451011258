/** What becomes of a resource between two plans. */
import type { OwnerReport, Room } from "../report/resource";
import type { Effect } from "./replacements";

export const Fate = {
  Added: "added",
  Changed: "changed",
  Replaced: "replaced",
  Removed: "removed",
} as const;
export type Fate = (typeof Fate)[keyof typeof Fate];

export interface Change {
  urn: string;
  type: string;
  name: string;
  room: Room;
  /** VPC or cluster that it belongs to; absent for what stands between them. */
  owner?: OwnerReport;
  fate: Fate;
  /** Inputs that change; of what is added or removed, none are listed. */
  inputs: InputChange[];
  /** Resources that are replaced, so that it changes or is replaced too, by their types and names. */
  follows: string[];
  /** The engine refuses to replace or remove it until `protect: false` has been deployed. */
  protected: boolean;
  /** It stays in the cloud though it leaves the stack. */
  retained: boolean;
  /** Why it is dangerous. */
  danger?: string;
}

export interface InputChange {
  path: string;
  /** Absent where there was nothing. A secret is `[secret]`. */
  before?: unknown;
  /** Absent where there will be nothing. */
  after?: unknown;
  /** What the change does to the resource; `unknown` where the table of replacements does not say. */
  effect: Effect;
}
