import * as fs from "node:fs";
import * as path from "node:path";
import { enterLab, interruptedCode, reportFile, workVariable } from "./machine/enter";
import type { JudgesOptions } from "./judges/run";
import type { Draw } from "./run/drawn";
import { buildProviders } from "./providers/build";
import { keepPattern } from "./run/keep";
import { runPattern, type PatternOptions } from "./run/pattern";
import { inParallel } from "./run/parallel";
import { tree } from "./run/project";
import { formatReports, type PatternReport } from "./run/report";
import { buildTools } from "./tools/build";

/** What the process outside tells the one inside, where only the pattern and its folder are known. */
const orderVariable = "LAB_ORDER";

/** A pattern waits for two thirds of its time: three of them keep two cores busy. */
const patternsAtOnce = 3;

type PatternOrder = Omit<PatternOptions, "work"> & { readonly keep: boolean };
type DrawnOrder = Omit<PatternOptions, "work" | "stackFile"> & { readonly drawn: Draw };
type JudgesOrder = Omit<JudgesOptions, "work">;
type Order = PatternOrder | DrawnOrder | JudgesOrder;

/** In the place of a stack file: what others than this project's authors have to say of all plans. */
const judges = "judges";

/** In the place of a stack file: descriptions that nobody wrote. LAB_SEED draws others, and these again. */
const random = "random";
const usualSeed = 1;
const draws = 3;

async function inside(work: string): Promise<void> {
  const order: Order = JSON.parse(process.env[orderVariable] ?? "");
  if ("stackFile" in order && order.keep) return keepPattern({ ...order, work });
  fs.writeFileSync(reportFile(work), JSON.stringify(await reportIn(work, order)));
}

function reportIn(work: string, order: Order): Promise<PatternReport> {
  if ("stackFile" in order) return runPattern({ ...order, work });
  return "drawn" in order ? runDrawn({ ...order, work }) : judged({ ...order, work });
}

/** Loaded for them alone: what draws them is of the property tests. */
async function runDrawn({ drawn, ...options }: DrawnOrder & { work: string }) {
  const { writeDrawn } = await import("./run/drawn.js");
  const stackFile = writeDrawn(options.work, drawn);
  console.log(`  drawn by LAB_SEED=${drawn.seed}, number ${drawn.nth + 1}:`);
  console.log(fs.readFileSync(stackFile, "utf8").replace(/^/gm, "    ").trimEnd());
  return runPattern({ ...options, stackFile, kind: "drawn" });
}

/** Loaded for them alone: plans need the whole program. */
async function judged(options: JudgesOptions): Promise<PatternReport> {
  const { runJudges } = await import("./judges/run.js");
  return runJudges(options);
}

function stackFiles(named: readonly string[]): string[] {
  const all = ["stacks", "test/lab/stacks"].flatMap((folder) =>
    fs
      .readdirSync(path.join(tree, folder))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => path.join(tree, folder, name)),
  );
  const files = named.length > 0 ? named : all;
  const missing = files.filter((file) => !fs.existsSync(file));
  if (missing.length > 0) throw new Error(`no stack file ${missing.join(", ")}`);
  return files.map((file) => path.resolve(file)).sort();
}

function nameOf(order: Order): string {
  if ("stackFile" in order) return path.basename(order.stackFile, ".yaml");
  return "drawn" in order ? `${random}-${order.drawn.seed}-${order.drawn.nth}` : judges;
}

function enter(order: Order, onLine?: (line: string) => void) {
  // Go's programs live briefly here: memory costs less than collecting it.
  const environment = { [orderVariable]: JSON.stringify(order), GOGC: "400" };
  return enterLab({ script: path.resolve(__filename), environment, onLine });
}

/** A run whose process ended before it could report is one failure. */
function unreported(pattern: string, seconds: number): PatternReport {
  const message = "the run ended before its report";
  const result = { point: 1, title: "run", outcome: "failed", message, seconds } as const;
  return { pattern, results: [result], seconds };
}

/** The report of one pattern, or of the judges; undefined where someone has interrupted it. */
async function reportOf(order: Order, alone: boolean): Promise<PatternReport | undefined> {
  const name = nameOf(order);
  const started = Date.now();
  console.log(`${name}  begins`);
  const tell = (line: string) => console.log(`${name}  ${line}`);
  const { code, report } = await enter(order, alone ? undefined : tell);
  if (code === interruptedCode) return undefined;
  return report ? JSON.parse(report) : unreported(name, (Date.now() - started) / 1000);
}

async function runAll(orders: readonly Order[]): Promise<void> {
  // Later files take longer, what is drawn least: nobody waits long for the last one.
  const reports = await inParallel([...orders].reverse(), patternsAtOnce, (order) =>
    reportOf(order, orders.length === 1),
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
  const isNamed = (what: string) => named.length === 0 || named.includes(what);
  const files = named.filter((name) => name !== judges && name !== random);
  const stacks = files.length > 0 || named.length === 0 ? stackFiles(files) : [];
  const keep = Boolean(process.env.KEEP);
  if (keep && stacks.length !== 1) throw new Error("KEEP=1 keeps one pattern: name it with STACK=");
  const tools = await buildTools();
  const built = { tools, providers: buildProviders(path.dirname(tools.bin), tools.bin) };
  const patterns = stacks.map((stackFile) => ({ ...built, keep, stackFile }));
  if (keep) return void (await enter(patterns[0]));
  await runAll([
    ...(isNamed(random) ? drawnOrders(built) : []),
    ...(isNamed(judges) ? [{ tools }] : []),
    ...patterns,
  ]);
}

function drawnOrders(built: Omit<DrawnOrder, "drawn">): DrawnOrder[] {
  const seed = Number(process.env.LAB_SEED || usualSeed);
  return Array.from({ length: draws }, (_, nth) => ({ ...built, drawn: { seed, nth } }));
}

const work = process.env[workVariable];
(work ? inside(work) : outside(process.argv.slice(2))).then(
  () => (work ? process.exit(0) : undefined),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
