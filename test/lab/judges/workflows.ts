import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { tree } from "../run/project";
import type { Fault } from "./faults";
import { asked, laidOut, type Court, type Exhibit, type Finding } from "./findings";

/** As `--output-format json` prints it: https://check-jsonschema.readthedocs.io/en/stable/usage.html */
interface Report {
  readonly errors: readonly {
    readonly filename: string;
    readonly path: string;
    readonly message: string;
    readonly best_deep_match?: { readonly path: string; readonly message: string };
  }[];
  /** Absent where there is no error at all. */
  readonly parse_errors?: readonly { readonly filename: string; readonly message: string }[];
}

/** SchemaStore's schema of workflows, which the judge brings along: no network is asked. */
const schema = "github-workflows";

const folder = path.join(tree, "docs/ci");

/** All workflows that are there to be copied. */
export function workflows(): Exhibit[] {
  const files = fs.readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  if (files.length === 0) throw new Error(`no workflow in ${folder}`);
  return files.map((file) => ({
    name: path.basename(file, ".yaml"),
    text: fs.readFileSync(path.join(folder, file), "utf8"),
  }));
}

/** One of them with a fault, under the fault's name. */
export function spoiltWorkflow(fault: Fault, name: string): Exhibit {
  const workflow = parse(workflows().find((one) => one.name === fault.of)!.text);
  fault.spoil(workflow);
  return { name, text: stringify(workflow) };
}

/** What the schema has against workflows. */
export async function formed(court: Court, all: readonly Exhibit[]): Promise<Finding[]> {
  const exhibits = laidOut(court, all, ".yaml");
  const files = all.map(({ name }) => path.join(exhibits, `${name}.yaml`));
  const words = ["-m", "check_jsonschema", "--builtin-schema", `vendor.${schema}`];
  const output = await asked(court, [...words, "--output-format", "json", ...files], [0, 1]);
  const { errors, parse_errors: unread = [] }: Report = JSON.parse(output);
  const findings = errors.map((error) => ({ ...error, ...error.best_deep_match }));
  return [...findings, ...unread.map((error) => ({ ...error, path: "" }))].map((found) => ({
    judge: "check-jsonschema",
    rule: schema,
    where: found.path,
    subject: path.basename(found.filename, ".yaml"),
    message: found.message,
  }));
}
