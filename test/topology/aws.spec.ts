import assert from "node:assert/strict";
import {
  automaticName,
  iamRegion,
  LONGEST,
  partitionOf,
  planProvider,
  planRoles,
} from "../../components/topology";

describe("AWS's places", () => {
  it("are in the partition that ARNs there name", () => {
    const regions = ["eu-west-1", "us-east-1", "cn-northwest-1", "us-gov-east-1"];
    assert.deepEqual(regions.map(partitionOf), ["aws", "aws", "aws-cn", "aws-us-gov"]);
  });

  it("have IAM in one region of their partition", () => {
    const regions = ["eu-west-1", "us-west-2", "cn-northwest-1", "us-gov-east-1"];
    assert.deepEqual(regions.map(iamRegion), [
      ...["us-east-1", "us-east-1"],
      ...["cn-north-1", "us-gov-west-1"],
    ]);
  });

  it("have a provider for each account and region", () => {
    const account = "arn:aws:iam::111122223333:role/deployer";
    assert.deepEqual(planProvider({ account, region: "us-west-2" }), {
      key: "111122223333/us-west-2",
      region: "us-west-2",
      account,
    });
    assert.deepEqual(planProvider({ region: "us-west-2" }), {
      key: "us-west-2",
      region: "us-west-2",
      account: undefined,
    });
  });
});

describe("what roles are made with", () => {
  const permissionsBoundary = "arn:aws:iam::111122223333:policy/edges/boundary";
  const other = "arn:aws:iam::444455556666:role/deployer";

  it("is the policy of that name in the role's own account, and the same path everywhere", () => {
    const iam = { permissionsBoundary, path: "/mesh/" };
    assert.deepEqual(planRoles(iam), iam);
    assert.deepEqual(planRoles(iam, other), {
      permissionsBoundary: "arn:aws:iam::444455556666:policy/edges/boundary",
      path: "/mesh/",
    });
  });

  it("is AWS's own policy as it is, and nothing where nothing is said", () => {
    const own = { permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess" };
    assert.deepEqual(planRoles(own, other), own);
    assert.deepEqual(planRoles({}, other), {});
  });
});

describe("an automatic name", () => {
  it("leaves room for what Pulumi adds to it", () => {
    assert.equal(automaticName("r".repeat(56), LONGEST.role), "r".repeat(56));
    assert.equal(automaticName("r".repeat(57), LONGEST.role), `${"r".repeat(47)}-af37ab28`);
    assert.equal(automaticName("n".repeat(56), LONGEST.nodeGroup).length, 55);
  });
});
