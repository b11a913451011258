import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { GetSchemaRequest } from "@pulumi/pulumi/proto/provider_pb";
import { exported } from "./support/alone";
import { compiled, consumer, installed, OLDEST_SDK, OUT, ROOT } from "./support/consumer";

describe("the package", function () {
  // npm and a compiler: a minute where two cores are free, many where others use them. Only a hang is to end it.
  this.timeout(1_200_000);

  let schema: Schema;
  before(async () => {
    await installed;
    schema = JSON.parse(await servedSchema());
  });

  it("infers a schema of every component with no Any outside Helm values", () => {
    assert.ok(exported.length >= 10, `${exported.length} components`);
    assert.deepEqual(
      Object.keys(schema.resources).sort(),
      exported.map((name) => `istio-patterns:index:${name}`).sort(),
    );
    const untyped = pathsOf(schema, (value) => value === "pulumi.json#/Any");
    assert.ok(untyped.length >= 5);
    assert.deepEqual(
      untyped.filter((path) => !/ChartValues|AmbientEastWestValues|\/(v|\w+V)alues\//.test(path)),
      [],
    );
  });

  it("takes no type in a plain map alone, of which Pulumi makes no Go SDK that compiles", () => {
    const { resources, types } = schema;
    const plain = Object.entries(resources).flatMap(([name, { inputProperties }]) =>
      Object.entries(inputProperties).flatMap(([property, { additionalProperties }]) => {
        const { $ref = "", plain } = additionalProperties ?? {};
        const { type } = types[$ref.replace("#/types/", "")] ?? {};
        return plain && type === "object" ? [`${name}.${property}`] : [];
      }),
    );
    assert.deepEqual(plain, []);
  });

  it("type-checks strictly, its own types and those that they use too, where another project installed it", async () => {
    assert.deepEqual(complaints(await compiled), []);
  });

  it("leads nobody's compiler to zod", async () => {
    const read = (await compiled).split("\n").filter((line) => line.includes("/node_modules/"));
    const entries = ["components", "engine"].map(
      (entry) => `istio-patterns/bin/${entry}/index.d.ts`,
    );
    for (const entry of entries)
      assert.ok(
        read.some((file) => file.endsWith(entry)),
        entry,
      );
    assert.deepEqual(
      read.filter((file) => /node_modules\/zod\/|topology\/(schema|normalise)\.d\.ts/.test(file)),
      [],
    );
  });

  it("runs two components on Pulumi's ordinary mocks there", async () => {
    await compiled;
    const output = execFileSync(process.execPath, [`${OUT}/twoComponents.js`], {
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

  it("shares one copy of Pulumi's SDKs with a project that pins the oldest", () => {
    const { packages } = JSON.parse(readFileSync(join(consumer, "package-lock.json"), "utf8"));
    const sdks = Object.keys(packages).filter((path) => /node_modules\/@pulumi\/[^/]+$/.test(path));
    assert.deepEqual(
      sdks.sort(),
      ["aws", "eks", "kubernetes", "policy", "pulumi", "tls"].map(
        (sdk) => `node_modules/@pulumi/${sdk}`,
      ),
    );
    assert.equal(packages["node_modules/@pulumi/pulumi"].version, OLDEST_SDK);
  });

  it("exports component classes, enums and five functions, and nothing else", () => {
    const output = execFileSync(process.execPath, ["-e", KINDS], {
      cwd: consumer,
      encoding: "utf8",
    });
    const kinds: Record<string, string[]> = JSON.parse(output);
    assert.deepEqual(Object.keys(kinds).sort(), ["component", "enum", "function"]);
    assert.deepEqual(kinds.component.sort(), [...exported].sort());
    assert.ok(kinds.enum.length >= 15, `${kinds.enum}`);
    assert.deepEqual(kinds.function.sort(), [
      ...["checkTopology", "formatProblem", "formatProblems", "meshTaskDefinition", "readPeers"],
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
      "@kubernetes/client-node",
      "@pulumi/policy",
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

/** Prints the names of what the installed package exports, by kind. */
const KINDS = `
const { ComponentResource } = require("@pulumi/pulumi");
const isText = (value) => typeof value === "string";
const kindOf = (value) => {
  if (typeof value === "function") return value.prototype instanceof ComponentResource ? "component" : "function";
  const texts = value?.constructor === Object ? Object.values(value) : [];
  return texts.length > 0 && texts.every(isText) ? "enum" : typeof value;
};
const byKind = {};
for (const [name, value] of Object.entries(require("istio-patterns"))) (byKind[kindOf(value)] ??= []).push(name);
process.stdout.write(JSON.stringify(byKind));
`;

/** Errors that the compiler tells of. */
function complaints(output: string): string[] {
  return output.split("\n").filter((line) => /error TS\d+/.test(line));
}

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

/** What of a schema the specs ask. */
interface Schema {
  resources: Record<string, { inputProperties: Record<string, Property> }>;
  types: Record<string, { type: string }>;
}

interface Property {
  $ref?: string;
  plain?: boolean;
  additionalProperties?: Property;
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
