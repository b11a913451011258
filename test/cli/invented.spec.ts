import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Invented } from "../../cli/report/invented";
import { mockRun } from "../support/graph";

/** A VPC and a subnet in it, whose names others have too. */
class Twin extends pulumi.ComponentResource {
  constructor(name: string) {
    super(`test:index:Twin${name}`, name);
    const vpc = new aws.ec2.Vpc("same", { cidrBlock: "10.0.0.0/16" }, { parent: this });
    new aws.ec2.Subnet("same", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" }, { parent: this });
    new aws.ssm.Parameter(
      "same",
      { type: "String", value: pulumi.secret(pulumi.interpolate`in ${vpc.id}`) },
      { parent: this },
    );
  }
}

describe("what inputs hold of other resources", () => {
  it("is told by URN where several have one type and name, inside texts and secrets too", async () => {
    const graph = await mockRun(() => [new Twin("One"), new Twin("Other")]);
    const invented = new Invented(graph);
    for (const type of ["aws:ec2/subnet:Subnet", "aws:ssm/parameter:Parameter"]) {
      const holders = graph.ofType(type);
      assert.equal(holders.length, 2);
      for (const holder of holders) {
        const [vpc] = graph
          .ofType("aws:ec2/vpc:Vpc")
          .filter((each) => each.parent === holder.parent);
        const held = [...invented.holders(holder).values()].flatMap((urns) => [...urns]);
        assert.deepEqual(held, [vpc!.urn]);
      }
    }
  });
});
