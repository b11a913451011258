/** What the lines mean; boxes say by their titles what they are. */
import { FONT, MARGIN, textWidth } from "./measure";
import type { EdgeKind } from "./model";
import { EDGES } from "./palette";
import { path, text } from "./tags";

export const LEGEND_HEIGHT = 40;
const SAMPLE = 28;
const SPACE = 22;

function entryWidth(kind: EdgeKind): number {
  return SAMPLE + 6 + textWidth(EDGES[kind].means) + SPACE;
}

export function legendWidth(kinds: EdgeKind[]): number {
  return kinds.reduce((sum, kind) => sum + entryWidth(kind), 0);
}

export function drawLegend(kinds: EdgeKind[], top: number): string[] {
  let x = MARGIN;
  const y = top + 12;
  return kinds.flatMap((kind) => {
    const { stroke, width, means } = EDGES[kind];
    const line = [
      { x, y },
      { x: x + SAMPLE, y },
    ];
    const words = text({ x: x + SAMPLE + 6, y: y + FONT / 3 }, means, { fill: "#424a53" });
    x += entryWidth(kind);
    return [path(line, { stroke, width }), words];
  });
}
