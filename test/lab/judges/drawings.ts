import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { PNG } from "pngjs";
import { renderSvg } from "../../../cli/drawing/svg";
import { planOf } from "../../cli/support";
import { read } from "../../cli/drawing/geometry";
import { checkPixels, pictureOf } from "../../cli/drawing/pixels";
import { patterns } from "../../support/topologies";
import { command } from "../machine/processes";

/** A program that makes pixels of an SVG. */
export interface Renderer {
  /** Its command, as Debian's package of it installs it. */
  readonly program: string;
  readonly render: (svg: string, png: string) => Promise<unknown>;
}

/** A window is that much higher than what a page in it shows, and no smaller than this. */
const frame = { width: 800, height: 300 };

/** Shows it as pages of GitHub do, as an image. */
async function screenshot(svg: string, png: string): Promise<unknown> {
  const { width, height } = read(fs.readFileSync(svg, "utf8"));
  const page = `${svg}.html`;
  const image = `<img src="${path.basename(svg)}" style="display: block">`;
  fs.writeFileSync(page, `<!doctype html><body style="margin: 0">${image}`);
  return command(
    "chromium",
    ...["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
    `--user-data-dir=${path.dirname(svg)}/profile`,
    `--window-size=${Math.max(width, frame.width)},${height + frame.height}`,
    `--screenshot=${png}`,
    pathToFileURL(page).href,
  );
}

/** https://manpages.debian.org/bookworm/librsvg2-bin/rsvg-convert.1.en.html and https://developer.chrome.com/docs/chromium/headless */
export const renderers = [
  { program: "rsvg-convert", render: (svg, png) => command("rsvg-convert", svg, "-o", png) },
  { program: "chromium", render: screenshot },
] as const satisfies readonly Renderer[];

/** What a renderer makes of a text. */
async function rendered({ render, program }: Renderer, work: string, name: string, svg: string) {
  const folder = path.join(work, `drawings-${program}`);
  fs.mkdirSync(folder, { recursive: true });
  const [file, png] = ["svg", "png"].map((ending) => path.join(folder, `${name}.${ending}`));
  fs.writeFileSync(file, svg);
  await render(file, png);
  const { data, width } = PNG.sync.read(fs.readFileSync(png));
  return pictureOf(data, width);
}

/** The drawing of every stack file has its boxes, text and lines where its coordinates say, in their colours. */
export async function demandDrawn(renderer: Renderer, work: string): Promise<void> {
  for (const [name, description] of Object.entries(patterns)) {
    const svg = renderSvg((await planOf(description)).report);
    checkPixels(svg, await rendered(renderer, work, name, svg));
  }
}

/** The same look finds what earlier drawings had: a colour that nobody sets, and text that leaves its box. */
export async function demandFaultsFound(renderer: Renderer, work: string): Promise<void> {
  const [[name, description]] = Object.entries(patterns);
  const svg = renderSvg((await planOf(description)).report);
  const faults = {
    unset: [svg.replace(/(data-box="cluster[^>]*fill=)"[^"]*"/, '$1"var(--paper)"'), /colour/],
    wide: [svg.replaceAll('font-size="12"', 'font-size="40"'), /leaves it|has another colour/],
  } as const;
  for (const [fault, [spoilt, says]] of Object.entries(faults)) {
    assert.notEqual(spoilt, svg, `${fault}: expected the drawing to be spoilt`);
    const picture = await rendered(renderer, work, `${name}-${fault}`, spoilt);
    assert.throws(() => checkPixels(spoilt, picture), says, `${renderer.program}: ${fault}`);
  }
}
