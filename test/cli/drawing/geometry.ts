/** What the coordinates of a drawn SVG must hold: read from the file itself, as who looks at it does. */
import assert from "node:assert/strict";

interface Rect {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Point {
  x: number;
  y: number;
}

interface Line {
  from: string;
  to: string;
  stroke: string;
  points: Point[];
}

export interface Drawn {
  width: number;
  height: number;
  boxes: Rect[];
  lines: Line[];
  texts: Point[];
}

export function read(svg: string): Drawn {
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number);
  const number = (tag: string, name: string) =>
    Number(new RegExp(` ${name}="([^"]*)"`).exec(tag)![1]);
  const word = (tag: string, name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)![1]!;
  const tags = (name: string) => svg.match(new RegExp(`<${name} [^>]*>`, "g")) ?? [];
  return {
    width: width!,
    height: height!,
    boxes: tags("rect")
      .filter((tag) => tag.includes("data-box"))
      .map((tag) => ({
        id: word(tag, "data-box"),
        x: number(tag, "x"),
        y: number(tag, "y"),
        width: number(tag, "width"),
        height: number(tag, "height"),
      })),
    lines: tags("path")
      .filter((tag) => tag.includes("data-from"))
      .map((tag) => ({
        from: word(tag, "data-from"),
        to: word(tag, "data-to"),
        stroke: word(tag, "stroke"),
        points: [...word(tag, "d").matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => ({
          x: Number(x),
          y: Number(y),
        })),
      })),
    texts: tags("text").map((tag) => ({ x: number(tag, "x"), y: number(tag, "y") })),
  };
}

/** All of it at once. */
export function checkGeometry(svg: string): Drawn {
  const drawn = read(svg);
  const rects = new Map(drawn.boxes.map((box) => [box.id, box]));
  assert.equal(rects.size, drawn.boxes.length, "two boxes have one id");
  for (const [index, a] of drawn.boxes.entries())
    for (const b of drawn.boxes.slice(index + 1))
      assert.ok(areApart(a, b) || holds(a, b) || holds(b, a), `${a.id} overlaps ${b.id}`);
  for (const box of drawn.boxes) assert.ok(holds(pageOf(drawn), box), `${box.id} leaves the page`);
  for (const text of drawn.texts)
    assert.ok(text.x > 0 && text.x < drawn.width && text.y > 0 && text.y < drawn.height);
  for (const line of drawn.lines) {
    const [from, to] = [rects.get(line.from), rects.get(line.to)];
    assert.ok(from && to, `${line.from} → ${line.to} ends nowhere`);
    assert.ok(isOnEdge(line.points[0]!, from), `${line.from} → ${line.to} does not begin there`);
    assert.ok(isOnEdge(line.points.at(-1)!, to), `${line.from} → ${line.to} does not end there`);
    checkWay(line, drawn);
  }
  checkLanes(drawn.lines);
  return drawn;
}

/** A line is made of level and upright pieces, stays on the page, and runs through no box that holds no other. */
function checkWay({ from, to, points }: Line, drawn: Drawn): void {
  const leaves = drawn.boxes.filter((box) => !drawn.boxes.some((b) => b !== box && holds(box, b)));
  const page = pageOf(drawn);
  for (const [a, b] of pieces(points)) {
    assert.ok(a.x === b.x || a.y === b.y, `${from} → ${to} runs aslant`);
    assert.ok(holds(page, hull(a, b)), `${from} → ${to} leaves the page`);
    for (const box of leaves)
      assert.ok(!crosses(hull(a, b), box), `${from} → ${to} runs through ${box.id}`);
  }
}

/** Lines of two colours may cross; they never run along each other. */
function checkLanes(lines: Line[]): void {
  const all = lines.flatMap((line) =>
    pieces(line.points).map(([a, b]) => ({ line, hull: hull(a, b) })),
  );
  for (const [index, a] of all.entries())
    for (const b of all.slice(index + 1)) {
      if (a.line.stroke === b.line.stroke) continue;
      const names = `${a.line.from} → ${a.line.to} and ${b.line.from} → ${b.line.to}`;
      assert.ok(!runAlong(a.hull, b.hull), `${names} run along each other`);
    }
}

type Hull = Omit<Rect, "id">;

function pieces(points: Point[]): [Point, Point][] {
  return points.slice(1).map((point, index) => [points[index]!, point]);
}

function hull(a: Point, b: Point): Hull {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return { x, y, width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

function pageOf({ width, height }: Drawn): Hull {
  return { x: 0, y: 0, width, height };
}

function areApart(a: Hull, b: Hull): boolean {
  return (
    a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
  );
}

function holds(a: Hull, b: Hull): boolean {
  return (
    a.x <= b.x && a.y <= b.y && a.x + a.width >= b.x + b.width && a.y + a.height >= b.y + b.height
  );
}

/** Through the inside, not only along or up to the edge. */
function crosses(line: Hull, box: Hull): boolean {
  return (
    line.x < box.x + box.width &&
    line.x + line.width > box.x &&
    line.y < box.y + box.height &&
    line.y + line.height > box.y
  );
}

function isOnEdge({ x, y }: Point, box: Rect): boolean {
  const isBetweenX = x >= box.x && x <= box.x + box.width;
  const isBetweenY = y >= box.y && y <= box.y + box.height;
  const isAtX = x === box.x || x === box.x + box.width;
  const isAtY = y === box.y || y === box.y + box.height;
  return (isAtX && isBetweenY) || (isAtY && isBetweenX);
}

function runAlong(a: Hull, b: Hull): boolean {
  const isUpright = a.width === 0 && b.width === 0 && a.x === b.x;
  const isLevel = a.height === 0 && b.height === 0 && a.y === b.y;
  const shares = (p: number, q: number, r: number, s: number) =>
    Math.min(p + q, r + s) > Math.max(p, r);
  return (
    (isUpright && shares(a.y, a.height, b.y, b.height)) ||
    (isLevel && shares(a.x, a.width, b.x, b.width))
  );
}
