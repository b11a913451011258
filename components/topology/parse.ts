import type { ParseContext } from "./context";
import type { TopologyDescription } from "./description";
import { normalise } from "./normalise";
import { checkPeers } from "./peerShape";
import type { Problem } from "./problem";
import { checkShape } from "./shapeProblems";
import { sorted } from "./sorted";
import type { Topology } from "./topology";

/**
 * Reads a description: the normalised topology, or every problem that its shape has. Never throws.
 *
 * @param description any JSON value; the order of its keys means nothing
 */
export function parse(
  description: unknown,
  context: ParseContext,
): { topology?: Topology; problems: Problem[] } {
  const ordered = sorted(description);
  const { filled, problems } = checkShape(ordered);
  const read = checkPeers(context.peers ?? {});
  if (!filled || read.problems.length > 0) return { problems: [...problems, ...read.problems] };
  return {
    topology: normalise(ordered as TopologyDescription, filled, context, read.peers),
    problems,
  };
}
