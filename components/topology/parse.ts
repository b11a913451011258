import type { ParseContext } from "./context";
import type { TopologyDescription } from "./description";
import { normalise } from "./normalise";
import { checkPeers } from "./peerShape";
import type { Problem } from "./problem";
import { checkShape } from "./shapeProblems";
import { sorted } from "./sorted";
import type { Topology } from "./topology";

/**
 * Reads a description: the normalised topology, and every problem that its shape has. Never throws.
 *
 * With unknown keys alone there are both: they are read as what they were probably meant to be, so that all the rest can be checked.
 *
 * @param description any JSON value; the order of its keys means nothing
 */
export function parse(
  description: unknown,
  context: ParseContext,
): { topology?: Topology; problems: Problem[] } {
  const { read, problems } = checkShape(sorted(description));
  const published = checkPeers(context.peers ?? {});
  if (!read || published.problems.length > 0)
    return { problems: [...problems, ...published.problems] };
  const mended = read.description as TopologyDescription;
  return { topology: normalise(mended, read.filled, context, published.peers), problems };
}
