/** Plans one size in a process of its own, so that nothing of another size is warm or still in memory. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { mockRun } from "../cli/engine";
import type { Graph } from "../cli/engine";
import { planStack } from "../cli/planFile";
import { census, sum } from "./census";
import { descriptionOf } from "./description";
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

/** Runs in the child: measures and prints one size. */
export async function measureHere(scale: Scale): Promise<void> {
  const { clusters } = scale;
  // The first run loads the SDKs' modules, which later ones share; it is not what grows.
  await mockRun(() => undefined);
  await planScale({ ...scale, clusters: 1 });
  const start = performance.now();
  const before = process.cpuUsage();
  const { graph } = await planScale(scale);
  const planning = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const byType = census(graph);
  const { seconds, path } = makespan(graph);
  const measured: Measured = {
    clusters,
    planning,
    processor: (user + system) / 1e6,
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
export async function measure(scale: Scale): Promise<Measured> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, join(__dirname, "bench.ts"), "--measure", JSON.stringify(scale)],
    { maxBuffer: 1 << 26 },
  );
  return JSON.parse(stdout);
}

function planScale(scale: Scale) {
  return planStack({
    stack: "bench",
    description: descriptionOf(scale),
    region: "eu-west-1",
    config: { "aws:region": "eu-west-1" },
    secretKeys: [],
  });
}
