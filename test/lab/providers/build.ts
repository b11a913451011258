import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { buildSync } from "esbuild";

const LAB = path.dirname(__dirname);
const TREE = path.resolve(LAB, "..", "..");

/** Executable name -> its entry below test/lab. */
const EXECUTABLES = {
  "pulumi-language-nodejs": "language-host/main.ts",
  "pulumi-resource-aws": "providers/aws/main.ts",
  "pulumi-resource-eks": "providers/eks/main.ts",
  "pulumi-resource-tls": "providers/tls/main.ts",
} as const;

export interface BuiltProviders {
  /** Put it on PATH: the engine looks for the language host there. */
  readonly path: string;
  /** For `plugins.providers` in Pulumi.yaml. */
  readonly plugins: readonly { readonly name: string; readonly path: string }[];
}

/**
 * Compiles the stand-ins once, below `cache` and keyed by their content: each command starts them anew, and would pay for a
 * TypeScript loader. Kubernetes' provider is the real one, in the folder of built tools.
 */
export function buildProviders(cache: string, tools: string): BuiltProviders {
  const directory = path.join(cache, "providers", contentKey());
  if (!fs.existsSync(directory)) {
    const draft = `${directory}.${process.pid}`;
    for (const [name, entry] of Object.entries(EXECUTABLES)) bundle(name, entry, draft);
    settle(draft, directory);
  }
  const plugins = Object.keys(EXECUTABLES)
    .filter((name) => name.startsWith("pulumi-resource-"))
    .map((name) => ({ name: name.replace("pulumi-resource-", ""), path: directory }));
  return { path: directory, plugins: [...plugins, { name: "kubernetes", path: tools }] };
}

/** Another run may have built the same meanwhile; whose is used makes no difference. */
function settle(draft: string, directory: string): void {
  try {
    fs.renameSync(draft, directory);
  } catch (error) {
    if (!fs.existsSync(directory)) throw error;
    fs.rmSync(draft, { recursive: true });
  }
}

function bundle(name: string, entry: string, directory: string): void {
  const outfile = path.join(directory, name);
  buildSync({
    entryPoints: [path.join(LAB, entry)],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    // Packages stay where they are installed: the SDK must not exist twice in one process.
    packages: "external",
    // As `require`, which finds packages through NODE_PATH; `import()` does not.
    supported: { "dynamic-import": false },
    banner: { js: `#!/usr/bin/env node\n${moduleSearch()}` },
  });
  fs.chmodSync(outfile, 0o755);
}

/** The output lies outside the tree, so Node is told where the tree's packages are. */
function moduleSearch(): string {
  const modules = JSON.stringify(path.join(TREE, "node_modules"));
  return `process.env.NODE_PATH = ${modules}; require("node:module").Module._initPaths();`;
}

function contentKey(): string {
  const hash = createHash("sha256").update(TREE).update(process.version);
  const own = ["providers", "language-host"].flatMap((room) => sources(path.join(LAB, room)));
  for (const file of own.sort()) hash.update(file).update(fs.readFileSync(file));
  hash.update(fs.readFileSync(path.join(TREE, "package-lock.json")));
  return hash.digest("hex").slice(0, 16);
}

function sources(directory: string): string[] {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) return sources(file);
    return file.endsWith(".ts") && !file.endsWith(".spec.ts") ? [file] : [];
  });
}
