import * as fs from "node:fs";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { parse, stringify } from "yaml";
import type { BuiltProviders } from "../providers/build";

export const tree = path.resolve(__dirname, "../../..");

const linked = ["package.json", "node_modules"] as const satisfies readonly string[];

/** The program of the tree, file by file: each of a pattern's commands would compile it again. */
export function compileProgram(folder: string): void {
  const sources = fs
    .readdirSync(path.join(tree, "components"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => path.join(tree, "components", name));
  buildSync({
    entryPoints: [path.join(tree, "index.ts"), ...sources],
    outdir: folder,
    outbase: tree,
    platform: "node",
    format: "cjs",
    target: "node22",
  });
}

/** A run directory: the project as it is, plus where plugins and state are. */
export function writeProject(folder: string, plugins: BuiltProviders["plugins"]): void {
  const [state, home, temporary] = ["state", "home", "tmp"].map((own) => path.join(folder, own));
  for (const own of [state, home, temporary]) fs.mkdirSync(own, { recursive: true });
  // The CLI would log every property in a folder of this name, in up to two thirds of its time; it goes on without.
  fs.writeFileSync(path.join(home, "logs"), "");
  for (const name of linked) fs.symlinkSync(path.join(tree, name), path.join(folder, name));
  compileProgram(folder);
  const project = parse(fs.readFileSync(path.join(tree, "Pulumi.yaml"), "utf8"));
  // The SDK makes a stack trace for every promise, which takes a fifth of a preview.
  const options = {
    ...project.runtime.options,
    typescript: false,
    nodeargs: "--stack-trace-limit=1",
  };
  const lab = {
    runtime: { ...project.runtime, options },
    main: "./index.js",
    plugins: { providers: plugins },
    backend: { url: `file://${state}` },
  };
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify({ ...project, ...lab }));
}
