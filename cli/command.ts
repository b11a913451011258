/** The command line: arguments in, text and exit code out. */
import { writeFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { version } from "../package.json";
import { addDiff } from "./diff/command";
import { addDiscover } from "./discover/command";
import { renderMarkdown } from "./diagram";
import { renderSvg } from "./drawing/svg";
import { addExplain } from "./explain";
import { ExitCode, exitHelp } from "./exitCode";
import { addKubeconfig } from "./kubeconfig";
import { addNew } from "./new";
import { jsonText, planJson, refusalJson } from "./json";
import { planFile } from "./planFile";
import type { FilePlan } from "./planFile";
import { isMistake, refuseArgument } from "./problems";
import type { Streams } from "./exitCode";
import { renderRefusal } from "./refusal";
import { addVerify } from "./verify/command";
import type { Report } from "./report/report";
import { styleFor } from "./text/style";
import { renderReach, renderText } from "./text/text";
import { renderBrief } from "./text/brief";
import { renderValues } from "./values";

export { ExitCode };
export type { Streams };

interface PlanOptions {
  json?: boolean;
  values?: boolean;
  reach?: boolean;
  full?: boolean;
  diagram?: string;
  stack?: string;
}

/** Runs one command. Never throws. */
export async function run(args: string[], streams: Streams): Promise<ExitCode> {
  const outcome = { code: ExitCode.Done as ExitCode };
  try {
    await build(streams, outcome).parseAsync(args, { from: "user" });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.Done;
    const isArgument = error instanceof CommanderError;
    if (isArgument || isMistake(error)) {
      // Commander has said itself what it refuses.
      if (!isArgument) writeRefusal(error, streams);
      if (args.includes("--json")) streams.stdout.write(jsonText(refusalJson(error)));
      return ExitCode.Refused;
    }
    streams.stderr.write(`${crash(error)}\n`);
    return ExitCode.Crashed;
  }
}

function writeRefusal(error: Error, { stderr }: Streams): void {
  stderr.write(renderRefusal(error, styleFor(stderr), stderr.isTTY === true));
}

function build(streams: Streams, outcome: { code: ExitCode }): Command {
  const command = new Command("istio-patterns")
    .description("Istio on AWS, in any of its deployment patterns, from one description")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
    });
  command
    .command("plan")
    .description("show what a stack file would build, without a cloud")
    .argument("<file>", "stack file, such as stacks/01-single-cluster.yaml")
    .addOption(new Option("--json", "print the plan as JSON").conflicts(["values", "reach"]))
    .addOption(
      new Option("--full", "print all of it, also what is alike").conflicts([
        ...["json", "values", "reach"],
      ]),
    )
    .option("--values", "print the Helm values of every release as YAML")
    .addOption(
      new Option("--reach", "print who reaches whom, every pair of places").conflicts("values"),
    )
    .option("--diagram <file>", "also draw the topology: a .md file with Mermaid, or a .svg file")
    .option("--stack <name>", "name of the stack (default: from Pulumi.<stack>.yaml, else demo)")
    .addHelpText("after", exitHelp())
    .action((file: string, options: PlanOptions) => plan(file, options, streams));
  addNew(command, streams, (code) => (outcome.code = code));
  addExplain(command, streams);
  addKubeconfig(command, streams);
  addDiscover(command, streams);
  addDiff(command, streams, (code) => (outcome.code = code));
  addVerify(command, streams, (code) => (outcome.code = code));
  return command;
}

async function plan(file: string, options: PlanOptions, streams: Streams): Promise<void> {
  const draw = options.diagram === undefined ? undefined : drawerFor(options.diagram);
  const planned = await planFile(file, options.stack);
  streams.stdout.write(render(planned, options, streams));
  if (draw) writeDiagram(options.diagram!, draw(planned.report), streams);
}

function render(planned: FilePlan, options: PlanOptions, { stdout }: Streams): string {
  const { report } = planned;
  const { json, values, reach, full } = options;
  if (json) return jsonText(planJson(planned));
  if (reach) return renderReach(report, styleFor(stdout));
  if (values) return renderValues(report);
  return (full ? renderText : renderBrief)(report, styleFor(stdout));
}

type Drawer = (report: Report) => string;

const drawers: Record<string, Drawer> = { md: renderMarkdown, svg: renderSvg };

/** Asked before anything else is done: a wrong ending should not cost a plan. */
function drawerFor(file: string): Drawer {
  const ending = file.split(".").pop()!;
  return drawers[ending] ?? refuseDiagram(file, `a file that ends in .${ending}`);
}

function writeDiagram(file: string, content: string, { stderr }: Streams): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    refuseDiagram(file, (error as NodeJS.ErrnoException).code ?? String(error));
  }
  stderr.write(`wrote ${file}\n`);
}

function refuseDiagram(file: string, got: string): never {
  const allowed = "a .md or .svg file that can be written";
  const fix = "name another file";
  refuseArgument({ path: `--diagram ${file}`, got, allowed, fix });
}

function crash(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `istio-patterns crashed, which is a bug in it:\n${text}`;
}
