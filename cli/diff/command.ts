/** Arguments of `diff`. */
import { Option } from "commander";
import type { Command } from "commander";
import { ExitCode, exitHelp } from "../exitCode";
import type { Streams } from "../exitCode";
import { diffJson, jsonText } from "../json";
import { planStack } from "../planFile";
import { refuseArgument } from "../problems";
import { parseStackFile, readStackFile, stackNameOf } from "../stackFile";
import type { StackFile } from "../stackFile";
import { styleFor } from "../text/style";
import { buildDiff } from "./build";
import { readFromGit } from "./git";
import { renderMarkdownDiff } from "./markdown";
import type { DiffReport } from "./report";
import { renderDiff } from "./text";

interface Options {
  git?: string;
  stack?: string;
  json?: boolean;
  markdown?: boolean;
  resources?: boolean;
}

export function addDiff(program: Command, streams: Streams, end: (code: ExitCode) => void): void {
  program
    .command("diff")
    .description("show what a change of a stack file would do, without a cloud")
    .argument("<base>", "stack file as it was; the only one with --git")
    .argument("[head]", "stack file as it is to be")
    .option("--git <ref>", "compare the file with how it is at this commit, branch or tag")
    .option("--stack <name>", "name of the stack (default: from Pulumi.<stack>.yaml, else demo)")
    .option("--resources", "print all of it, and every resource with all inputs that change")
    .addOption(
      new Option("--markdown", "print a comment for a pull request").conflicts(["resources"]),
    )
    .addOption(new Option("--json", "print it as JSON").conflicts(["markdown", "resources"]))
    .addHelpText("after", exitHelp(ExitCode.Changes, ExitCode.Dangerous))
    .action(async (base: string, head: string | undefined, options: Options) => {
      end(await run(base, head, options, streams));
    });
}

async function run(
  base: string,
  head: string | undefined,
  options: Options,
  { stdout }: Streams,
): Promise<ExitCode> {
  const files = await filesOf(base, head, options);
  const [before, after] = [await planStack(files.base), await planStack(files.head)];
  const diff = buildDiff(
    { name: files.base.source!.path, plan: before },
    { name: files.head.source!.path, plan: after },
  );
  const { json, markdown } = options;
  if (json) stdout.write(jsonText(diffJson(diff)));
  else if (markdown) stdout.write(renderMarkdownDiff(diff));
  else stdout.write(renderDiff(diff, options, styleFor(stdout)));
  return codeOf(diff);
}

/** One stack is compared with itself, so both files have the name of the later one. */
async function filesOf(
  base: string,
  head: string | undefined,
  { git, stack }: Options,
): Promise<{ base: StackFile; head: StackFile }> {
  if ((git === undefined) === (head === undefined)) {
    const got = head === undefined ? "one file" : "two files and --git";
    refuseArgument({
      path: "diff",
      got,
      allowed: "two files, or one with --git",
      fix: "say `diff <base> <head>`, or `diff --git main <file>`",
    });
  }
  const later = head ?? base;
  const name = stack ?? stackNameOf(later);
  const earlier =
    git === undefined
      ? readStackFile(base, name)
      : parseStackFile(await readFromGit(git, base), name);
  return { base: earlier, head: readStackFile(later, name) };
}

function codeOf({ dangers, resources }: DiffReport): ExitCode {
  if (dangers.length > 0) return ExitCode.Dangerous;
  return resources.length > 0 ? ExitCode.Changes : ExitCode.Done;
}
