/** From a stack file to its report: checks the description, runs the program on the in-process engine, reports what it saw. */
import * as pulumi from "@pulumi/pulumi";
import { checkTopology, program } from "../components/mesh";
import type { Checked } from "../components/mesh";
import { DESCRIPTION_KEY } from "../components/topology";
import { mockRun } from "../engine";
import type { Graph, RunOptions } from "../engine";
import { placeholders } from "./placeholders";
import { isMistake, refuseDescription } from "./problems";
import { buildReport } from "./report/build";
import type { Report } from "./report/report";
import { contextOf, readStackFile } from "./stackFile";
import type { StackFile } from "./stackFile";

export interface FilePlan {
  report: Report;
  graph: Graph;
}

/** Plans a stack file; a user's mistake is thrown as `Refusal`, anything else that is thrown is a bug. */
export async function planFile(path: string, stack?: string): Promise<FilePlan> {
  return planStack(readStackFile(path, stack));
}

/** Plans what a stack file says. The program builds from the very check and facts that the report then tells of. */
export async function planStack(file: StackFile): Promise<FilePlan> {
  const { stack, description } = file;
  const checked = checkTopology(description, contextOf(file));
  const { planned, problems, warnings } = checked;
  if (!planned) refuseDescription(problems);
  const { config, secretKeys, stackOutputs, missing } = placeholders(file, planned.topology);
  const graph = await runProgram(checked, {
    stack,
    config: { ...config, [DESCRIPTION_KEY]: JSON.stringify(description) },
    secretKeys,
    stackOutputs,
  });
  const report = buildReport({ stack, planned, graph, warnings: [...warnings, ...missing] });
  return { report, graph };
}

/** Stack traces cost half of the time, so they are taken only by the second run after a crash. */
async function runProgram(checked: Checked, options: RunOptions): Promise<Graph> {
  const body = () => program(new pulumi.Config(), checked);
  try {
    return await mockRun(body, { ...options, traces: false });
  } catch (error) {
    if (isMistake(error)) throw error;
    return mockRun(body, options);
  }
}
