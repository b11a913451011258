import * as path from "node:path";
import { checksOf } from "../points";
import { demandMatrix } from "../points/matrix";
import { Machine } from "../machine/machine";
import type { BuiltProviders } from "../providers/build";
import type { Tools } from "../tools/build";
import { reasons, skipped, type Check, type Kind } from "./check";
import type { PatternReport, Result } from "./report";
import { processorSeconds, seconds, tell } from "./result";
import { Session, stackName } from "./session";
import { unready } from "./unready";
import { boundPattern, organization, StackFile } from "./stackFile";

export interface PatternOptions {
  readonly stackFile: string;
  /** Whose it is, where its folder does not say so. */
  readonly kind?: Kind;
  readonly work: string;
  readonly tools: Tools;
  readonly providers: BuiltProviders;
}

/** Starts the machine that a stack file needs; the program has built nothing yet. */
export async function startSession(options: PatternOptions): Promise<Session> {
  const { stackFile, kind, work, tools, providers } = options;
  const copy = path.join(work, "stack.yaml");
  const file = new StackFile(stackFile, copy, stackName, tools.charts, kind);
  const clusters = file.clusters().map(({ eksName, region }) => ({
    name: eksName!,
    region,
    zones: ["a", "b", "c"].map((zone) => `${region}${zone}`),
  }));
  demandMatrix(checksOf(file.pattern), file.pattern);
  const machine = await Machine.start({ work, tools, clusters });
  if (file.is(boundPattern)) machine.store.writeOrganization(organization);
  return new Session(machine, file, work, providers);
}

async function runCheck(check: Check, session: Session, broken: boolean): Promise<Result> {
  const { point, title } = check;
  const { pattern } = session.file;
  const reason = skipped(check, pattern);
  if (reason) {
    const calls = reason === "noZtunnel" ? check.calls?.(pattern) : undefined;
    const message = reasons[reason] + (calls ? `: ${calls} calls are not made` : "");
    return { point, title, outcome: "n/a", message, seconds: 0 };
  }
  if (broken && !check.always) return { point, title, outcome: "not run", seconds: 0 };
  const started = Date.now();
  try {
    await check.run(session);
    return { point, title, outcome: "passed", seconds: seconds(started) };
  } catch (error) {
    const message = [(error as Error).message, await unready(session)].join("\n").trimEnd();
    return { point, title, outcome: "failed", message, seconds: seconds(started) };
  }
}

/** All checks in order. After a failed `up` only those run that need no mesh. */
export async function runPattern(options: PatternOptions): Promise<PatternReport> {
  const started = Date.now();
  const session = await startSession(options);
  console.log(`  servers  after ${seconds(started).toFixed(1)} s`);
  const results: Result[] = [];
  const own = checksOf(session.file.pattern);
  try {
    for (const check of own) {
      const broken = results.some(
        ({ outcome, title }) => outcome === "failed" && title === own[0].title,
      );
      const before = processorSeconds();
      const ran = await runCheck(check, session, broken);
      const idle = ran.outcome === "n/a" || ran.outcome === "not run";
      const result = idle ? ran : { ...ran, processor: processorSeconds() - before };
      results.push(result);
      tell(result);
    }
  } finally {
    await session.machine.stop();
  }
  const processor = processorSeconds();
  return { pattern: session.file.name, results, seconds: seconds(started), processor };
}
