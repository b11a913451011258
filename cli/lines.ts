/** Where in a stack file a path of the description stands. */
import { isAlias, isCollection, isNode, LineCounter, parseDocument } from "yaml";
import type { Document, Node } from "yaml";
import { DESCRIPTION_KEY } from "../components/topology";
import { stepsOf } from "../engine/graph";

/** Both from 1. */
export interface Position {
  line: number;
  column: number;
}

/** Finds places: of what is there of a path, since what is missing has none. */
export function positionsOf(text: string): (path: string) => Position | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: true });
  return (path) => {
    const steps = ["config", DESCRIPTION_KEY, ...stepsOf(path)];
    const offset = lastOf(document, steps);
    if (offset === undefined) return undefined;
    const { line, col: column } = lineCounter.linePos(offset);
    return { line, column };
  };
}

/** Where the key of the last step begins that leads anywhere. */
function lastOf(document: Document.Parsed, steps: (string | number)[]): number | undefined {
  let at: unknown = document.contents;
  let offset: number | undefined;
  for (const step of steps) {
    const inside = isAlias(at) ? at.resolve(document) : at;
    if (!isCollection(inside)) break;
    const pair = inside.items.find((item, index) => keyOf(item, index) === String(step));
    if (pair === undefined) break;
    const { key, value } = pair as { key?: Node; value?: unknown };
    const start = isNode(key) ? key : isNode(pair) ? pair : undefined;
    offset = start?.range?.[0] ?? offset;
    at = isNode(pair) ? pair : value;
  }
  return offset;
}

/** The key of a map's pair, the number of a list's item. */
function keyOf(item: unknown, index: number): string {
  const { key } = (item ?? {}) as { key?: { value?: unknown } };
  return key === undefined ? String(index) : String(key?.value);
}
