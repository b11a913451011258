/** A drawing as SVG, with its colours inline: what shows it need know no style sheet, variable or font. */
import { headline } from "../report/words";
import type { Report } from "../report/report";
import { arrange } from "./arrange";
import { hubBoxes, networkGroups } from "./boxes";
import { edgesOf } from "./edges";
import { lanesOf } from "./lanes";
import { drawLegend, LEGEND_HEIGHT, legendWidth } from "./legend";
import { FONT, LINE, MARGIN, PAD, textWidth } from "./measure";
import { COLOURS, EDGES } from "./palette";
import type { Drawing } from "./model";
import { place } from "./place";
import type { Placed } from "./place";
import { routeEdges } from "./route";
import type { Point, Routed } from "./route";
import { escaped, path, rectangle, text } from "./tags";

/** Room for the title. */
const TOP = 64;
const TITLE = 18;

export function drawingOf(report: Report): Drawing {
  return {
    title: report.name,
    subtitle: headline(report),
    networks: networkGroups(report),
    hubs: hubBoxes(report),
    edges: edgesOf(report),
  };
}

export function renderSvg(report: Report): string {
  const drawing = drawingOf(report);
  const rows = arrange(drawing);
  const lanes = lanesOf(drawing, rows);
  const places = place(drawing, rows, lanes, TOP);
  const routed = routeEdges(drawing, places, lanes);
  const kinds = [...new Set(drawing.edges.map(({ kind }) => kind))];
  const width =
    MARGIN +
    Math.max(
      ...[places.size.width, MARGIN + legendWidth(kinds)],
      MARGIN + textWidth(drawing.subtitle),
    );
  const height = places.size.height + LEGEND_HEIGHT + MARGIN;
  const isHolder = ({ box }: Placed) => COLOURS[box.kind].holds === true;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="${FONT}" role="img">`,
    `<title>${escaped(`${drawing.title}: ${drawing.subtitle}`)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text({ x: MARGIN, y: 30 }, drawing.title, { size: TITLE, bold: true }),
    text({ x: MARGIN, y: 48 }, drawing.subtitle, { fill: "#57606a" }),
    ...places.boxes.filter(isHolder).flatMap(drawBox),
    ...routed.flatMap(drawEdge),
    ...places.boxes.filter((placed) => !isHolder(placed)).flatMap(drawBox),
    ...drawLegend(kinds, places.size.height + MARGIN),
    "</svg>",
    "",
  ].join("\n");
}

function drawBox({ box, rect }: Placed): string[] {
  const { fill, stroke } = COLOURS[box.kind];
  const at = (line: number) => ({ x: rect.x + PAD, y: rect.y + PAD + LINE * line + FONT - 1 });
  return [
    rectangle(rect, { fill, stroke, id: box.id }),
    text(at(0), box.title, { bold: true }),
    ...box.lines.map((line, index) => text(at(index + 1), line, { fill: "#424a53" })),
  ];
}

function drawEdge({ edge, points }: Routed): string[] {
  const { stroke, width } = EDGES[edge.kind];
  const ends = { from: [points[1]!, points[0]!], to: [points.at(-2)!, points.at(-1)!] } as const;
  return [
    path(points, { stroke, width, from: edge.from, to: edge.to }),
    ...edge.arrows.map((end) => arrowhead(...ends[end], stroke)),
  ];
}

const ARROW = 7;

/** Its tip on the box. */
function arrowhead(before: Point, tip: Point, fill: string): string {
  const [dx, dy] = [Math.sign(tip.x - before.x), Math.sign(tip.y - before.y)];
  const back = { x: tip.x - dx * ARROW, y: tip.y - dy * ARROW };
  const half = ARROW / 2;
  const corners = [
    tip,
    { x: back.x + dy * half, y: back.y + dx * half },
    { x: back.x - dy * half, y: back.y - dx * half },
  ];
  return `<polygon points="${corners.map(({ x, y }) => `${x},${y}`).join(" ")}" fill="${fill}"/>`;
}
