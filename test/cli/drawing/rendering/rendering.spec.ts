import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { renderSvg } from "../../../../cli/drawing/svg";
import { installedAside } from "../../../support/aside";
import { planOf, subjects } from "../../support";
import { read } from "../geometry";
import { checkPixels, pictureOf } from "../pixels";

/** What is used of resvg (https://github.com/thx/resvg-js), which draws SVG without a browser and knows no style sheet. */
interface Resvg {
  render(): { width: number; height: number; pixels: Uint8Array };
}

describe("the drawing, rendered without a style sheet", function () {
  this.timeout(600_000);
  let folder: string;
  let render: (svg: string) => ReturnType<Resvg["render"]>;

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
    render = (svg) => new Resvg(svg, { font }).render();
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, description] of Object.entries(subjects))
    it(`has every box in its colour with its text inside, and lines in theirs: ${name}`, async () => {
      const svg = renderSvg((await planOf(description)).report);
      const drawn = read(svg);
      const { width, height, pixels } = render(svg);
      assert.deepEqual([width, height], [drawn.width, drawn.height]);
      checkPixels(svg, pictureOf(pixels, width));
    });

  it("is seen to be black where a colour is a variable that nobody sets", () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="var(--paper)"/></svg>';
    const { pixels, width } = render(svg);
    assert.equal(pictureOf(pixels, width).at(4, 4), "#000000");
  });
});
