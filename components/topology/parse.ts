import type { TopologyArgs } from "./description";
import { normalise, type ParseContext } from "./normalise";
import type { Problem } from "./problem";
import { checkShape } from "./shapeProblems";
import type { Topology } from "./topology";

/**
 * Reads a description: the normalised topology, or every problem that its shape has. Never throws.
 *
 * @param description any JSON value
 */
export function parse(
  description: unknown,
  context: ParseContext,
): { topology?: Topology; problems: Problem[] } {
  const { filled, problems } = checkShape(description);
  if (!filled) return { problems };
  return { topology: normalise(description as TopologyArgs, filled, context), problems };
}
