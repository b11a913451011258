import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { compileProgram, tree } from "../run/project";
import { stackName, type Session } from "../run/session";

/** Where everything that the checks of SDKs make is, below the folder of a run. */
export function placesOf(work: string) {
  const folder = path.join(work, "sdks");
  const [plugin, project, packages] = ["plugin", "project", "packages"].map((own) =>
    path.join(folder, own),
  );
  const [schema, python, go] = ["schema.json", "python", "go"].map((own) => path.join(folder, own));
  return { folder, plugin, project, packages, schema, python, go };
}

/**
 * A checkout as a component plugin. `npm install` builds `bin` there (`prepare`) in 15 s, this in one; the schema is read from
 * the sources (https://github.com/pulumi/pulumi/blob/v3.270.0/sdk/nodejs/provider/experimental/analyzer.ts).
 */
export function writePlugin(folder: string): void {
  for (const name of [
    "package.json",
    "PulumiPlugin.yaml",
    "tsconfig.json",
    "index.ts",
    "components",
  ]) {
    fs.cpSync(path.join(tree, name), path.join(folder, name), { recursive: true });
  }
  fs.symlinkSync(path.join(tree, "node_modules"), path.join(folder, "node_modules"));
  compileProgram(path.join(folder, "bin"));
}

/** A project in Python that finds the plugin and the stand-ins, with what the lab sets of every stack. */
export function writePythonProject({ file, machine, providers, work }: Session): void {
  const { project, plugin } = placesOf(work);
  const state = path.join(project, "state");
  for (const own of [state, path.join(project, "tmp")]) fs.mkdirSync(own, { recursive: true });
  const own = { name: "istio-patterns", path: plugin };
  const settings = {
    name: "python",
    runtime: "python",
    plugins: { providers: [own, ...providers.plugins] },
    backend: { url: `file://${state}` },
  };
  fs.writeFileSync(path.join(project, "Pulumi.yaml"), stringify(settings));
  const { version, hub } = file.original.istio ?? {};
  const given = { version, hub, charts: machine.options.tools.charts };
  const config = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [`python:${key}`, value]),
  );
  fs.writeFileSync(stackFileOf(project), stringify({ config }));
}

export const stackFileOf = (project: string): string =>
  path.join(project, `Pulumi.${stackName}.yaml`);
