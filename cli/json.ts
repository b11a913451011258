/** Makes what the command line prints for machines. */
import type { DiffReport } from "./diff/report";
import { JSON_VERSION } from "./forms";
import type { DiffJson, PlanJson, RefusalJson } from "./forms";
import { positionsOf } from "./lines";
import type { FilePlan } from "./planFile";
import { Refusal } from "./problems";
import { reportResources } from "./report/resources";

export function planJson(plan: FilePlan): PlanJson {
  return { version: JSON_VERSION, ...plan.report, resources: reportResources(plan) };
}

export function diffJson(diff: DiffReport): DiffJson {
  return { version: JSON_VERSION, ...diff };
}

/** A user's mistake, with places where the description of a file is at fault. */
export function refusalJson(error: Error): RefusalJson {
  const { problems = [], source } = error instanceof Refusal ? error : {};
  const positionOf = source === undefined ? () => undefined : positionsOf(source.text);
  return {
    version: JSON_VERSION,
    refused: {
      message: error.message,
      problems: problems.map(({ rule, path, got, allowed, fix }) => {
        const place = { ...(source && { file: source.path }), ...positionOf(path) };
        return { rule, path, ...place, got, allowed, fix };
      }),
    },
  };
}

/** As it is printed. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
