/** Runs what a workflow of GitHub's would run, as its runner does. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

export interface Step {
  name?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

export interface Job {
  permissions?: Record<string, string>;
  steps: Step[];
}

export interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  env?: Record<string, string>;
  jobs: Record<string, Job>;
}

const FOLDER = join(__dirname, "../../docs/ci");

export function readWorkflow(name: string): Workflow {
  return parse(readFileSync(join(FOLDER, `${name}.yaml`), "utf8"));
}

/** The shell text of a step, by its job and name. */
export function commandOf({ jobs }: Workflow, job: string, name: string): string {
  const step = jobs[job].steps.find((one) => one.name === name);
  if (!step?.run) throw new Error(`no step ${job}/${name} that runs something`);
  return step.run;
}

export interface StepResult {
  code: number | null;
  stderr: string;
  stdout: string;
  outputs: Record<string, string>;
  summary: string;
}

/**
 * A step in a folder, with the environment that its workflow gives it.
 *
 * `shell: bash` is `bash --noprofile --norc -eo pipefail {0}`, and outputs are lines `name=value`, or `name<<END`, lines and `END`
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell,
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#multiline-strings).
 */
export function runStep(text: string, cwd: string, env: NodeJS.ProcessEnv): StepResult {
  const runner = mkdtempSync(join(tmpdir(), "istio-patterns-step-"));
  const [script, output, summary] = ["step.sh", "output", "summary"].map((name) =>
    join(runner, name),
  );
  writeFileSync(script, text);
  for (const file of [output, summary]) writeFileSync(file, "");
  const all = { ...process.env, ...env, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
  const words = ["--noprofile", "--norc", "-eo", "pipefail", script];
  const { status, stderr, stdout } = spawnSync("bash", words, { cwd, env: all, encoding: "utf8" });
  return {
    ...{ code: status, stderr, stdout },
    outputs: outputsOf(readFileSync(output, "utf8")),
    summary: readFileSync(summary, "utf8"),
  };
}

function outputsOf(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let line = lines.shift(); line; line = lines.shift()) {
    const [, name, end] = /^([^=<]+)<<(.+)$/.exec(line) ?? [];
    if (end === undefined) {
      const at = line.indexOf("=");
      outputs[line.slice(0, at)] = line.slice(at + 1);
    } else {
      const value = lines.splice(0, lines.indexOf(end));
      lines.shift();
      outputs[name] = value.join("\n");
    }
  }
  return outputs;
}
