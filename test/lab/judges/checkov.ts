import * as assert from "node:assert/strict";
import * as path from "node:path";
import type { Values } from "../../../engine";
import { written, type Template } from "./cloudFormation/template";
import { asked, laidOut, type Court, type Exhibit, type Finding } from "./findings";

/** As `--output json` prints it: https://www.checkov.io/2.Basics/Reviewing%20Scan%20Results.html */
interface Report {
  readonly results: {
    readonly failed_checks: readonly Checked[];
    readonly passed_checks: readonly Checked[];
  };
  readonly summary: { readonly parsing_errors: number };
}

interface Checked {
  readonly check_id: string;
  readonly check_name: string;
  readonly file_path: string;
  readonly resource: string;
}

/**
 * Which pods have a NetworkPolicy: one that selects all pods of its own namespace is for checkov one of every pod, so that what is found
 * depends on what else is scanned. Who may call a pod is the mesh's and the security groups' to say.
 */
const SKIPPED = "CKV2_K8S_6";

/** What was found, by the number of the exhibit; `seen` is whatever a check has looked at, as `<number> <resource>`. */
async function scanned(court: Court, framework: string, exhibits: readonly Exhibit[]) {
  const ending = framework === "kubernetes" ? ".yaml" : ".json";
  const folder = laidOut(court, exhibits, ending);
  const scan = ["--directory", folder, "--framework", framework, "--skip-download"];
  const left = ["--skip-check", SKIPPED];
  const print = ["--output", "json", "--compact"];
  const output = await asked(court, ["-m", "checkov.main", ...scan, ...left, ...print], [0, 1]);
  const report: Report = JSON.parse(output);
  assert.equal(report.summary.parsing_errors, 0, "checkov cannot read some of what it is given");
  const numbered = (one: Checked) => ({ ...one, number: path.basename(one.file_path, ending) });
  const failed = report.results.failed_checks.map(numbered);
  const all = [...failed, ...report.results.passed_checks.map(numbered)];
  return { failed, seen: new Set(all.map(({ number, resource }) => `${number} ${resource}`)) };
}

/** Kinds that checkov has checks for, among those that are planned: a file that it passes over is no good file. */
const judged = {
  templates: ["AWS::EKS::Cluster", "AWS::KMS::Key", "AWS::IAM::Role", "AWS::EC2::SecurityGroup"],
  manifests: ["Deployment", "DaemonSet", "ClusterRole", "ServiceAccount"],
};

function demandSeen(seen: ReadonlySet<string>, given: readonly string[]): void {
  assert.ok(given.length > 0, "there is nothing that checkov has checks for");
  const passedOver = given.filter((one) => !seen.has(one));
  assert.deepEqual(passedOver, [], "checkov passes over some of what it has checks for");
}

/** What checkov has against templates. */
export async function scanTemplates(
  court: Court,
  templates: readonly Template[],
): Promise<Finding[]> {
  const exhibits = templates.map((one, index) => ({ name: `${index}`, text: written(one) }));
  const { failed, seen } = await scanned(court, "cloudformation", exhibits);
  const given = templates.flatMap(({ resources }, number) =>
    Object.entries(resources)
      .filter(([, { Type }]) => judged.templates.includes(Type))
      .map(([name, { Type }]) => `${number} ${Type}.${name}`),
  );
  demandSeen(seen, given);
  return failed.map(({ check_id: rule, check_name: message, resource, number }) => {
    const { subject, planned } = templates[Number(number)];
    const [type, name] = resource.split(".");
    const where = `${type} ${planned[name].resource.name}`;
    return { judge: "checkov", rule, where, subject, message };
  });
}

/** Objects of Kubernetes that belong together. */
export interface Manifest {
  readonly subject: string;
  /** What made them: the program, or a chart. */
  readonly by: string;
  readonly objects: readonly Values[];
}

/** Files with two opening braces are templates of Helm's for checkov, which passes over them. */
const plainly = (object: object) => JSON.stringify(object).replaceAll("{{", "{ {");

/** What checkov has against objects. */
export async function scanManifests(
  court: Court,
  manifests: readonly Manifest[],
): Promise<Finding[]> {
  const exhibits = manifests.map(({ objects }, index) => ({
    name: `${index}`,
    text: objects.map(plainly).join("\n---\n"),
  }));
  const { failed, seen } = await scanned(court, "kubernetes", exhibits);
  const given = manifests.flatMap(({ objects }, number) =>
    objects
      .filter(({ kind }) => judged.manifests.includes(kind))
      .map(({ kind, metadata: { namespace = "default", name } }) => {
        return `${number} ${kind}.${namespace}.${name}`;
      }),
  );
  demandSeen(seen, given);
  return failed.map(({ check_id: rule, check_name: message, resource, number }) => {
    const { subject, by } = manifests[Number(number)];
    return { judge: "checkov", rule, where: `${by} ${resource}`, subject, message };
  });
}
