import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { enterLab, interruptedCode, workVariable } from "./machine/enter";
import { buildProviders } from "./providers/build";
import { keepPattern } from "./run/keep";
import { runPattern, type PatternOptions } from "./run/pattern";
import { tree } from "./run/project";
import { formatReports, type PatternReport } from "./run/report";
import { buildTools } from "./tools/build";

/** What the process outside tells the one inside, where only the pattern and its folder are known. */
const orderVariable = "LAB_ORDER";

type Order = Omit<PatternOptions, "work"> & { readonly keep: boolean; readonly report: string };

async function inside(work: string): Promise<void> {
  const order: Order = JSON.parse(process.env[orderVariable] ?? "");
  const options = { ...order, work };
  if (order.keep) return keepPattern(options);
  const report = await runPattern(options);
  fs.writeFileSync(order.report, JSON.stringify(report));
}

function stackFiles(named: readonly string[]): string[] {
  const folder = path.join(tree, "stacks");
  const all = fs.readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  const files = named.length > 0 ? named : all.map((name) => path.join(folder, name));
  const missing = files.filter((file) => !fs.existsSync(file));
  if (missing.length > 0) throw new Error(`no stack file ${missing.join(", ")}`);
  return files.map((file) => path.resolve(file)).sort();
}

/** A pattern whose process ended before it could report is one failure. */
function readReport(file: string, stackFile: string, seconds: number): PatternReport {
  if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, "utf8"));
  const message = "the run ended before its report";
  const result = { point: 1, title: "run", outcome: "failed", message, seconds } as const;
  return { pattern: path.basename(stackFile, ".yaml"), results: [result], seconds };
}

async function outside(named: readonly string[]): Promise<void> {
  const files = stackFiles(named);
  const keep = Boolean(process.env.KEEP);
  if (keep && files.length !== 1) throw new Error("KEEP=1 keeps one pattern: name it with STACK=");
  const tools = await buildTools();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "istio-patterns-report-"));
  const report = path.join(scratch, "report.json");
  const reports: PatternReport[] = [];
  try {
    const providers = buildProviders(path.dirname(tools.bin));
    for (const stackFile of files) {
      console.log(`\n${path.basename(stackFile, ".yaml")}`);
      fs.rmSync(report, { force: true });
      const started = Date.now();
      process.env[orderVariable] = JSON.stringify({ stackFile, tools, providers, keep, report });
      const code = await enterLab(path.resolve(__filename), []);
      if (keep || code === interruptedCode) {
        process.exitCode = keep ? 0 : code;
        return;
      }
      reports.push(readReport(report, stackFile, (Date.now() - started) / 1000));
    }
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  const text = formatReports(reports);
  console.log(text);
  if (!text.endsWith(" 0 failed")) process.exitCode = 1;
}

const work = process.env[workVariable];
(work ? inside(work) : outside(process.argv.slice(2))).then(
  () => (work ? process.exit(0) : undefined),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
