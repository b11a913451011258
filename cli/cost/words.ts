/** What something costs, in words. */
import type { CostPart, CostReport } from "../report/report";

/** Parts that are named; the others are summed up. */
const MOST_PARTS = 4;

/** `USD 257 a month: ...`, without cents: nobody knows them. */
export function costText({ currency, month, parts }: CostReport): string {
  const named = parts.slice(0, MOST_PARTS).map(partText);
  const rest = parts.slice(MOST_PARTS).reduce((sum, part) => sum + part.month, 0);
  const others = parts.length > MOST_PARTS ? [`${whole(rest)} other`] : [];
  return `${currency} ${whole(month)} a month: ${[...named, ...others].join(", ")}`;
}

function partText({ what, count, month }: CostPart): string {
  return `${whole(month)} for ${count} ${what}`;
}

/** What becomes dearer or cheaper, the most first. */
export function costChange(before: CostReport, after: CostReport): string | undefined {
  const sums = ({ parts }: CostReport) => new Map(parts.map(({ what, month }) => [what, month]));
  const [old, now] = [sums(before), sums(after)];
  const moves = [...new Set([...old.keys(), ...now.keys()])]
    .map((what) => ({ what, by: (now.get(what) ?? 0) - (old.get(what) ?? 0) }))
    .filter(({ by }) => Math.abs(by) >= 0.5)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
  if (moves.length === 0) return undefined;
  const named = moves
    .slice(0, MOST_PARTS)
    .map(({ what, by }) => `${by > 0 ? "+" : ""}${whole(by)} ${what}`);
  const total = `USD ${whole(before.month)} → ${whole(after.month)} a month`;
  return `${total}: ${named.join(", ")}${moves.length > MOST_PARTS ? ", others" : ""}`;
}

function whole(month: number): string {
  return String(Math.round(month));
}
