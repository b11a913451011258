import * as path from "node:path";
import { Machine } from "../machine/machine";
import { isInstalled } from "../machine/processes";
import { Client } from "./client";
import type { PatternReport, Result } from "../run/report";
import { seconds, tell } from "../run/result";
import type { Tools } from "../tools/build";
import { judgings, type Case, type Judging } from "./judging";
import { objectsOf, renderedOf } from "./manifests";
import { descriptions, subject } from "./subjects";

export interface JudgesOptions {
  readonly work: string;
  readonly tools: Tools;
}

const cluster = "judges";

async function runJudging({ title, needs, run }: Judging, one: Case): Promise<Result> {
  if (needs !== undefined && !isInstalled(needs))
    return { point: 12, title, outcome: "n/a", message: `no ${needs} here`, seconds: 0 };
  const started = Date.now();
  try {
    await run(one);
    return { point: 12, title, outcome: "passed", seconds: seconds(started) };
  } catch (error) {
    const { message } = error as Error;
    return { point: 12, title, outcome: "failed", message, seconds: seconds(started) };
  }
}

/** What all stack files and variants plan, and a cluster that has nothing of it. */
async function caseOf(machine: Machine, { work, tools }: JudgesOptions): Promise<Case> {
  const court = {
    work,
    python: tools.judges,
    charts: tools.charts,
    helm: path.join(tools.bin, "helm"),
  };
  const subjects = [];
  for (const name of Object.keys(descriptions)) subjects.push(await subject(name));
  const manifests = [...subjects.flatMap(objectsOf), ...(await renderedOf(court, subjects))];
  const { endpoint, certificateAuthority: ca, token } = machine.clusters.get(cluster)!.server;
  const client = new Client({ server: endpoint, ca, token });
  return { court, client, subjects, manifests, findings: [] };
}

/** All judges over all that can be planned. */
export async function runJudges(options: JudgesOptions): Promise<PatternReport> {
  const { work, tools } = options;
  const started = Date.now();
  const machine = await Machine.start({ work, tools, clusters: [{ name: cluster }] });
  try {
    const one = await caseOf(machine, options);
    const results: Result[] = [];
    for (const judging of judgings) {
      const result = await runJudging(judging, one);
      results.push(result);
      tell(result);
    }
    return { pattern: "judges", results, seconds: seconds(started) };
  } finally {
    await machine.stop();
  }
}
