/** The way of every line: out of a box, down beside its column, along below its row, and into what it leads to. */
import type { Lanes } from "./lanes";
import type { Drawing, Edge } from "./model";
import type { Places, Rect } from "./place";

export interface Point {
  x: number;
  y: number;
}

export interface Routed {
  edge: Edge;
  points: Point[];
}

export function routeEdges({ edges }: Drawing, places: Places, lanes: Lanes): Routed[] {
  const rects = new Map(places.boxes.map(({ box, rect }) => [box.id, rect]));
  const ports = portsOf(edges, rects);
  return edges.map((edge) => {
    const points =
      edge.net === undefined
        ? besideCell(edge, places, ports)
        : throughNet(edge, edge.net, { places, lanes, rects, ports });
    return { edge, points: straightened(points) };
  });
}

/** Heights at which lines leave a box, a port for each net on one side. */
type Ports = Map<string, Map<string, Point>>;

interface Ways {
  places: Places;
  lanes: Lanes;
  rects: Map<string, Rect>;
  ports: Ports;
}

/** What an edge is told from others by at a box: its net, or itself. */
function cableOf({ net, from, to }: Edge): string {
  return net ?? `${from} ${to}`;
}

function portsOf(edges: Edge[], rects: Map<string, Rect>): Ports {
  const cables = new Map<string, Set<string>>();
  for (const edge of edges)
    for (const id of [edge.from, edge.to])
      cables.set(id, (cables.get(id) ?? new Set()).add(cableOf(edge)));
  return new Map(
    [...cables].map(([id, nets]) => {
      const { x, y, width, height } = rects.get(id)!;
      const own = [...nets].map((net, index): [string, Point] => {
        const isLeft = net.includes(" ");
        const at = y + Math.round((height * (index + 1)) / (nets.size + 1));
        return [net, { x: isLeft ? x : x + width, y: at }];
      });
      return [id, new Map(own)];
    }),
  );
}

/** From a load balancer up to what is behind it, left of both. */
function besideCell(edge: Edge, { left }: Places, ports: Ports): Point[] {
  const [from, to] = [edge.from, edge.to].map((id) => ports.get(id)!.get(cableOf(edge))!);
  const x = left.get(edge.from)!;
  return [from!, { x, y: from!.y }, { x, y: to!.y }, to!];
}

function throughNet(edge: Edge, net: string, ways: Ways): Point[] {
  const [a, b] = [edge.from, edge.to].map((id) => endOf(id, net, ways));
  const trunk = ways.places.trunks.get(net);
  const isOneRow = a!.row !== undefined && a!.row === b!.row;
  const middle = isOneRow || trunk === undefined ? [] : acrossTrunk(a!, b!, trunk);
  return [...a!.out, ...middle, ...[...b!.out].reverse()];
}

interface End {
  /** From the box to the lane below its row; from a hub to the trunk. */
  out: Point[];
  row?: number;
}

function endOf(id: string, net: string, { places, lanes, rects, ports }: Ways): End {
  const spot = lanes.spots.get(id);
  const rect = rects.get(id)!;
  const port = ports.get(id)!.get(net)!;
  if (!spot) {
    const trunk = places.trunks.get(net)!;
    // Half a pixel: no hub's line lies on one below a row.
    const y = port.y + 0.5;
    return {
      out: [
        { ...port, y },
        { x: trunk, y },
      ],
    };
  }
  const { row, column } = spot;
  const x = places.beside[row]![column]!.get(net)!;
  const y = places.below[row]!.get(net)!;
  const isAround = x < rect.x + rect.width;
  const start = isAround ? { x, y: rect.y + rect.height } : port;
  return { out: [start, { x, y: start.y }, { x, y }], row };
}

function acrossTrunk(a: End, b: End, x: number): Point[] {
  return [
    { x, y: a.out.at(-1)!.y },
    { x, y: b.out.at(-1)!.y },
  ];
}

/** Without points that change nothing, and without ways that are gone back at once. */
function straightened(points: Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    kept.push(point);
    while (kept.length > 2 && isOnLine(kept.at(-3)!, kept.at(-2)!, kept.at(-1)!))
      kept.splice(-2, 1);
    if (kept.length > 1 && isSame(kept.at(-1)!, kept.at(-2)!)) kept.pop();
  }
  return kept;
}

function isOnLine(a: Point, b: Point, c: Point): boolean {
  return (a.x === b.x && b.x === c.x) || (a.y === b.y && b.y === c.y);
}

function isSame(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}
