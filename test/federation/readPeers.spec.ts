import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkTopology } from "../../components/mesh";
import { formatProblem } from "../../components/topology";
import { runDescription } from "../support/program";
import { bank, byOutput, shop } from "./elsewhere";

describe("a mesh of another stack, read before anything is planned", () => {
  it("that is missing is said in a preview, with what to do", async () => {
    const run = runDescription(byOutput, {
      stackOutputs: { "acme/mesh/bank": { federation: {} } },
    });
    await assert.rejects(run, (error) => {
      assert.ok(pulumi.RunError.isInstance(error), String(error));
      assert.equal(
        (error as Error).message,
        [
          "istio-patterns:topology has 1 problem:",
          "  federation.peers.bank.output: got nothing of mesh bank in output federation of stack acme/mesh/bank; " +
            "allowed: a mesh with a trust domain of its own, whose stack is up; " +
            "fix: run `pulumi up --stack acme/mesh/bank` once without what it imports from here, or correct stack, name and mesh",
        ].join("\n"),
      );
      return true;
    });
  });

  it("that is missing is said together with all else that is wrong", async () => {
    const both = structuredClone(byOutput);
    both.federation!.exports!.orders!.services["orders.web.svc.cluster.local"]!.serviceAccounts =
      [];
    const run = runDescription(both, { stackOutputs: { "acme/mesh/bank": { federation: {} } } });
    await assert.rejects(run, (error) => {
      const lines = (error as Error).message.split("\n");
      assert.equal(lines[0], "istio-patterns:topology has 2 problems:");
      assert.match(lines[1]!, /^ {2}federation\.peers\.bank\.output: got nothing of mesh bank/);
      assert.match(lines[2]!, /^ {2}federation\.exports\.orders\..*serviceAccounts: got none/);
      return true;
    });
  });

  it("that is written by hand is not taken from what was read", () => {
    const read = { ...bank, trustDomain: "other.example" };
    const { problems } = checkTopology(shop, {
      ...{ name: "x", region: "eu-west-1", peers: { bank: read } },
    });
    assert.deepEqual(problems.map(formatProblem), [
      "federation.peers.bank: got given, and what was read for it in `existing.peers` of the args; " +
        "allowed: one of the two: the output of another stack, or what it would say; " +
        "fix: leave it out of `existing.peers`, or say output in place of given",
    ]);
  });

  it("is refused in a form that this package does not read", () => {
    const { roots: _, ...rest } = bank;
    const { problems } = checkTopology(byOutput, { name: "x", peers: { bank: rest } });
    assert.deepEqual(problems.map(formatProblem), [
      "federation.peers.bank.output: got roots: Invalid input: expected string, received undefined; allowed: what this package puts out as `federation`, of one mesh; " +
        "fix: name that output, and use one version of this package in both stacks; or write it under given",
    ]);
  });
});
