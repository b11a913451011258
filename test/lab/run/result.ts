import type { Result } from "./report";

export const seconds = (since: number): number => (Date.now() - since) / 1000;

/** One line as soon as it is there, and why a check has failed. */
export function tell({ point, title, outcome, message = "", seconds: time }: Result): void {
  const note = outcome === "n/a" ? `  (${message})` : "";
  console.log(`  ${outcome.padEnd(8)} ${point}  ${title}  ${time.toFixed(1)} s${note}`);
  if (outcome === "failed") console.log(message.replace(/^/gm, "      "));
}
