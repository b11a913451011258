/** Plans one size in a process of its own, so that nothing of another size is warm or still in memory. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { mockRun } from "../engine";
import type { Graph } from "../engine";
import { planStack } from "../cli/planFile";
import { census, sum } from "./census";
import { descriptionOf, STACK } from "./description";
import type { Scale } from "./description";
import { makespan } from "./makespan";

export interface Measured {
  clusters: number;
  /** Seconds from check to report, without starting Node and loading the SDKs. */
  planning: number;
  /** Seconds of processor time in that, which other work on the machine does not change. */
  processor: number;
  /** Seconds of the whole process. */
  wall: number;
  /** Largest resident set, MiB. */
  memory: number;
  resources: number;
  byType: Record<string, number>;
  /** Seconds that `up` would wait for AWS, and on what. */
  makespan: number;
  longest: string[];
}

/** The graph of N clusters. */
export async function graphOf(scale: Scale): Promise<Graph> {
  return (await planScale(scale)).graph;
}

/** What a piece of work took. */
interface Timed<T> {
  result: T;
  /** Seconds on the clock. */
  wall: number;
  /** Seconds of processor time in that, which other work on the machine changes less. */
  processor: number;
}

/** Times work after a first run of the like, which loads the SDKs' modules; that is not what grows. */
export async function timed<T>(
  first: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<Timed<T>> {
  await mockRun(() => undefined);
  await first();
  const start = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, wall: (performance.now() - start) / 1000, processor: (user + system) / 1e6 };
}

/** Runs in the child: measures and prints one size. */
export async function measureHere(scale: Scale): Promise<void> {
  const { result, wall, processor } = await timed(
    () => planScale({ ...scale, clusters: 1, ...(scale.tenants && { tenants: 2 }) }),
    () => planScale(scale),
  );
  const { graph } = result;
  const byType = census(graph);
  const { seconds, path } = makespan(graph);
  const measured: Measured = {
    clusters: scale.clusters,
    planning: wall,
    processor,
    wall: process.uptime(),
    memory: process.resourceUsage().maxRSS / 1024,
    resources: sum(byType),
    byType,
    makespan: seconds,
    longest: path,
  };
  process.stdout.write(JSON.stringify(measured));
}

/** Measures one size in a child process. */
export function measure(scale: Scale): Promise<Measured> {
  return inChild("--measure", JSON.stringify(scale));
}

/** What a process of its own prints when it is called with a flag that `bench.ts` knows. */
export async function inChild<T>(flag: string, argument: string): Promise<T> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, join(__dirname, "bench.ts"), flag, argument],
    { maxBuffer: 1 << 26 },
  );
  return JSON.parse(stdout);
}

function planScale(scale: Scale) {
  return planStack({
    ...STACK,
    description: descriptionOf(scale),
    region: STACK.config["aws:region"],
    secretKeys: [],
  });
}
