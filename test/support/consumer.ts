/**
 * Another project, as a user's: it installs the packed package once for all specs, has the examples in it, and compiles.
 *
 * Begun when a spec is loaded: it needs the other core for a minute, and nothing else waits for it.
 */
import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export const ROOT = join(__dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "istio-patterns-package-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** Its folder. */
export const consumer = join(scratch, "consumer");

/** Where its programs are compiled to. */
export const OUT = "out";

/** The oldest SDK that the package takes. */
export const OLDEST_SDK = "3.204.0";

/** Names of all examples. */
export const examples = readdirSync(join(ROOT, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

export function exampleJson(name: string, file: string) {
  return JSON.parse(readFileSync(join(ROOT, "examples", name, file), "utf8"));
}

/** Settled when the package is installed there. */
export const installed = install();
installed.catch(() => undefined);

/** What the compiler says of everything there, with the files that it read; never rejected for what it says. */
export const compiled = installed.then(compile);
compiled.catch(() => undefined);

async function install(): Promise<void> {
  await npm(ROOT, "pack", "--pack-destination", scratch, "--silent");
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  mkdirSync(consumer);
  const tarball = `file:${join(scratch, `istio-patterns-${version}.tgz`)}`;
  writeJson("package.json", { name: "consumer", private: true, ...dependencies(tarball) });
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await npm(consumer, "install", ...quiet);
}

/** What all examples ask for, but for the compiler: the oldest SDK refuses this repository's as its peer. */
function dependencies(tarball: string) {
  const all = examples.map((name) => exampleJson(name, "package.json"));
  const asked = Object.assign(
    {},
    ...all.flatMap((each) => [each.dependencies, each.devDependencies]),
  );
  const { typescript: _, "@pulumi/pulumi": sdk, ...rest } = asked;
  return {
    dependencies: { ...rest, "istio-patterns": tarball },
    devDependencies: sdk && { "@pulumi/pulumi": OLDEST_SDK },
  };
}

/** All programs at once, as the examples' own settings say, so that the types of what they import are checked once. */
async function compile(): Promise<string> {
  cpSync(join(ROOT, "examples"), join(consumer, "examples"), { recursive: true, filter: isSource });
  for (const program of ["twoComponents.ts", "runExamples.ts"]) {
    cpSync(join(__dirname, "consumer", program), join(consumer, program));
  }
  writeJson("tsconfig.json", {
    extends: "./examples/own-tests/tsconfig.json",
    compilerOptions: { rootDir: ".", outDir: OUT },
    include: ["*.ts", "examples"],
  });
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const options = { cwd: consumer, maxBuffer: 2 ** 26 };
  const run = promisify(execFile)(process.execPath, [tsc, "--listFiles"], options);
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return stdout;
}

/** What is installed or compiled in a checkout's examples stays there. */
function isSource(path: string): boolean {
  return !/examples\/[^/]+\/(node_modules|bin)$/.test(path);
}

function writeJson(file: string, content: object): void {
  writeFileSync(join(consumer, file), JSON.stringify(content));
}

function npm(cwd: string, ...args: string[]): Promise<unknown> {
  return promisify(execFile)("npm", args, { cwd });
}
