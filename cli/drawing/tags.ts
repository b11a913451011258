/** Elements of SVG. */
import type { Rect } from "./place";
import type { Point } from "./route";

export function escaped(value: string): string {
  return value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export function text(
  { x, y }: Point,
  value: string,
  { fill = "#1f2328", bold = false, size }: { fill?: string; bold?: boolean; size?: number } = {},
): string {
  const more = `${bold ? ' font-weight="bold"' : ""}${size ? ` font-size="${size}"` : ""}`;
  return `<text x="${x}" y="${y}" fill="${fill}"${more}>${escaped(value)}</text>`;
}

export function rectangle(
  { x, y, width, height }: Rect,
  { fill, stroke, id }: { fill: string; stroke: string; id?: string },
): string {
  const data = id === undefined ? "" : ` data-box="${escaped(id)}"`;
  const place = `x="${x}" y="${y}" width="${width}" height="${height}"`;
  return `<rect${data} ${place} rx="5" fill="${fill}" stroke="${stroke}"/>`;
}

export function path(
  points: Point[],
  { stroke, width, from, to }: { stroke: string; width: number; from?: string; to?: string },
): string {
  const data =
    from === undefined ? "" : ` data-from="${escaped(from)}" data-to="${escaped(to ?? "")}"`;
  const way = points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join(" ");
  return `<path${data} d="${way}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;
}
