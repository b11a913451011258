/** Arguments of `verify`. What it needs of Kubernetes is loaded when it runs: `plan` starts without it. */
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import { ExitCode, exitHelp } from "../exitCode";
import type { Streams } from "../exitCode";
import { jsonText } from "../json";
import { styleFor } from "../text/style";
import { parseContext } from "./contexts";
import type { Contexts } from "./contexts";
import { IMAGE } from "./probes/objects";
import { Interrupted } from "./probes/probe";
import { progressOn } from "./progress";
import { isAsPlanned } from "./verified";
import { verify } from "./verify";
import { renderVerified } from "./words";

interface Options {
  kubeconfig?: string;
  stack?: string;
  context?: Contexts;
  readOnly?: boolean;
  cell?: string[];
  image: string;
  timeout: number;
  json?: boolean;
}

const HELP =
  "\nMakes a namespace with two pods in each cluster, and removes it again, also when interrupted.\n" +
  exitHelp(ExitCode.Differs, ExitCode.Interrupted);

export function addVerify(program: Command, streams: Streams, end: (code: ExitCode) => void): void {
  program
    .command("verify")
    .description("hold real clusters against what a stack file plans")
    .argument("<file>", "stack file, such as stacks/01-single-cluster.yaml")
    .option(
      "--kubeconfig <file>",
      "kubeconfig whose contexts lead to the clusters (default: kubectl's)",
    )
    .option(
      "--stack <name>",
      "name of the stack; without --kubeconfig, `pulumi` is asked for its output `kubeconfigs`",
    )
    .option("--context <cluster=context>", "context of a cluster; repeat it", parseContext)
    .option("--read-only", "look at what stands, and make nothing")
    .option(
      "--cell <from:to>",
      "ask this pair of places alone, as `plan --reach` has it; repeat it",
      both,
    )
    .option("--image <image>", "image of the probes: agnhost, or one that has its commands", IMAGE)
    .option(
      "--timeout <seconds>",
      "until probes are ready, and what is planned works",
      seconds,
      120,
    )
    .option("--json", "print what is found as JSON")
    .addHelpText("after", HELP)
    .action(async (file: string, options: Options) => {
      end(await run(file, options, streams));
    });
}

async function run(file: string, options: Options, { stdout, stderr }: Streams): Promise<ExitCode> {
  const { kubeconfig, stack, context: contexts = {}, readOnly, json } = options;
  const { cell: cells = [], image, timeout } = options;
  const { signal, end } = interrupts();
  const ask = readOnly ? undefined : { cells, image, timeout, signal };
  try {
    const subject = { file, kubeconfig, stack, contexts, ask };
    const verified = await verify(subject, progressOn(stderr));
    stdout.write(json ? jsonText(verified) : renderVerified(verified, styleFor(stdout)));
    return isAsPlanned(verified) ? ExitCode.Done : ExitCode.Differs;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    stderr.write(`${error.message}\n`);
    return ExitCode.Interrupted;
  } finally {
    end();
  }
}

/** The first interrupt has what was made removed; the second ends the process, as if nobody listened. */
function interrupts(): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const names = ["SIGINT", "SIGTERM"] as const;
  const end = () => names.forEach((name) => process.off(name, stop));
  const stop = () => {
    end();
    controller.abort();
  };
  for (const name of names) process.on(name, stop);
  return { signal: controller.signal, end };
}

function both(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function seconds(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Say a number of seconds, 1 to 9999.");
}
