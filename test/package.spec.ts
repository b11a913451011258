import assert from "node:assert/strict";
import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { GetSchemaRequest } from "@pulumi/pulumi/proto/provider_pb";
import * as components from "../components";

const ROOT = join(__dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "istio-patterns-package-"));

/** Another project that installs the package, as a user's. */
const consumer = join(scratch, "consumer");

/** Begun when the suite is loaded: it needs the other core for half a minute, and nothing else waits for it. */
const installed = install();
installed.catch(() => undefined);

async function install(): Promise<void> {
  await npm(ROOT, "pack", "--pack-destination", scratch, "--silent");
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  mkdirSync(consumer);
  writeFileSync(
    join(consumer, "package.json"),
    JSON.stringify({ name: "consumer", private: true }),
  );
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await npm(consumer, "install", join(scratch, `istio-patterns-${version}.tgz`), ...quiet);
}

function npm(cwd: string, ...args: string[]): Promise<unknown> {
  return promisify(execFile)("npm", args, { cwd });
}

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { IntermediateCa, MeshTopology, RootCa } from "istio-patterns";

const made: string[] = [];
pulumi.runtime.setMocks({
  newResource: ({ type, name, inputs }) => {
    made.push(type);
    return { id: name + "-id", state: { ...inputs, privateKeyPem: "key", certPem: "certificate", certRequestPem: "request" } };
  },
  call: ({ inputs }) => inputs,
});

