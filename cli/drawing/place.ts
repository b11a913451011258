/** Gives every box and every lane its coordinates. */
import { cellsOf, vpcsOf } from "./arrange";
import type { NetworkPlace, PageRow, VpcPlace } from "./arrange";
import { balancesIn } from "./lanes";
import type { Lanes } from "./lanes";
import { boxSize, cellSize, frameSize, GAP, LANE, MARGIN, PAD, textSize } from "./measure";
import type { Size } from "./measure";
import type { Box, Cell, Drawing } from "./model";

export interface Rect extends Size {
  x: number;
  y: number;
}

export interface Placed {
  box: Box;
  rect: Rect;
}

export interface Places {
  boxes: Placed[];
  /** Right and lower edge of all of it. */
  size: Size;
  /** Lanes beside columns: x, by row, column and net. */
  beside: Map<string, number>[][];
  /** Lanes below rows: y, by row and net. */
  below: Map<string, number>[];
  /** x, by net. */
  trunks: Map<string, number>;
  /** Lanes left of a cell: x, by load balancer. */
  left: Map<string, number>;
}

/** A column of one page row: where its cells begin, and how wide they are. */
interface Column {
  x: number;
  content: number;
  cell: number;
  end: number;
}

/** Of networks and VPCs around what they hold. */
const SIDE = 2 * PAD;
const OUTER = MARGIN / 2;

export function place(drawing: Drawing, rows: PageRow[], lanes: Lanes, top: number): Places {
  const hubs = placeHubs(drawing.hubs, top);
  const hubsEnd = Math.max(MARGIN, ...hubs.map(({ rect }) => rect.x + rect.width));
  const trunks = new Map(lanes.trunks.map((net, index) => [net, hubsEnd + (index + 2) * LANE]));
  const left = hubsEnd + (lanes.trunks.length + 2) * LANE;
  const places: Places = {
    ...{ boxes: [...hubs], beside: [], below: [], trunks, left: new Map() },
    size: { width: hubsEnd, height: Math.max(top, ...hubs.map(({ rect }) => bottom(rect))) },
  };
  let y = top;
  rows.forEach((row, index) => {
    y = placeRow(
      { drawing, row, lanes, index, places },
      columnsOf(drawing, row, lanes, index, left),
      y,
    );
  });
  places.size = {
    width: Math.max(...places.boxes.map(({ rect }) => rect.x + rect.width)),
    height: Math.max(y, places.size.height),
  };
  return places;
}

function placeHubs(hubs: Box[], top: number): Placed[] {
  const width = Math.max(0, ...hubs.map((box) => boxSize(box).width));
  let y = top;
  return hubs.map((box) => {
    const { height } = boxSize(box);
    const rect = { x: MARGIN, y, width, height };
    y += height + GAP;
    return { box, rect };
  });
}

/** Columns are as wide as their widest cell, and as the titles of what spans them ask. */
function columnsOf(
  { edges }: Drawing,
  row: PageRow,
  { beside }: Lanes,
  index: number,
  left: number,
): Column[] {
  let x = left;
  const cells = cellsOf(row);
  const columns = Array.from({ length: row.columns }, (_, column) => {
    const own = cells.filter((each) => each.column === column).map(({ cell }) => cell);
    const content = Math.max(0, ...own.map((cell) => cellSize(cell).width));
    const before = Math.max(0, ...own.map((cell) => balancesIn(cell, edges).length)) * LANE;
    const after = (beside[index]![column]!.length + 1) * LANE;
    return { before, content, after };
  });
  widen(columns, row);
  return columns.map(({ before, content, after }) => {
    const start = x + OUTER + SIDE + before;
    const end = start + content + after + SIDE + OUTER;
    const column = { x, cell: start, content, end };
    x = end;
    return column;
  });
}

