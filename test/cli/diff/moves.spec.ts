import assert from "node:assert/strict";
import { Fate } from "../../../cli/diff/change";
import { diffOf, moveVpc, TWO } from "./support";

const ROLE = "arn:aws:iam::111122223333:role/mesh";

describe("a network that moves to another region", () => {
  it("is made anew there with all that stands in it, but for what stands in no region", async () => {
    const { resources, dangers } = await diffOf(TWO, ({ networks }) => {
      networks["net-west"].region = "us-east-1";
    });
    const of = (type: string, name: string) =>
      resources.find((change) => change.type === type && change.name === name);
    for (const [type, name] of [
      ["aws:ec2/vpc:Vpc", "test-net-west"],
      ["eks:index:Cluster", "test-west"],
      ["aws:kms/key:Key", "test-west-key"],
    ]) {
      const { fate, inputs } = of(type, name) ?? {};
      assert.deepEqual([fate, inputs?.[0]], [Fate.Replaced, REGION], `${type} ${name}`);
    }
    assert.equal(of("aws:iam/role:Role", "test-west-nodes"), undefined);
    assert.ok(resources.every(({ name, fate }) => name !== "test-net-east" || fate === undefined));
    assert.deepEqual(dangers.slice(0, 2), [
      "Vpc test-net-west replaced: with everything in it (`up` refuses: protected)",
      "eks.Cluster test-west replaced: with everything that runs in it",
    ]);
  });

  const REGION = {
    ...{ path: "region", before: "eu-west-1", after: "us-east-1" },
    effect: "replaces",
  };
});

describe("a network that moves to another account", () => {
  it("is dangerous, since the engine moves nothing", async () => {
    const { resources, dangers } = await diffOf(TWO, ({ networks }) => {
      networks["net-west"].account = { roleArn: ROLE };
    });
    const vpc = resources.find(({ name, type }) => name === "test-net-west" && /:Vpc$/.test(type));
    assert.equal(vpc?.fate, Fate.Changed);
    assert.deepEqual(
      vpc.inputs.map(({ path, before, after }) => [path, before, after]),
      [["account", undefined, JSON.stringify([{ roleArn: ROLE }])]],
    );
    const leaves =
      "changed: Pulumi leaves it where it is, and looks for it in the other account; remove it first";
    assert.deepEqual(dangers, [`Vpc test-net-west ${leaves}`, `eks.Cluster test-west ${leaves}`]);
  });
});

describe("protection that goes", () => {
  it("is told of all that had it", async () => {
    const { resources, totals } = await diffOf(TWO, (description) => {
      description.protect = false;
    });
    const unprotected = resources.filter(({ inputs }) =>
      inputs.some(({ path, before, after }) => path === "protect" && before === true && !after),
    );
    const types = new Set(unprotected.map(({ type }) => type));
    assert.ok(types.has("aws:ec2/vpc:Vpc") && types.has("tls:index/privateKey:PrivateKey"));
    assert.deepEqual([totals.changed, totals.replaced], [resources.length, 0]);
  });

  it("holds still in the `up` that takes it away: the engine asks the state that it finds", async () => {
    const { dangers } = await diffOf(TWO, (description) => {
      description.protect = false;
      moveVpc(description);
    });
    const said = "Vpc test-net-east replaced: with everything in it (`up` refuses: protected)";
    assert.ok(dangers.includes(said), dangers.join("\n"));
  });
});
