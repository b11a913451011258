/** What a rendered drawing must show: read from its pixels, as who looks at it does. */
import assert from "node:assert/strict";
import { COLOURS } from "../../../cli/drawing/palette";
import type { BoxKind } from "../../../cli/drawing/model";
import { read } from "./geometry";
import type { Drawn } from "./geometry";

type Box = Drawn["boxes"][number];

export interface Picture {
  /** `#rrggbb` of a pixel. */
  at(x: number, y: number): string;
}

/** Of four bytes a pixel, in rows. */
export function pictureOf(pixels: Uint8Array, width: number): Picture {
  const bytes = (x: number, y: number) =>
    pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 3);
  return { at: (x, y) => `#${Buffer.from(bytes(x, y)).toString("hex")}` };
}

/** Every box is there in its colour with its text inside, and every line in its own. */
export function checkPixels(svg: string, picture: Picture): void {
  const drawn = read(svg);
  assert.equal(picture.at(1, 1), "#ffffff");
  for (const box of drawn.boxes) {
    const { id, x, y, width, height } = box;
    assert.equal(picture.at(x + 4, y + 4), fillOf(id), `${id} has another colour`);
    assert.ok(textIn(picture, box) >= 8, `${id} has no text`);
    // Between text and edge nothing is drawn but lines that come in, so text ends before.
    const isHolder = drawn.boxes.some((one) => one !== box && isIn(one, box));
    if (isHolder) continue;
    for (let row = y + 2; row < y + height - 2; row++)
      assert.equal(picture.at(x + width - 3, row), fillOf(id), `text of ${id} leaves it`);
  }
  const unseen = drawn.lines.filter((line) => !isSeen(picture, line));
  assert.deepEqual(
    unseen.map(({ from, to }) => [from, to]),
    [],
  );
}

/** Boxes with the fill that their kind has, by the first part of their ids. */
function fillOf(id: string): string {
  const kind = id.split("/")[0] as BoxKind;
  return COLOURS[kind].fill;
}

/** Rows of a box in which some pixel beside its edges is dark: its text. */
function textIn({ at }: Picture, { x, y, width, height }: Box): number {
  let rows = 0;
  for (let row = y + 2; row < y + height - 2; row++) {
    const pixels = Array.from({ length: width - 4 }, (_, column) => at(x + 2 + column, row));
    if (pixels.some((pixel) => Number.parseInt(pixel.slice(1, 3), 16) < 0x80)) rows++;
  }
  return rows;
}

function isIn(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

/** Somewhere on its way a line has its own colour: others may cross it. */
function isSeen(picture: Picture, { points, stroke }: Drawn["lines"][number]): boolean {
  return points.slice(1).some((point, index) => {
    const before = points[index]!;
    const steps = Math.max(Math.abs(point.x - before.x), Math.abs(point.y - before.y));
    return Array.from({ length: Math.floor(steps) }, (_step, step) => {
      const part = step / steps;
      const x = Math.floor(before.x + (point.x - before.x) * part);
      const y = Math.floor(before.y + (point.y - before.y) * part);
      return picture.at(x, y);
    }).includes(stroke);
  });
}