function widen(columns: { before: number; content: number; after: number }[], row: PageRow): void {
  const spans = [
    ...vpcsOf(row).map(({ group, column, columns: number }) => ({
      box: group.box,
      column,
      number,
    })),
    ...row.networks.map(({ group, column, columns: number }) => ({
      box: group.box,
      column,
      number,
    })),
  ];
  for (const { box, column, number } of spans) {
    const spanned = columns.slice(column, column + number);
    const has = spanned.reduce(
      (sum, { before, content, after }) => sum + before + content + after,
      0,
    );
    const lacks = textSize(box).width + 2 * PAD - has;
    if (lacks > 0) spanned.at(-1)!.content += lacks;
  }
}

interface Page {
  drawing: Drawing;
  row: PageRow;
  lanes: Lanes;
  index: number;
  places: Places;
}

/** Returns where the next row begins. */
function placeRow(page: Page, columns: Column[], y: number): number {
  const { row, lanes, index, places } = page;
  const ends = row.networks.map((network) => placeNetwork(page, network, columns, y));
  const end = Math.max(...ends);
  for (const { group } of row.networks) {
    const network = places.boxes.find(({ box }) => box.id === group.box.id)!;
    network.rect.height = end - network.rect.y;
  }
  const nets = lanes.below[index]!;
  places.below.push(new Map(nets.map((net, lane) => [net, end + (lane + 1) * LANE])));
  places.beside.push(
    columns.map(({ cell, content }, column) => {
      const own = lanes.beside[index]![column]!;
      return new Map(own.map((net, lane) => [net, cell + content + (lane + 1) * LANE]));
    }),
  );
  return end + (nets.length + 1) * LANE + GAP;
}

function placeNetwork(page: Page, network: NetworkPlace, columns: Column[], y: number): number {
  const { group, column } = network;
  const x = columns[column]!.x + OUTER;
  const width = columns[column + network.columns - 1]!.end - OUTER - x;
  const placed: Placed = { box: group.box, rect: { x, y, width, height: 0 } };
  page.places.boxes.push(placed);
  let inner = y + PAD + textSize(group.box).height + PAD;
  for (const row of network.rows) {
    const ends = row.map((vpc) => placeVpc(page, vpc, columns, inner));
    inner = Math.max(...ends) + PAD;
  }
  return inner;
}

function placeVpc({ places, drawing }: Page, vpc: VpcPlace, columns: Column[], y: number): number {
  const { group, column } = vpc;
  const x = columns[column]!.x + OUTER + PAD;
  const width = columns[column + vpc.columns - 1]!.end - OUTER - PAD - x;
  const placed: Placed = { box: group.box, rect: { x, y, width, height: 0 } };
  places.boxes.push(placed);
  let inner = y + PAD + textSize(group.box).height + PAD;
  for (const cells of vpc.rows) {
    const heights = cells.map((cell, index) => {
      const at = columns[column + index]!;
      placeCell(places, cell, at, inner);
      balancesIn(cell, drawing.edges).forEach(({ from }, lane) =>
        places.left.set(from, at.cell - (lane + 1) * LANE),
      );
      return cellSize(cell).height;
    });
    inner += Math.max(...heights) + PAD;
  }
  placed.rect.height = inner - y;
  return inner;
}

function placeCell({ boxes }: Places, cell: Cell, { cell: x, content }: Column, top: number): void {
  const frame = frameSize(cell);
  const inset = cell.frame ? PAD : 0;
  let y = top;
  if (cell.frame) {
    boxes.push({ box: cell.frame, rect: { x, y, width: content, height: frame.height } });
    y += PAD + textSize(cell.frame).height + GAP;
  }
  y = placeStack(boxes, cell.inside, { x: x + inset, y, width: content - 2 * inset });
  placeStack(boxes, cell.below, { x, y: top + frame.height + GAP, width: content });
}

function placeStack(boxes: Placed[], stack: Box[], at: { x: number; y: number; width: number }) {
  let { y } = at;
  for (const box of stack) {
    const { height } = boxSize(box);
    boxes.push({ box, rect: { ...at, y, height } });
    y += height + GAP;
  }
  return y;
}

function bottom({ y, height }: Rect): number {
  return y + height;
}
