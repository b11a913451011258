/** Which lines need a lane of their own, and where: beside columns, below rows, and between hubs and grid. */
import { cellsOf, vpcsOf } from "./arrange";
import type { PageRow } from "./arrange";
import type { Cell, Drawing, Edge } from "./model";

/** Where in the grid a box stands; hubs stand nowhere in it. */
export interface Spot {
  row: number;
  column: number;
}

export interface Lanes {
  spots: Map<string, Spot>;
  /** Nets that run down beside a column, by row and column. */
  beside: string[][][];
  /** Nets that run along below a row. */
  below: string[][];
  /** Nets that run between the hubs and the grid. */
  trunks: string[];
}

export function lanesOf({ edges, hubs }: Drawing, rows: PageRow[]): Lanes {
  const spots = spotsOf(rows);
  const beside: string[][][] = rows.map(({ columns }) => Array.from({ length: columns }, () => []));
  const below: string[][] = rows.map(() => []);
  const isHub = new Set(hubs.map(({ id }) => id));
  const rowsOfNet = new Map<string, Set<number>>();
  const hubNets = new Set<string>();
  for (const edge of edges) {
    if (edge.net === undefined) continue;
    if (isHub.has(edge.from) || isHub.has(edge.to)) hubNets.add(edge.net);
    for (const { row, column } of spotsAt(edge, spots)) {
      add(beside[row]![column]!, edge.net);
      add(below[row]!, edge.net);
      rowsOfNet.set(edge.net, (rowsOfNet.get(edge.net) ?? new Set()).add(row));
    }
  }
  const trunks = [...rowsOfNet.keys()].filter(
    (net) => hubNets.has(net) || rowsOfNet.get(net)!.size > 1,
  );
  return { spots, beside, below, trunks };
}

/** Lines from a load balancer to what is behind it run left of their cell, one lane each. */
export function balancesIn(cell: Cell, edges: Edge[]): Edge[] {
  const own = new Set(cell.below.map(({ id }) => id));
  return edges.filter(({ net, from }) => net === undefined && own.has(from));
}

function spotsOf(rows: PageRow[]): Map<string, Spot> {
  const spots = new Map<string, Spot>();
  rows.forEach((page, row) => {
    for (const { cell, column } of cellsOf(page))
      for (const { id } of [...cell.inside, ...cell.below]) spots.set(id, { row, column });
    for (const { group, column, columns } of vpcsOf(page))
      spots.set(group.box.id, { row, column: column + columns - 1 });
  });
  return spots;
}

function spotsAt({ from, to }: Edge, spots: Map<string, Spot>): Spot[] {
  return [from, to].flatMap((id) => spots.get(id) ?? []);
}

function add(list: string[], item: string): void {
  if (!list.includes(item)) list.push(item);
}