function main() {
  const root = new RootCa("root", { commonName: "demo root" });
  const { certificate: rootCertificate, privateKey: rootPrivateKey } = root;
  const east = new IntermediateCa("east", { commonName: "east", rootCertificate, rootPrivateKey });
  east.chain.apply(() => console.log([typeof MeshTopology, ...made.sort()].join("\\n")));
}
main();
`;

describe("the package", function () {
  // npm and two compilers: a minute where two cores are free, many where others use them. Only a hang is to end it.
  this.timeout(1_200_000);

  before(() => installed);

  after(() => rmSync(scratch, { recursive: true, force: true }));

  it("infers a schema of every component with no Any outside Helm values", async () => {
    const schema = JSON.parse(await servedSchema());
    const exported = Object.keys(components).filter((name) => isComponent(name));
    assert.ok(exported.length >= 10, `${exported.length} components`);
    assert.deepEqual(
      Object.keys(schema.resources).sort(),
      exported.map((name) => `istio-patterns:index:${name}`).sort(),
    );
    const untyped = pathsOf(schema, (value) => value === "pulumi.json#/Any");
    assert.ok(untyped.length >= 5);
    assert.deepEqual(
      untyped.filter((path) => !/ChartValues|alues/.test(path)),
      [],
    );
  });

  it("type-checks and runs two components where another project installed it", () => {
    writeFileSync(join(consumer, "index.ts"), PROGRAM);
    const options = ["--module", "nodenext", "--target", "es2022", "--strict", "--skipLibCheck"];
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [tsc, ...options, "--ignoreConfig", "index.ts"], {
      cwd: consumer,
    });
    const output = execFileSync(process.execPath, ["index.js"], {
      cwd: consumer,
      encoding: "utf8",
    });
    assert.deepEqual(output.trim().split("\n"), [
      "function",
      "istio-patterns:index:IntermediateCa",
      "istio-patterns:index:RootCa",
      "tls:index/certRequest:CertRequest",
      "tls:index/locallySignedCert:LocallySignedCert",
      "tls:index/privateKey:PrivateKey",
      "tls:index/privateKey:PrivateKey",
      "tls:index/selfSignedCert:SelfSignedCert",
    ]);
  });

  it("loads nothing that only the command needs where a program imports it", () => {
    const list =
      'require("istio-patterns"); console.log(JSON.stringify(Object.keys(require.cache)))';
    const output = execFileSync(process.execPath, ["-e", list], {
      cwd: consumer,
      encoding: "utf8",
    });
    const modules = join(realpathSync(consumer), "node_modules/");
    const loaded: string[] = JSON.parse(output).map((file: string) => file.replace(modules, ""));
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const unused = (name: string) => !loaded.some((file) => file.startsWith(`${name}/`));
    assert.deepEqual(Object.keys(dependencies).filter(unused), [
      "beautiful-mermaid",
      "commander",
      "yaml",
    ]);
    const own = loaded.filter((file) => file.startsWith("istio-patterns/"));
    assert.ok(own.length > 100, `${own.length} files of its own`);
    assert.deepEqual(
      own.filter((file) => !file.startsWith("istio-patterns/bin/components/")),
      [],
    );
  });

  it("plans a stack file from the installed command: one file, beside which Node keeps what it compiles", () => {
    assert.deepEqual(readdirSync(join(consumer, CLI)), ["main.js", "main.js.map"]);
    const { stdout, status } = planned();
    assert.match(stdout, /istiod/);
    assert.equal(status, 0);
    assert.equal(readdirSync(join(consumer, CLI, ".cache")).length, 1);
  });

  it("names functions where the command crashes, and with Node's source maps the sources", () => {
    const full = join(consumer, "full.cjs");
    writeFileSync(full, 'process.stdout.write = () => { throw new Error("full"); };');
    const crash = planned("--require", full);
    assert.match(crash.stderr, /which is a bug in it:\nError: full\n[^]* at plan\d* \(.*main\.js:/);
    assert.equal(crash.status, 1);
    const mapped = planned("--enable-source-maps", "--require", full);
    assert.match(mapped.stderr, /Error: full\n[^]* at plan\d* \(.*cli\/command\.ts:/);
  });
});

/** Where another project has the command. */
const CLI = "node_modules/istio-patterns/bin/cli";

/** A plan by it. */
function planned(...flags: string[]) {
  const command = [join(CLI, "main.js"), "plan", join(ROOT, "Pulumi.dev.yaml")];
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE, ...env } = process.env;
  return spawnSync(process.execPath, [...flags, ...command], {
    cwd: consumer,
    env,
    encoding: "utf8",
  });
}

function isComponent(name: string): boolean {
  const value = (components as Record<string, unknown>)[name];
  return typeof value === "function" && /^[A-Z]/.test(name) && "isInstance" in value;
}

/** The schema that a checkout serves as a component plugin, started the way the engine starts it. */
async function servedSchema(): Promise<string> {
  const run = require.resolve("@pulumi/pulumi/cmd/run-plugin");
  const child = spawn(process.execPath, [run, ROOT, "127.0.0.1:1"], { cwd: ROOT });
  child.stderr.pipe(process.stderr);
  try {
    const line = once(createInterface(child.stdout), "line") as Promise<string[]>;
    const [port] = await Promise.race([line, endOf(child)]);
    return await schemaOf(`127.0.0.1:${port!.trim()}`);
  } finally {
    child.kill();
  }
}

/** Never resolves: a plugin that ends has failed. */
async function endOf(child: ChildProcess): Promise<never> {
  const [code] = await once(child, "exit");
  throw new Error(`the plugin ended with code ${code} before it served anything`);
}

function schemaOf(address: string): Promise<string> {
  const client = new ResourceProviderClient(address, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
  return new Promise((resolve, reject) =>
    client.getSchema(new GetSchemaRequest(), (error: Error | null, response: SchemaResponse) => {
      client.close();
      if (error) reject(error);
      else resolve(response.getSchema());
    }),
  );
}

interface SchemaResponse {
  getSchema(): string;
}

/** Paths of the values that satisfy a test. */
function pathsOf(root: unknown, test: (value: unknown) => boolean): string[] {
  const walk = (value: unknown, path: string): string[] => {
    if (test(value)) return [path];
    if (value === null || typeof value !== "object") return [];
    return Object.entries(value).flatMap(([key, item]) => walk(item, `${path}/${key}`));
  };
  return walk(root, "");
}
