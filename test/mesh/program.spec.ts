import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { RunOptions } from "../../engine";
import { program } from "../../components/mesh";
import { mockRun } from "../support/graph";
import { patterns, stackFiles } from "../support/topologies";
import { brought, providedRoot } from "../support/variants";

const KEY = "istio-patterns:topology";

function run(
  config: Record<string, string>,
  secretKeys: string[] = [],
  stackOutputs: RunOptions["stackOutputs"] = {},
) {
  return mockRun(() => program(new pulumi.Config()), {
    config: { "aws:region": "eu-west-1", ...config },
    secretKeys,
    stackOutputs,
  });
}

/** The message of the error that ends the program without a stack trace. */
async function refusal(config: Record<string, string>, secretKeys: string[] = []) {
  try {
    await run(config, secretKeys);
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error), String(error));
    return (error as Error).message;
  }
  throw new assert.AssertionError({ message: "the program was not refused" });
}

describe("the program", () => {
  for (const [name, file] of Object.entries(stackFiles)) {
    it(`refuses ${name} until the user says who reaches the API servers`, async () => {
      const description = file.config[KEY];
      assert.equal("api" in description, false);
      assert.ok(file.config["aws:region"]);
      assert.equal(
        await refusal({ [KEY]: JSON.stringify(description) }),
        [
          "istio-patterns:topology has 1 problem:",
          "  api: got nothing; allowed: { allowFrom: [<CIDR>, ...] }, or { private: { cidrs: [<CIDR>, ...] } } where Pulumi runs inside the network; " +
            "fix: `pulumi config set --path 'istio-patterns:topology.api.allowFrom[0]' '<your address>/32'`",
        ].join("\n"),
      );
    });
  }

  it("refuses a stack without a description", async () => {
    assert.equal(
      await refusal({}),
      [
        "istio-patterns:topology has 1 problem:",
        "  istio-patterns:topology: got nothing; allowed: a description of networks, clusters and meshes; " +
          "fix: start from a file in stacks/: `pulumi up --config-file stacks/01-single-cluster.yaml`",
      ].join("\n"),
    );
  });

  it("refuses a secret inside the description, which the engine hands over in plain text", async () => {
    const description = JSON.stringify(patterns["01-single-cluster"]);
    assert.equal(
      await refusal({ [KEY]: description }, [KEY]),
      [
        "istio-patterns:topology has 1 problem:",
        "  istio-patterns:topology: got a secret; " +
          "allowed: a plain value: the description names config keys of secrets and holds none; " +
          "fix: move the secret to a key of its own with `pulumi config set --secret istio-patterns:<key>` and name that key in the description",
      ].join("\n"),
    );
  });

  it("names every problem at once and makes nothing", async () => {
    const message = await refusal({
      [KEY]: JSON.stringify({ networks: {}, clusters: { a: { network: 7 } }, mesh: {} }),
    });
    assert.match(
      message,
      /^istio-patterns:topology has 2 problems; more may show once these are mended:\n/,
    );
    assert.match(message, /clusters\.a\.network: got 7/);
    assert.match(message, /did you mean "meshes"\?/);
  });

  it("reads a stack once, however many clusters have their kubeconfig from it", async () => {
    const output = (name: string) => ({
      kubeconfig: { output: { stack: "acme/platform/prod", name } },
    });
    const { networks, clusters, ...rest } = brought;
    const lab = { ...clusters.lab, existing: { ...clusters.lab.existing!, ...output("lab") } };
    const second = { ...lab, existing: { ...lab.existing, securityGroupId: "sg-second" } };
    const description = { ...rest, networks, clusters: { ...clusters, lab, second } };
    const graph = await run(
      { [KEY]: JSON.stringify(description), "istio-patterns:meshRoot": providedRoot },
      ["istio-patterns:meshRoot"],
      { "acme/platform/prod": { lab: "a kubeconfig" } },
    );
    const [reference, ...more] = graph.ofType("pulumi:pulumi:StackReference");
    assert.deepEqual([reference.inputs.name, more], ["acme/platform/prod", []]);
  });

  it("exports what a MeshTopology puts out, kubeconfigs as a secret", async () => {
    const graph = await run({
      [KEY]: JSON.stringify(patterns["02-multi-primary-different-networks"]),
    });
    const { outputs } = graph.one("istio-patterns:index:MeshTopology");
    assert.deepEqual(graph.outputs, outputs);
    assert.equal(Object.keys(outputs).length, 8);
    assert.ok(graph.outputSecrets.some((path) => path.startsWith("kubeconfigs")));
    assert.deepEqual(Object.keys(graph.outputs.kubeconfigs), ["east", "west"]);
    assert.deepEqual(Object.keys(graph.outputs.gatewayAddresses), [
      "prod/east/east-west",
      "prod/west/east-west",
    ]);
    assert.deepEqual(Object.keys(graph.outputs.rootCertificates), ["prod"]);
    assert.deepEqual(graph.outputs.trustDomains, { prod: "cluster.local" });
  });
});
