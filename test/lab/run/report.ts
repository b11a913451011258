import { points, type Point } from "./check";

export interface Result {
  readonly point: Point;
  readonly title: string;
  readonly outcome: "passed" | "failed" | "n/a" | "not run";
  /** Of a failure its message, of n/a its reason. */
  readonly message?: string;
  readonly seconds: number;
  /** Processor seconds of all processes of the run meanwhile. */
  readonly processor?: number;
}

export interface PatternReport {
  readonly pattern: string;
  readonly results: readonly Result[];
  readonly seconds: number;
  /** Processor seconds of all processes of the run. */
  readonly processor?: number;
}

const failed = ({ outcome }: Result) => outcome === "failed" || outcome === "not run";

function cell(results: readonly Result[]): string {
  const ran = results.filter(({ outcome }) => outcome !== "n/a");
  if (ran.length === 0) return "n/a";
  const seconds = ran.reduce((sum, result) => sum + result.seconds, 0).toFixed(0);
  return ran.some(failed) ? `FAIL ${seconds}s` : `ok ${seconds}s`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row.map((text, column) => text.padEnd(widths[column])).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

/** Pattern x point with times, what failed, and the count as the last line. */
export function formatReports(reports: readonly PatternReport[]): string {
  const numbers = Object.keys(points).map(Number) as Point[];
  const header = [
    "pattern",
    ...numbers.map((point) => `${point} ${points[point]}`),
    "all",
    "processors",
  ];
  const rows = reports.map(({ pattern, results, seconds, processor }) => [
    pattern,
    ...numbers.map((point) => cell(results.filter((result) => result.point === point))),
    `${seconds.toFixed(0)}s`,
    processor === undefined ? "" : `${processor.toFixed(0)}s`,
  ]);
  const failures = reports.flatMap(({ pattern, results }) =>
    results
      .filter(({ outcome }) => outcome === "failed")
      .map(({ point, title, message }) => `${pattern}, point ${point}, ${title}:\n${message}\n`),
  );
  const every = reports.flatMap(({ results }) => results);
  const passed = every.filter(({ outcome }) => outcome === "passed").length;
  const bad = every.filter(failed).length;
  const count = `${passed} passed, ${bad} failed`;
  return ["", table([header, ...rows]), "", ...failures, count].join("\n");
}
