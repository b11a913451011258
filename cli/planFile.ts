/** From a stack file to its report: checks the description, runs the program on the in-process engine, reports what it saw. */
import * as pulumi from "@pulumi/pulumi";
import { API_PLACEHOLDER, checkTopology, program } from "../components/mesh";
import type { Checked, Planned } from "../components/mesh";
import { DESCRIPTION_KEY } from "../components/topology";
import type { Finding } from "../components/topology";
import { apiMissing } from "../components/topology/rules";
import { mockRun } from "../engine";
import type { Graph, RunOptions } from "../engine";
import { placeholders } from "./placeholders";
import { isMistake, pasteable, refuseDescription } from "./problems";
import { buildReport } from "./report/build";
import { Invented } from "./report/invented";
import type { Report, WarningReport } from "./report/report";
import { contextOf, readStackFile } from "./stackFile";
import type { StackFile } from "./stackFile";

export interface FilePlan {
  report: Report;
  planned: Planned;
  graph: Graph;
  invented: Invented;
}

/** What the description must still say is planned with. */
const API_MISSING = { "api.allowFrom[0]": API_PLACEHOLDER.allowFrom[0]! };

/** Plans a stack file; a user's mistake is thrown as `Refusal`, anything else that is thrown is a bug. */
export async function planFile(path: string, stack?: string): Promise<FilePlan> {
  return planStack(readStackFile(path, stack));
}

/** Plans what a stack file says. The program builds from the very check and facts that the report then tells of. */
export async function planStack(file: StackFile): Promise<FilePlan> {
  const { stack, description } = file;
  const checked = checkTopology(description, contextOf(file));
  const { planned, problems, isPartial, warnings } = checked;
  if (!planned) refuseDescription(problems, file.source, isPartial);
  const { config, secretKeys, stackOutputs, missing } = placeholders(file, planned.topology);
  const graph = await runProgram(checked, {
    stack,
    config: { ...config, [DESCRIPTION_KEY]: JSON.stringify(description) },
    secretKeys,
    stackOutputs,
  });
  const isApiMissing = warnings.some(({ rule }) => rule === apiMissing.id);
  const invented = new Invented(graph, isApiMissing ? API_MISSING : {});
  const report = buildReport({
    ...{ stack, planned, graph, invented },
    warnings: [...warnings.map(reportWarning), ...missing].map((warning) => ({
      ...warning,
      fix: pasteable(warning.fix, file.source),
    })),
  });
  return { report, planned, graph, invented };
}

function reportWarning({ rule, path, got, allowed, fix }: Finding): WarningReport {
  return { rule, path, got, allowed, fix };
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
