import * as fs from "node:fs";
import * as path from "node:path";
import { enterLab, interruptedCode, reportFile, workVariable } from "./machine/enter";
import { buildProviders } from "./providers/build";
import { runJudges, type JudgesOptions } from "./judges/run";
import { keepPattern } from "./run/keep";
import { runPattern, type PatternOptions } from "./run/pattern";
import { inParallel } from "./run/parallel";
import { tree } from "./run/project";
import { formatReports, type PatternReport } from "./run/report";
import { buildTools } from "./tools/build";

/** What the process outside tells the one inside, where only the pattern and its folder are known. */
const orderVariable = "LAB_ORDER";

/** A pattern waits for half of its time: two of them keep two cores busy. */
const patternsAtOnce = 2;

type PatternOrder = Omit<PatternOptions, "work"> & { readonly keep: boolean };
type JudgesOrder = Omit<JudgesOptions, "work">;
type Order = PatternOrder | JudgesOrder;

const isOfJudges = (order: Order): order is JudgesOrder => "judged" in order;

async function inside(work: string): Promise<void> {
  const order: Order = JSON.parse(process.env[orderVariable] ?? "");
  if (!isOfJudges(order) && order.keep) return keepPattern({ ...order, work });
  const report = isOfJudges(order)
    ? await runJudges({ ...order, work })
    : await runPattern({ ...order, work });
  fs.writeFileSync(reportFile(work), JSON.stringify(report));
}

const stacks = path.join(tree, "stacks");

function stackFiles(named: readonly string[]): string[] {
  const all = fs.readdirSync(stacks).filter((name) => name.endsWith(".yaml"));
  const files = named.length > 0 ? named : all.map((name) => path.join(stacks, name));
  const missing = files.filter((file) => !fs.existsSync(file));
  if (missing.length > 0) throw new Error(`no stack file ${missing.join(", ")}`);
  return files.map((file) => path.resolve(file)).sort();
}

const nameOf = (order: Order): string =>
  isOfJudges(order) ? "judges" : path.basename(order.stackFile, ".yaml");

function enter(order: Order, onLine?: (line: string) => void) {
  // Go's programs live briefly here: memory costs less than collecting it.
  const environment = { [orderVariable]: JSON.stringify(order), GOGC: "400" };
  return enterLab({ script: path.resolve(__filename), environment, onLine });
}

/** One whose process ended before it could report is one failure. */
function unreported(pattern: string, seconds: number): PatternReport {
  const message = "the run ended before its report";
  const result = { point: 1, title: "run", outcome: "failed", message, seconds } as const;
  return { pattern, results: [result], seconds };
}

/** The report of one pattern, or of the judges; undefined where someone has interrupted it. */
async function reportOf(order: Order): Promise<PatternReport | undefined> {
  const name = nameOf(order);
  const started = Date.now();
  console.log(`${name}  begins`);
  const tell = (line: string) => console.log(`${name}  ${line}`);
  const { code, report } = await enter(order, tell);
  if (code === interruptedCode) return undefined;
  return report ? JSON.parse(report) : unreported(name, (Date.now() - started) / 1000);
}

async function runAll(orders: readonly Order[]): Promise<void> {
  // Later files have more clusters: begun first, they are not what everyone waits for in the end.
  const reports = await inParallel([...orders].reverse(), patternsAtOnce, reportOf);
  if (!reports) {
    process.exitCode = interruptedCode;
    return;
  }
  const text = formatReports(reports.reverse());
  console.log(text);
  if (!text.endsWith(" 0 failed")) process.exitCode = 1;
}

async function outside(named: readonly string[]): Promise<void> {
  const files = stackFiles(named);
  const keep = Boolean(process.env.KEEP);
  if (keep && files.length !== 1) throw new Error("KEEP=1 keeps one pattern: name it with STACK=");
  const tools = await buildTools();
  const providers = buildProviders(path.dirname(tools.bin));
  const patterns = files.map((stackFile) => ({ tools, providers, keep, stackFile }));
  if (keep) return void (await enter(patterns[0]));
  const ready = files.filter((file) => path.dirname(file) === stacks);
  const judged = ready.map((file) => path.basename(file, ".yaml"));
  const judges = { tools, judged, whole: named.length === 0 };
  await runAll([...(judged.length > 0 ? [judges] : []), ...patterns]);
}

const work = process.env[workVariable];
(work ? inside(work) : outside(process.argv.slice(2))).then(
  () => (work ? process.exit(0) : undefined),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
