import * as path from "node:path";
import type { PatternReport, Result } from "../run/report";
import { seconds, tell } from "../run/result";
import type { Tools } from "../tools/build";
import { judgings, type Case, type Judging } from "./judging";
import { descriptions, subject } from "./subjects";

export interface JudgesOptions {
  readonly work: string;
  readonly tools: Tools;
  /** Names of ready stack files. */
  readonly judged: readonly string[];
  /** All stack files and all variants instead. */
  readonly whole: boolean;
}

async function runJudging({ title, run }: Judging, one: Case): Promise<Result> {
  const started = Date.now();
  try {
    await run(one);
    return { point: 11, title, outcome: "passed", seconds: seconds(started) };
  } catch (error) {
    const { message } = error as Error;
    return { point: 11, title, outcome: "failed", message, seconds: seconds(started) };
  }
}

/** All judges over what stack files plan, without any cluster. */
export async function runJudges(options: JudgesOptions): Promise<PatternReport> {
  const { work, tools, judged, whole } = options;
  const started = Date.now();
  const { judges, charts, bin } = tools;
  const court = { work, judges, charts, helm: path.join(bin, "helm") };
  const subjects = [];
  for (const name of whole ? Object.keys(descriptions) : judged) subjects.push(await subject(name));
  const one: Case = { court, subjects, findings: [] };
  const results: Result[] = [];
  for (const judging of judgings.filter((each) => whole || !each.whole)) {
    const result = await runJudging(judging, one);
    results.push(result);
    tell(result);
  }
  return { pattern: "judges", results, seconds: seconds(started) };
}
