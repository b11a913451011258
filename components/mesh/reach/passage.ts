/** Whether packets get through, and by what. */
import type { Barrier, Need } from "./facts";

export type Passage = { open: true; needs: Need[] } | { open: false; why: Barrier };

export const OPEN: Passage = { open: true, needs: [] };

/** One after the other: the first that is not open is what stops it. */
export function inTurn(passages: Passage[]): Passage {
  const closed = passages.find(({ open }) => !open);
  if (closed) return closed;
  const needs = passages.flatMap((passage) => (passage.open ? passage.needs : []));
  return { open: true, needs: distinct(needs) };
}

function distinct(needs: Need[]): Need[] {
  return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()];
}
