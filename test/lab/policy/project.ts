import * as fs from "node:fs";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { stringify } from "yaml";
import type { BuiltProviders } from "../providers/build";
import { tree } from "../run/project";

/** Where everything that the checks of the policy pack make is, below the folder of a run. */
export function placesOf(work: string) {
  const folder = path.join(work, "policies");
  const [pack, project, charts] = ["pack", "project", "charts"].map((own) =>
    path.join(folder, own),
  );
  const settings = path.join(folder, "settings.json");
  return { pack, project, charts, settings, stackFile: path.join(project, "Pulumi.lab.yaml") };
}

/** As `npm run bundle-policy` does, which the package brings. */
export function writePack(folder: string): void {
  bundle("policy/index.ts", folder);
  for (const file of ["package.json", "PulumiPolicy.yaml"])
    fs.copyFileSync(path.join(tree, "policy", file), path.join(folder, file));
}

function bundle(entry: string, folder: string): void {
  fs.mkdirSync(folder, { recursive: true });
  buildSync({
    entryPoints: [path.join(tree, entry)],
    outfile: path.join(folder, "index.js"),
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node22",
  });
  fs.symlinkSync(path.join(tree, "node_modules"), path.join(folder, "node_modules"));
}

/** A project of the programs, without configuration. */
export function writeProject(folder: string, plugins: BuiltProviders["plugins"]): void {
  bundle("test/lab/policy/main.ts", folder);
  const state = path.join(folder, "state");
  for (const own of [state, path.join(folder, "tmp")]) fs.mkdirSync(own, { recursive: true });
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "policies" }));
  const settings = {
    name: "policies",
    runtime: { name: "nodejs", options: { typescript: false } },
    main: "./index.js",
    plugins: { providers: plugins },
    backend: { url: `file://${state}` },
  };
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify(settings));
}

/** Istiod's chart under versions that were released: a release differs from the repository's by that (istio/release-builder, pkg/build/helm.go). */
export function writeCharts(folder: string, charts: string, versions: readonly string[]): void {
  for (const version of versions) {
    const chart = path.join(folder, version, "istiod");
    fs.cpSync(path.join(charts, "istiod"), chart, { recursive: true });
    const file = path.join(chart, "Chart.yaml");
    const text = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, text.replace(/^version: .*$/m, `version: ${version}`));
  }
}

export function writeConfig(file: string, config: Record<string, string>): void {
  const named = Object.entries(config).map(([key, value]) => [`policies:${key}`, value]);
  const all = { ...Object.fromEntries(named), "aws:region": "eu-west-1" };
  fs.writeFileSync(file, stringify({ config: all }));
}
