import * as fs from "node:fs";
import * as path from "node:path";
import { enterLab, interruptedCode, reportFile, workVariable } from "./machine/enter";
import { buildProviders } from "./providers/build";
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

type Order = Omit<PatternOptions, "work"> & { readonly keep: boolean };

async function inside(work: string): Promise<void> {
  const order: Order = JSON.parse(process.env[orderVariable] ?? "");
  const options = { ...order, work };
  if (order.keep) return keepPattern(options);
  const report = await runPattern(options);
  fs.writeFileSync(reportFile(work), JSON.stringify(report));
}

function stackFiles(named: readonly string[]): string[] {
  const folder = path.join(tree, "stacks");
  const all = fs.readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  const files = named.length > 0 ? named : all.map((name) => path.join(folder, name));
  const missing = files.filter((file) => !fs.existsSync(file));
  if (missing.length > 0) throw new Error(`no stack file ${missing.join(", ")}`);
  return files.map((file) => path.resolve(file)).sort();
}

const nameOf = (stackFile: string): string => path.basename(stackFile, ".yaml");

function enter(order: Order, onLine?: (line: string) => void) {
  // Go's programs live briefly here: memory costs less than collecting it.
  const environment = { [orderVariable]: JSON.stringify(order), GOGC: "400" };
  return enterLab({ script: path.resolve(__filename), environment, onLine });
}

/** A pattern whose process ended before it could report is one failure. */
function unreported(stackFile: string, seconds: number): PatternReport {
  const message = "the run ended before its report";
  const result = { point: 1, title: "run", outcome: "failed", message, seconds } as const;
  return { pattern: nameOf(stackFile), results: [result], seconds };
}

/** The report of one pattern; undefined where someone has interrupted it. */
async function reportOf(order: Order, alone: boolean): Promise<PatternReport | undefined> {
  const name = nameOf(order.stackFile);
  const started = Date.now();
  console.log(`${name}  begins`);
  const tell = (line: string) => console.log(`${name}  ${line}`);
  const { code, report } = await enter(order, alone ? undefined : tell);
  if (code === interruptedCode) return undefined;
  return report ? JSON.parse(report) : unreported(order.stackFile, (Date.now() - started) / 1000);
}

async function runAll(files: readonly string[], order: Omit<Order, "stackFile">): Promise<void> {
  // Later files have more clusters: begun first, they are not what everyone waits for in the end.
  const reports = await inParallel([...files].reverse(), patternsAtOnce, (stackFile) =>
    reportOf({ ...order, stackFile }, files.length === 1),
  );
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
  const order = { tools, providers: buildProviders(path.dirname(tools.bin)), keep };
  if (keep) await enter({ ...order, stackFile: files[0] });
  else await runAll(files, order);
}

const work = process.env[workVariable];
(work ? inside(work) : outside(process.argv.slice(2))).then(
  () => (work ? process.exit(0) : undefined),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
