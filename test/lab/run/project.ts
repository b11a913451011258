import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import type { BuiltProviders } from "../providers/build";

export const tree = path.resolve(__dirname, "../../..");

/** What the program needs of its own folder; links, so that it is the program of the tree that runs. */
const linked = [
  "index.ts",
  "components",
  "package.json",
  "tsconfig.json",
  "node_modules",
] as const satisfies readonly string[];

/** A run directory: the project as it is, plus where plugins and state are. */
export function writeProject(folder: string, plugins: BuiltProviders["plugins"]): void {
  const state = path.join(folder, "state");
  fs.mkdirSync(state, { recursive: true });
  for (const name of linked) fs.symlinkSync(path.join(tree, name), path.join(folder, name));
  const project = parse(fs.readFileSync(path.join(tree, "Pulumi.yaml"), "utf8"));
  const lab = { plugins: { providers: plugins }, backend: { url: `file://${state}` } };
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify({ ...project, ...lab }));
}
