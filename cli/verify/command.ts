/** Arguments of `verify`. What it needs of Kubernetes is loaded when it runs: `plan` starts without it. */
import type { Command } from "commander";
import { ExitCode } from "../exitCode";
import type { Streams } from "../exitCode";
import { styleFor } from "../text/style";
import { parseContext } from "./contexts";
import type { Contexts } from "./contexts";
import { progressOn } from "./progress";
import { isAsPlanned } from "./verified";
import { verify } from "./verify";
import { renderVerified } from "./words";

interface Options {
  kubeconfig?: string;
  stack?: string;
  context?: Contexts;
  readOnly?: boolean;
  json?: boolean;
}

const EXITS =
  "\nExits with 0 where all is as planned, 3 where something is not or could not be looked at, " +
  "2 when refused, 1 after a crash.";

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
    .requiredOption("--read-only", "look at what stands, and make nothing")
    .option("--json", "print what is found as JSON")
    .addHelpText("after", EXITS)
    .action(async (file: string, options: Options) => {
      end(await run(file, options, streams));
    });
}

async function run(file: string, options: Options, { stdout, stderr }: Streams): Promise<ExitCode> {
  const { kubeconfig, stack, context: contexts = {}, json } = options;
  const verified = await verify({ file, kubeconfig, stack, contexts }, progressOn(stderr));
  const text = json ? `${JSON.stringify(verified, null, 2)}\n` : undefined;
  stdout.write(text ?? renderVerified(verified, styleFor(stdout)));
  return isAsPlanned(verified) ? ExitCode.Planned : ExitCode.Differs;
}
