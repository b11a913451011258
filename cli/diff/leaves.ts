/** How far two values differ. */
import { pathsTo } from "../../engine/graph";
import type { Values } from "../../engine";

/** Number of leaves that one of them has and the other has not, or has otherwise. */
export function leavesThatDiffer(before: Values, after: Values): number {
  const [old, now] = [before, after].map(
    (values) => new Map(pathsTo(values).map(([path, leaf]) => [path, JSON.stringify(leaf)])),
  );
  const paths = new Set([...old!.keys(), ...now!.keys()]);
  return [...paths].filter((path) => old!.get(path) !== now!.get(path)).length;
}
