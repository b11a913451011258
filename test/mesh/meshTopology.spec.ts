import assert from "node:assert/strict";
import type { MeshTopologyArgs } from "../../components";
import type { RunOptions } from "../../engine";
import { floor, floorOf } from "../support/graph";
import { patterns } from "../support/topologies";
import { brought, movingRemotes, providedRoot, transitGateways } from "../support/variants";
import { PROVIDER, refusal, REGION, run } from "./own";

const pair = patterns["02-multi-primary-different-networks"];

describe("the name of a MeshTopology", () => {
  it("is the prefix of everything, whatever the stack is called", async () => {
    const graph = await run({ shop: { topology: pair } }, { stack: "production" });
    floor(graph, 2);
    const others = graph.resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
    const strange = others.filter(({ name }) => name !== "shop" && !name.startsWith("shop-"));
    assert.deepEqual(
      strange.map(({ urn }) => urn),
      [],
    );
    assert.deepEqual(
      graph
        .ofType("eks:index:Cluster")
        .map(({ inputs }) => inputs.name)
        .sort(),
      ["shop-east", "shop-west"],
    );
  });

  it("gives way to the description's", async () => {
    const graph = await run({ shop: { topology: { ...pair, name: "demo" } } });
    floorOf(graph, "eks:index:Cluster", 2);
    graph.one("istio-patterns:index:MeshTopology", "shop");
    graph.one("eks:index:Cluster", "demo-east");
  });

  it("must be one that AWS and Kubernetes can carry", async () => {
    const { message } = await refusal({ Shop: { topology: pair } });
    assert.equal(
      message,
      "istio-patterns:topology has 1 problem:\n" +
        '  name: got "Shop"; allowed: lower-case letters, digits and hyphens, a letter or digit first and last; ' +
        "fix: give the topology a name, or the stack or component another one",
    );
  });

  it("keeps two of one description in one program apart, here and in AWS", async () => {
    const descriptions = { ...patterns, brought, movingRemotes, transitGateways };
    for (const [pattern, topology] of Object.entries(descriptions)) {
      const secrets = { meshRoot: providedRoot, labKubeconfig: "{}" };
      const args = { topology, secrets };
      const one = await run({ a: args });
      const two = await run({ a: args, b: args });
      assert.equal(two.resources.length, 2 * one.resources.length - 1, pattern);
      const physical = two.resources
        .filter(({ type, inputs }) => type.startsWith("aws:") && typeof inputs.name === "string")
        .map(({ type, inputs, urn, provider }) => [type, inputs.name, provider ?? urn].join(" "));
      const account = physical.map((name) => name.replace(/ urn:.*::\w-/, " "));
      assert.equal(new Set(account).size, account.length, pattern);
    }
  });
});

describe("the region of a MeshTopology", () => {
  const regions = async (args: MeshTopologyArgs, config: RunOptions["config"]) => {
    const graph = await run(args, { config });
    return graph
      .ofType(PROVIDER)
      .map(({ inputs }) => inputs.region)
      .sort();
  };

  it("is that of the stack's config where the args say none", async () => {
    const single = patterns["01-single-cluster"];
    assert.deepEqual(await regions({ topology: single }, REGION), ["eu-west-1"]);
    assert.deepEqual(await regions({ topology: single, region: "eu-north-1" }, REGION), [
      "eu-north-1",
    ]);
  });

  it("is asked for where neither says it", async () => {
    const { message } = await refusal({ topology: patterns["01-single-cluster"] }, { config: {} });
    assert.match(
      message,
      /region: got nothing; allowed: an AWS region; fix: `pulumi config set aws:region <region>`, or give the VPC a region$/,
    );
  });
});
