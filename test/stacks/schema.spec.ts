import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { z } from "zod";
import { descriptions } from "../support/descriptions";
import { SCHEMA_FILE, schemaText } from "../support/stackSchema";
import { stackFiles } from "../support/topologies";

describe("the JSON Schema of a stack file", () => {
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(SCHEMA_FILE, "utf8")));
  const accepts = (file: unknown) => schema.safeParse(file).success;
  const fileOf = (topology: unknown, more = {}) => ({
    config: { "aws:region": "eu-west-1", "istio-patterns:topology": topology, ...more },
  });
  const smallest = stackFiles["01-single-cluster"].config["istio-patterns:topology"];

  it("is the one that the interfaces give: if not, npx tsx test/support/stackSchema.ts", () => {
    assert.equal(readFileSync(SCHEMA_FILE, "utf8"), schemaText());
  });

  it("describes every key", () => {
    const keys = [...schemaText().matchAll(/"description": "/g)].length;
    assert.ok(keys > 130, `${keys} descriptions`);
  });

  it("says of an entry of a map what it is, in Markdown too", () => {
    const { properties } = JSON.parse(schemaText()).properties.config;
    const topology = properties["istio-patterns:topology"].properties;
    for (const section of ["networks", "clusters", "meshes", "virtualMachines"]) {
      const entry = topology[section].additionalProperties;
      assert.ok(entry.description.length > 10, section);
      assert.equal(entry.markdownDescription, entry.description);
      assert.notEqual(entry.description, topology[section].description);
    }
  });

  it("has what completing `api` inserts accepted", () => {
    const { properties } = JSON.parse(schemaText()).properties.config;
    const { api } = properties["istio-patterns:topology"].properties;
    const filled = JSON.stringify(api.defaultSnippets).replaceAll('$1"', '192.0.2.0/24"');
    for (const { body } of JSON.parse(filled.replaceAll("$1/32", "192.0.2.1/32")))
      assert.ok(accepts(fileOf({ ...smallest, api: body })), JSON.stringify(body));
  });

  it("accepts every stack file", () => {
    for (const [name, file] of Object.entries(stackFiles)) assert.ok(accepts(file), name);
  });

  it("accepts what valid descriptions hold", () => {
    fc.assert(
      fc.property(descriptions, (description) => assert.ok(accepts(fileOf(description)))),
      { numRuns: 50 },
    );
  });

  it("accepts what Pulumi writes into a stack file", () => {
    const written = { encryptionsalt: "v1:x", secretsprovider: "awskms://x", encryptedkey: "x" };
    const config = { "istio-patterns:root": { secure: "v1:x" }, "aws:profile": "ci" };
    assert.ok(accepts({ ...fileOf(smallest, config), ...written, environment: ["prod"] }));
  });

  it("refuses what the program would", () => {
    const wrong = [
      {},
      { config: { "aws:region": "eu-west-1" } },
      { ...fileOf(smallest), configs: {} },
      fileOf({ ...smallest, clusterz: {} }),
      fileOf({ ...smallest, links: { via: "vpn" } }),
      fileOf({ ...smallest, istio: { version: 1.31 } }),
      fileOf({ ...smallest, meshes: { dev: {} } }),
      fileOf({ ...smallest, networks: { main: { cidr: "10.10.0.0" } } }),
      fileOf({ ...smallest, networks: { main: { cidr: "10.10.0.0/16", region: "Ireland" } } }),
      fileOf({ ...smallest, istio: { version: "1.31" } }),
      fileOf({ ...smallest, api: { allowFrom: ["office"] } }),
      fileOf({ ...smallest, networks: { main: { cidr: "10.10.0.0/16", zones: "3" } } }),
      fileOf(smallest, { "istio-patterns:root": 4 }),
    ];
    for (const file of wrong) assert.equal(accepts(file), false, JSON.stringify(file));
  });
});
