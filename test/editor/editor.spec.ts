import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { checkTopology } from "../../components/mesh";
import { Server } from "./server";

const STACKS = join(__dirname, "../../stacks");
const files = readdirSync(STACKS).filter((file) => file.endsWith(".yaml"));
const TWO = readFileSync(join(STACKS, "02-multi-primary-different-networks.yaml"), "utf8");

/** A file beside the stack files, so that the first line of each leads to the schema. */
const beside = (name: string) => pathToFileURL(join(STACKS, name)).href;

describe("a stack file in an editor", function () {
  this.timeout(600_000);
  let server: Server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  let opened = 0;
  /** What is marked, as `line: message`. */
  async function marked(text: string): Promise<[line: string, message: string][]> {
    const diagnostics = await server.open(beside(`edited-${(opened += 1)}.yaml`), text);
    const lines = text.split("\n");
    return diagnostics.map(({ message, range }) => [lines[range.start.line].trim(), message]);
  }

  for (const file of files)
    it(`has nothing marked: ${file}`, async () => {
      const text = readFileSync(join(STACKS, file), "utf8");
      assert.deepEqual(await server.open(beside(file), text), []);
    });

  const faults: Record<string, [was: string, is: string]> = {
    "a key that is not known": ["clusters: { east: {}, west: {} }", "clusterz: {}"],
    "a version that is none": ['"1.31.4"', '"newest"'],
    "a range that is none": ["10.10.0.0/16", "10.10.0.0/99"],
    "an address that is none": ["10.20.0.0/16", "10.256.0.0/16"],
    "a region that is none": ["aws:region: eu-west-1", "aws:region: europe"],
    "a value of another kind": ["{ network: net-west }", "{ network: 7 }"],
    "a version that is not supported": ['"1.31.4"', '"1.20.1"'],
    "a region that is not there": ["aws:region: eu-west-1", "aws:region: eu-west-9"],
    "a range that is no VPC's": ["10.10.0.0/16", "10.0.0.0/8"],
    "a name that is none": ["east: { network: net-east }", "EAST: { network: net-east }"],
    "a Kubernetes version that EKS has not": [
      "{ network: net-west }",
      '{ network: net-west, kubernetesVersion: "1.20" }',
    ],
    "API servers that the world reaches": [
      "    networks:",
      "    api: { allowFrom: [0.0.0.0/0] }\n    networks:",
    ],
    "API servers that nobody reaches": ["    networks:", "    api: {}\n    networks:"],
    "an endpoint without TLS": [
      "{ network: net-west }",
      '{ network: net-west, existing: { endpoint: "http://x", podCidrs: [10.0.0.0/16], kubernetesVersion: "1.36" } }',
    ],
  };
  for (const [what, [was, is]] of Object.entries(faults))
    it(`marks ${what}, where it stands`, async () => {
      assert.ok(TWO.includes(was));
      const found = await marked(TWO.replace(was, is));
      assert.ok(found.length > 0, "nothing is marked");
      for (const [line, message] of found)
        if (!message.startsWith("Missing property"))
          assert.ok(is.includes(line) || line.includes(is.slice(0, 8)), line);
    });

  it("is checked where it is copied to: the project's root", async () => {
    const copy = (name: string) => pathToFileURL(join(STACKS, `../Pulumi.${name}.yaml`)).href;
    assert.deepEqual(await server.open(copy("prod"), TWO), []);
    const found = await server.open(copy("spoilt"), TWO.replace("cidr: 10.10.0.0/16", "cidrr: 7"));
    assert.match(found.map(({ message }) => message).join(), /cidrr/);
  });

  it("takes keys of the project's own and of other packages", async () => {
    const more = "config:\n  aws:profile: work\n  other:key: 7";
    assert.deepEqual(await marked(TWO.replace("config:", more)), []);
  });

  it("says under the pointer what an entry of a map is", async () => {
    const uri = beside("hovered.yaml");
    await server.open(uri, TWO);
    const lines = TWO.split("\n");
    const said = async (key: string) => {
      const line = lines.findIndex((each) => each.trim().startsWith(`${key}:`));
      const character = lines[line].indexOf(key) + 1;
      return server.hover(uri, { line, character });
    };
    assert.match(await said("net-east"), /^An Istio network: /);
    assert.match(await said("east"), /^A Kubernetes cluster, /);
    assert.match(await said("prod"), /^A mesh/);
  });

  it("completes `api` with what is accepted, once it is filled in", async () => {
    const uri = beside("completed.yaml");
    const text = TWO.replace("    networks:", "    api:\n      \n    networks:");
    await server.open(uri, text);
    const line = text.split("\n").indexOf("      ");
    const items = await server.complete(uri, { line, character: 6 });
    assert.deepEqual([...new Set(items.map(({ label }) => label))].sort(), [
      "allowFrom",
      "private",
    ]);
    // Those of the schema come first; what the server makes of properties itself only begins them.
    for (const label of ["allowFrom", "private"]) {
      const { insertText } = items.find((item) => item.label === label)!;
      const filled = insertText.replace("$1/32", "192.0.2.1/32").replace(/- $/, "- 192.0.2.0/24");
      const inserted = filled.replace(/^/gm, "      ");
      const { config } = parse(text.replace("      \n", `${inserted}\n`));
      const context = { name: "demo", region: config["aws:region"], offline: true };
      const { problems } = checkTopology(config["istio-patterns:topology"], context);
      assert.deepEqual(problems, [], inserted);
    }
  });
});
