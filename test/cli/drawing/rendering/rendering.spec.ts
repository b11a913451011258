import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { COLOURS } from "../../../../cli/drawing/palette";
import { renderSvg } from "../../../../cli/drawing/svg";
import type { BoxKind } from "../../../../cli/drawing/model";
import { installedAside } from "../../../support/aside";
import { planOf, subjects } from "../../support";
import { read } from "../geometry";
import type { Drawn } from "../geometry";

/** What is used of resvg (https://github.com/thx/resvg-js), which draws SVG without a browser and knows no style sheet. */
interface Resvg {
  render(): { width: number; height: number; pixels: Uint8Array };
}

interface Picture {
  width: number;
  height: number;
  /** `#rrggbb` of a pixel. */
  at(x: number, y: number): string;
}

const hex = (bytes: Uint8Array) => `#${Buffer.from(bytes).toString("hex")}`;

/** Boxes with the fill that their kind has, by the first part of their ids. */
function fillOf(id: string): string {
  const kind = id.split("/")[0] as BoxKind;
  return COLOURS[kind].fill;
}

/** Rows of a box in which some pixel beside its edges is dark: its text. */
function textIn({ at }: Picture, { x, y, width, height }: Drawn["boxes"][number]): number {
  let rows = 0;
  for (let row = y + 2; row < y + height - 2; row++) {
    const pixels = Array.from({ length: width - 4 }, (_, column) => at(x + 2 + column, row));
    if (pixels.some((pixel) => Number.parseInt(pixel.slice(1, 3), 16) < 0x80)) rows++;
  }
  return rows;
}

describe("the drawing, rendered without a style sheet", function () {
  this.timeout(600_000);
  let folder: string;
  let render: (svg: string) => Picture;

  before(async () => {
    folder = await installedAside(__dirname);
    const load = createRequire(join(folder, "package.json"));
    const { Resvg } = load("@resvg/resvg-js") as {
      Resvg: new (svg: string, options: object) => Resvg;
    };
    const files = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];
    const font = {
      loadSystemFonts: false,
      fontFiles: files.map((file) => load.resolve(`dejavu-fonts-ttf/ttf/${file}`)),
      sansSerifFamily: "DejaVu Sans",
    };
    render = (svg) => {
      const { width, height, pixels } = new Resvg(svg, { font }).render();
      const at = (x: number, y: number) =>
        hex(pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 3));
      return { width, height, at };
    };
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, description] of Object.entries(subjects))
    it(`has every box in its colour with its text inside, and lines in theirs: ${name}`, async () => {
      const svg = renderSvg((await planOf(description)).report);
      const drawn = read(svg);
      const picture = render(svg);
      assert.deepEqual([picture.width, picture.height], [drawn.width, drawn.height]);
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
      assert.deepEqual(
        drawn.lines.filter((line) => !isSeen(picture, line)).map(({ from, to }) => [from, to]),
        [],
      );
    });

  it("is seen to be black where a colour is a variable that nobody sets", () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="var(--paper)"/></svg>';
    assert.equal(render(svg).at(4, 4), "#000000");
  });
});

type Box = Drawn["boxes"][number];

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
