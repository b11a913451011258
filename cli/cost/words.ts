/** What something costs, in words: without cents, which nobody knows. */
import type { CostPart, CostReport } from "../report/report";

/** Parts that are named; the others are summed up. */
const MOST_PARTS = 4;

/** `257 USD a month: ...`, the dearest first. */
export function costText({ currency, month, parts }: CostReport): string {
  const rest = parts.slice(MOST_PARTS).reduce((sum, part) => sum + part.month, 0);
  const named = parts.slice(0, MOST_PARTS).map(partText);
  const others = parts.length > MOST_PARTS ? [`${whole(rest)} for others`] : [];
  return `${whole(month)} ${currency} a month: ${[...named, ...others].join(", ")}`;
}

function partText({ what, count, month }: CostPart): string {
  return `${whole(month)} for ${count === 1 ? "" : `${count} × `}${what}`;
}

/** What the sum is made of, and what is not in it. */
export function costNotes({ assumed, notCounted, pricesOf }: CostReport): string[] {
  return [
    `list prices as known on ${pricesOf}`,
    ...(assumed.length > 0 ? [`counted: ${assumed.join("; ")}`] : []),
    `not counted: ${notCounted.join("; ")}`,
  ];
}

/** `257 → 390 USD a month: ...`, the biggest moves first; absent where nothing moves by half a dollar. */
export function costChangeText(before: CostReport, after: CostReport): string | undefined {
  const moves = movesOf(before, after);
  const [named, others] = [moves.slice(0, MOST_PARTS), moves.slice(MOST_PARTS)];
  const rest = { what: "others", by: others.reduce((sum, { by }) => sum + by, 0) };
  const told = [...named, rest].filter(({ by }) => Math.abs(by) >= LEAST);
  if (told.length === 0) return undefined;
  const total = `${whole(before.month)} → ${whole(after.month)} ${after.currency} a month`;
  return `${total}: ${told.map(({ what, by }) => `${signed(by)} ${what}`).join(", ")}`;
}

/** What rounds to nothing. */
const LEAST = 0.5;

function movesOf(before: CostReport, after: CostReport): { what: string; by: number }[] {
  const sums = ({ parts }: CostReport) => new Map(parts.map(({ what, month }) => [what, month]));
  const [old, now] = [sums(before), sums(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((what) => ({ what, by: (now.get(what) ?? 0) - (old.get(what) ?? 0) }))
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
}

function signed(by: number): string {
  return `${by < 0 ? "-" : "+"}${whole(Math.abs(by))}`;
}

function whole(month: number): string {
  return String(Math.round(month));
}
