/** The topology as one looks at it: networks hold VPCs hold clusters hold what Istio runs there. */
import type { NetworkReport, Report, VpcReport } from "../report/report";
import { vpcKind } from "../report/things";
import { folded, thingsIn, titleOf } from "./contents";
import type { Thing } from "./contents";
import { beside, box, rowsOf, widthOf, WIDTH, wrap } from "./layout";
import type { Block } from "./layout";

const GAP = "       ";
const BRIDGE = " ◄───► ";
const MARGIN = " ";
/** Columns of the frame of a network. */
const FRAME = 4;

/** How much room a picture takes. */
export interface Look {
  /** Things of a VPC that are alike are one. @default each for itself */
  folds?: boolean;
  /** They are rows of text. @default boxes */
  rows?: boolean;
}

/** Networks side by side where they fit; neighbours that are joined show it. */
export function drawPicture(report: Report, width = WIDTH, look: Look = {}): Block {
  const networks = report.networks.map((network) => drawNetwork(report, network, width, look));
  const rows = rowsOf(networks.map(widthOf), width - MARGIN.length, GAP.length);
  return rows.flatMap((row) => {
    const bridges = row.map((index) =>
      joined(report, index, index + 1) && row.includes(index + 1) ? BRIDGE : undefined,
    );
    const blocks = row.map((index) => networks[index]!);
    return beside(evenHeights(blocks), GAP, bridges).map((line) => MARGIN + line);
  });
}

function drawNetwork(report: Report, network: NetworkReport, width: number, look: Look): Block {
  const vpcs = network.vpcs.map((vpc) => drawVpc(report, vpc, width, look));
  return box(`network ${network.name}`, vpcs.flat());
}

function drawVpc(report: Report, vpc: VpcReport, width: number, look: Look): Block {
  const { folds = false, rows = false } = look;
  const all = thingsIn(report, vpc);
  const things = folds ? folded(all) : all;
  const heading = [`VPC ${vpc.cidrs.join(", ")} · ${vpc.region}`, vpcKind(vpc)];
  if (rows) return asRows([heading.join(" · ")], things, width - MARGIN.length - FRAME);
  return [...heading, ...asBoxes(things, width - MARGIN.length - 2 * FRAME)];
}

function asBoxes(things: Thing[], width: number): Block {
  const blocks = things.map((thing) => box(titleOf(thing), thing.says));
  const rows = rowsOf(blocks.map(widthOf), width, 1);
  return rows.flatMap((row) => beside(evenHeights(row.map((index) => blocks[index]!)), " "));
}

/** Further lines of one stand below its first, a little to the right. */
function asRows(heading: string[], things: Thing[], width: number): Block {
  const texts = things.map((thing) => `${titleOf(thing)}: ${thing.says.join(" · ")}`);
  return [...heading, ...texts].flatMap((text) =>
    wrap(text, width - 2).map((line, index) => (index === 0 ? line : `  ${line}`)),
  );
}

/** Whether two networks, by their place in the report, have VPCs that are joined, and something to say to each other. */
function joined(report: Report, a: number, b: number): boolean {
  const [one, other] = [report.networks[a], report.networks[b]];
  if (!one || !other) return false;
  const holds = (between: string[], { vpcs }: NetworkReport) =>
    vpcs.some(({ id }) => between.includes(id));
  const areLinked = report.links.some(
    ({ between }) => holds(between, one) && holds(between, other),
  );
  return areLinked && areRelated(report, one, other);
}

/** All VPCs at one transit gateway are joined, also those whose meshes have nothing to do with each other. */
function areRelated(report: Report, one: NetworkReport, other: NetworkReport): boolean {
  const [ours, theirs] = [meshesIn(report, one), meshesIn(report, other)];
  if (ours.length === 0 || theirs.length === 0) return true;
  const exchange = (from: string, to: string) =>
    report.exports.some((each) => each.from === from && each.to === to);
  return ours.some((mesh) =>
    theirs.some((their) => mesh === their || exchange(mesh, their) || exchange(their, mesh)),
  );
}

/** Meshes that have a member or an istiod in a network. */
function meshesIn({ clusters, machines, tasks }: Report, { vpcs }: NetworkReport): string[] {
  const isHere = ({ vpc }: { vpc: string }) => vpcs.some(({ id }) => id === vpc);
  const ofClusters = clusters
    .filter(isHere)
    .flatMap(({ controlPlanes, served }) => [...controlPlanes, ...served]);
  const all = [...ofClusters, ...machines.filter(isHere), ...tasks.filter(isHere)];
  return all.map(({ mesh }) => mesh);
}

/** Boxes of one row end together. */
function evenHeights(blocks: Block[]): Block[] {
  const height = Math.max(0, ...blocks.map((block) => block.length));
  return blocks.map((block) => {
    const bottom = block.at(-1)!;
    const blank = `│${" ".repeat(bottom.length - 2)}│`;
    const fill = Array.from({ length: height - block.length }, () => blank);
    return [...block.slice(0, -1), ...fill, bottom];
  });
}
