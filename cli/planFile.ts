/** From a stack file to its report: checks the description, runs the program on the mock engine, reports what it saw. */
import program from "../index";
import { checkTopology, plan } from "../components/mesh";
import { DESCRIPTION_KEY } from "../components/topology";
import type { Problem, Topology } from "../components/topology";
import { mockRun } from "./engine";
import type { Graph, RunOptions } from "./engine";
import { placeholders } from "./placeholders";
import { isMistake, refuseDescription } from "./problems";
import { buildReport } from "./report/build";
import type { Report, WarningReport } from "./report/report";
import { readStackFile } from "./stackFile";
import type { StackFile } from "./stackFile";

/** Stands in place of `api` offline: an address that is reserved for documentation (RFC 5737) and reaches nothing. */
export const API_PLACEHOLDER = { allowFrom: ["192.0.2.1/32"] };

export interface FilePlan {
  report: Report;
  graph: Graph;
}

/** Plans a stack file; a user's mistake is thrown as `Refusal`, anything else that is thrown is a bug. */
export async function planFile(path: string, stack?: string): Promise<FilePlan> {
  return planStack(readStackFile(path, stack));
}

/** Plans what a stack file says. */
export async function planStack(file: StackFile): Promise<FilePlan> {
  const { stack } = file;
  const { description, topology, warnings } = check(file);
  const { config, secretKeys, stackOutputs, missing } = placeholders(file, topology);
  const graph = await runProgram({
    stack,
    config: { ...config, [DESCRIPTION_KEY]: JSON.stringify(description) },
    secretKeys,
    stackOutputs,
  });
  const facts = plan(topology);
  const all = [...warnings, ...missing];
  return { report: buildReport({ stack, topology, facts, graph, warnings: all }), graph };
}

/** Stack traces cost half of the time, so they are taken only by the second run after a crash. */
async function runProgram(options: RunOptions): Promise<Graph> {
  try {
    return await mockRun(program, { ...options, traces: false });
  } catch (error) {
    if (isMistake(error)) throw error;
    return mockRun(program, options);
  }
}

interface CheckedFile {
  description: unknown;
  topology: Topology;
  warnings: WarningReport[];
}

function check({ description, stack, region }: StackFile): CheckedFile {
  const asWritten = checkTopology(description, { stack, region });
  const missing = asWritten.topology ? apiProblems(asWritten.topology, asWritten.problems) : [];
  const complete =
    missing.length === 0 ? description : { ...(description as object), api: API_PLACEHOLDER };
  const { topology, problems, warnings } = checkTopology(complete, { stack, region });
  if (!topology || problems.length > 0) refuseDescription(problems);
  return {
    description: complete,
    topology,
    warnings: [...missing.map(withPlaceholder), ...warnings],
  };
}

/** What `up` refuses is only a warning where nothing is built. */
function withPlaceholder(problem: Problem): WarningReport {
  const got = `${problem.got}, planned with ${API_PLACEHOLDER.allowFrom[0]}`;
  return { ...problem, rule: "api-missing", got };
}

/** Who reaches the API servers is the user's to say, and only `up` and `preview` need it. */
function apiProblems(topology: Topology, problems: Problem[]): Problem[] {
  const unsaid = Object.values(topology.clusters).some(({ api, existing }) => !api && !existing);
  return unsaid && !topology.api ? problems.filter(({ path }) => path === "api") : [];
}
