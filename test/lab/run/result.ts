import * as fs from "node:fs";
import type { Result } from "./report";

export const seconds = (since: number): number => (Date.now() - since) / 1000;

/** Parts of a second that the kernel counts in on Linux (man 5 proc). */
const ticks = 100;

/** Processor seconds of a process, and of those that it has waited for; none of one that has ended meanwhile. */
function processorOf(pid: string): number {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before them is in brackets and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field) / ticks, 0);
  } catch {
    return 0;
  }
}

/** Processor seconds of all that has run in this process's namespace: what a run costs, whatever else the machine does. */
export const processorSeconds = (): number =>
  fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .reduce((sum, pid) => sum + processorOf(pid), 0);

/** One line as soon as it is there, and why a check has failed. */
export function tell({
  point,
  title,
  outcome,
  message = "",
  seconds: time,
  processor,
}: Result): void {
  const note = outcome === "n/a" ? `  (${message})` : "";
  const cost = processor === undefined ? "" : `, ${processor.toFixed(1)} s of processors`;
  console.log(`  ${outcome.padEnd(8)} ${point}  ${title}  ${time.toFixed(1)} s${cost}${note}`);
  if (outcome === "failed") console.log(message.replace(/^/gm, "      "));
}
