import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Values } from "../../../engine";
import type { Manifest } from "./checkov";
import type { Court } from "./findings";
import { chartTypes, type Subject } from "./subjects";

/** The objects that the program itself makes. */
export function objectsOf({ name: subject, resources }: Subject): Manifest[] {
  const objects = resources
    .map(({ resource }) => resource)
    .filter(({ type }) => type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm"))
    .map(({ inputs }) => inputs);
  return objects.length > 0 ? [{ subject, by: "program", objects }] : [];
}

interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly values: Values;
}

/** What Istio's charts make of the values that are planned for them; each release once, however many clusters have it. */
export async function renderedOf(court: Court, subjects: readonly Subject[]): Promise<Manifest[]> {
  const releases = new Map<string, Release & { subject: string }>();
  for (const { name: subject, resources } of subjects) {
    for (const { resource } of resources.filter((one) => chartTypes.includes(one.resource.type))) {
      const { name = resource.name, namespace = "default", chart, values } = resource.inputs;
      const release = { name, namespace, chart: path.basename(chart), values };
      const key = createHash("sha256").update(JSON.stringify(release)).digest("hex");
      if (!releases.has(key)) releases.set(key, { ...release, subject });
    }
  }
  const here = [...releases.values()].filter(({ chart }) => isHere(court, chart));
  return Promise.all(
    here.map(async (release) => ({
      subject: release.subject,
      by: `chart ${release.chart}`,
      objects: await rendered(court, release),
    })),
  );
}

/** The chart of the AWS load-balancer controller is in no registry that the lab has. */
const elsewhere = ["aws-load-balancer-controller"];

function isHere({ charts }: Court, chart: string): boolean {
  if (elsewhere.includes(chart)) return false;
  if (!fs.existsSync(path.join(charts, chart))) throw new Error(`no chart ${chart} in the lab`);
  return true;
}

function rendered(court: Court, { name, namespace, chart, values }: Release): Promise<Values[]> {
  // In Istio's source they are empty, unlike in the charts that are published.
  const published = "global.hub=registry.invalid/istio,global.tag=1.31.1";
  const given = ["--namespace", namespace, "--values", "-", "--set", published];
  const args = ["template", name, path.join(court.charts, chart), ...given];
  return new Promise((resolve, reject) => {
    const child = execFile(court.helm, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
      if (error) reject(error);
      else resolve(documentsIn(stdout));
    });
    child.stdin?.end(JSON.stringify(values ?? {}));
  });
}

/** Objects of a stream of YAML, in which a chart leaves empty documents too. */
export const documentsIn = (text: string): Values[] =>
  parseAllDocuments(text)
    .map((one) => one.toJS() as Values | null)
    .filter((one) => one !== null);
