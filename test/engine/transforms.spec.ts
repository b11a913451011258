import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { mockRun } from "../../engine";

const VPC = "aws:ec2/vpc:Vpc";

class Group extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("px:index:Group", name, {}, opts);
    new aws.ec2.Vpc(`${name}-vpc`, { cidrBlock: "10.0.0.0/16" }, { parent: this });
    this.registerOutputs({});
  }
}

/** Appends a word to every tag list, so that the order of what ran can be read. */
function tagging(word: string): pulumi.ResourceTransform {
  return ({ type, props, opts }) =>
    type === VPC
      ? {
          props: { ...props, tags: { seen: [props.tags?.seen, word].filter(Boolean).join(" ") } },
          opts,
        }
      : undefined;
}

describe("transforms in the engine", () => {
  it("run on the resource, then those of its parents from the nearest on, then the stack's", async () => {
    const graph = await mockRun(() => {
      pulumi.runtime.registerStackTransform(tagging("stack"));
      const outer = new Group("outer", { transforms: [tagging("outer")] });
      new Group("inner", { parent: outer, transforms: [tagging("inner")] });
      const own = { parent: outer, transforms: [tagging("own")] };
      new aws.ec2.Vpc("own", { cidrBlock: "10.1.0.0/16" }, own);
      new aws.ec2.Vpc("none", { cidrBlock: "10.2.0.0/16" });
    });
    const seen = Object.fromEntries(
      graph.ofType(VPC).map((vpc) => [vpc.name, vpc.inputs.tags.seen]),
    );
    assert.deepEqual(seen, {
      "outer-vpc": "outer stack",
      "inner-vpc": "inner outer stack",
      own: "own outer stack",
      none: "stack",
    });
  });

  it("change inputs and options, and keep secrets, dependencies and providers as they were", async () => {
    const graph = await mockRun(() => {
      const provider = new aws.Provider("eu", { region: "eu-west-1" });
      const first = new aws.ec2.Vpc("first", { cidrBlock: "10.0.0.0/16" }, { provider });
      const secret = pulumi.secret("10.1.0.0/16");
      const change: pulumi.ResourceTransform = ({ props, opts }) => ({
        props: { ...props, enableDnsSupport: false },
        opts: { ...opts, protect: true, ignoreChanges: ["tags"], retainOnDelete: true },
      });
      const args = { cidrBlock: secret, tags: { first: first.id } };
      new aws.ec2.Vpc("changed", args, { provider, dependsOn: first, transforms: [change] });
    });
    const [first, changed] = [graph.one(VPC, "first"), graph.one(VPC, "changed")];
    assert.equal(changed.inputs.enableDnsSupport, false);
    assert.deepEqual(changed.secrets, ["cidrBlock"]);
    assert.deepEqual([changed.protect, changed.retainOnDelete], [true, true]);
    assert.deepEqual(changed.ignoreChanges, ["tags"]);
    assert.deepEqual(changed.dependencies, [first.urn]);
    assert.deepEqual(changed.propertyDependencies.tags, [first.urn]);
    assert.equal(changed.provider, graph.one("pulumi:providers:aws", "eu").urn);
  });

  it("leave what comes after them in the program's other branches alone", async () => {
    const graph = await mockRun(() => {
      new Group("a", { transforms: [tagging("a")] });
      new Group("b");
    });
    assert.equal(graph.one(VPC, "a-vpc").inputs.tags.seen, "a");
    assert.equal(graph.one(VPC, "b-vpc").inputs.tags, undefined);
  });

  it("end the run with their own error", async () => {
    const broken = () => {
      throw new Error("no such tag");
    };
    const run = mockRun(
      () => void new aws.ec2.Vpc("a", { cidrBlock: "10.0.0.0/16" }, { transforms: [broken] }),
    );
    await assert.rejects(run, /transform failed: Error: no such tag/);
  });
});
