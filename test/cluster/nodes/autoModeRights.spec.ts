import assert from "node:assert/strict";
import { autoModeRights } from "../../../components/cluster/nodes/autoModeRights";
import { assertDependsOn, mockRun } from "../../support/graph";
import { AutoModeNodes } from "../../../components";
import { run, single } from "../support";

const facts = { clusterName: "demo-main", region: "eu-west-1" };
const key = "arn:aws:kms:eu-west-1:111122223333:key/0a1b";

interface Statement {
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string>>;
}

const statements = (diskKeyArn?: string) =>
  autoModeRights({ ...facts, diskKeyArn }).Statement as unknown as Statement[];

/**
 * Calls that AWS's managed policies let Auto Mode make with its own tags alone: `ForAllValues:...` on `aws:TagKeys`
 * (AmazonEKSComputePolicy v5, AmazonEKSNetworkingPolicy, AmazonEKSBlockStoragePolicy and AmazonEKSLoadBalancingPolicy v4,
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/).
 */
const TAGGED = {
  "ec2:CreateFleet": ["fleet", "instance", "volume", "network-interface", "spot-instances-request"],
  "ec2:RunInstances": ["instance", "volume", "network-interface"],
  "ec2:CreateLaunchTemplate": ["launch-template"],
  "ec2:CreateNetworkInterface": ["network-interface"],
  "ec2:CreateVolume": ["volume"],
  "ec2:CreateSnapshot": ["snapshot"],
  "ec2:CreateSecurityGroup": ["security-group"],
  "elasticloadbalancing:CreateLoadBalancer": ["loadbalancer/net"],
  "elasticloadbalancing:CreateTargetGroup": ["targetgroup"],
  "elasticloadbalancing:CreateListener": ["listener/net"],
};

describe("the rights of Auto Mode beyond AWS's own policies", () => {
  it("let it make with other tags whatever it makes of the cluster, and nothing of another", () => {
    for (const [action, kinds] of Object.entries(TAGGED)) {
      for (const kind of kinds) {
        const arn = `arn:aws:${action.split(":")[0]}:eu-west-1:*:${kind}/*`;
        const about = statements().filter(
          ({ Action, Resource }) => Action.includes(action) && Resource.includes(arn),
        );
        assert.equal(about.length, 1, `${action} of ${kind}`);
        assert.deepEqual(about[0].Condition, {
          StringEquals: { "aws:RequestTag/eks:eks-cluster-name": "demo-main" },
        });
      }
    }
  });

  it("let it change tags of the cluster's load balancers later", () => {
    const [changes, ...more] = statements().filter(({ Action }) =>
      Action.some((a) => /Tags$/.test(a)),
    );
    assert.deepEqual(more, []);
    assert.deepEqual(changes.Action, [
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:RemoveTags",
    ]);
    assert.deepEqual(changes.Condition, {
      StringEquals: { "aws:ResourceTag/eks:eks-cluster-name": "demo-main" },
    });
  });

  it("let it use a key of the disks, and grant that to AWS alone", () => {
    const ofKey = statements(key).slice(statements().length);
    assert.deepEqual(
      ofKey.map(({ Resource }) => Resource),
      [[key], [key]],
    );
    const [use, grants] = ofKey;
    assert.ok(use.Action.includes("kms:GenerateDataKeyWithoutPlaintext"));
    assert.deepEqual(grants.Action, ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]);
    assert.deepEqual(grants.Condition, { Bool: { "kms:GrantIsForAWSResource": "true" } });
  });

  it("fit into an inline policy", () => {
    const longest = { clusterName: "c".repeat(100), region: "us-gov-west-1", diskKeyArn: key };
    assert.ok(JSON.stringify(autoModeRights(longest)).length <= 10_240);
  });

  it("are the cluster's role's before there is a class, whose nodes would not start", async () => {
    const graph = await run({ ...single, tags: { team: "mesh" } });
    const rights = graph.one("aws:iam/rolePolicy:RolePolicy", "demo-main-nodes-rights");
    assert.equal(rights.inputs.role, "demo-main-eksRole-role");
    const nodeClass = graph.one("kubernetes:eks.amazonaws.com/v1:NodeClass");
    assert.deepEqual(nodeClass.inputs.spec.tags, { team: "mesh", "istio-patterns": "demo" });
    assertDependsOn(graph, nodeClass, rights);
  });

  it("are asked for where tags or a key are given without the role", async () => {
    const args = { clusterName: "a", kubernetesVersion: "1.35", region: "eu-west-1" };
    const place = { subnetIds: ["subnet-1"], securityGroupId: "sg-1" };
    const made = (more: object) =>
      mockRun(() => void new AutoModeNodes("a", { ...args, ...place, ...more }));
    await assert.rejects(made({ tags: { team: "mesh" } }), {
      message:
        "clusterRoleName: got nothing; allowed: the name of the role that EKS acts in, with tags; fix: give `roleName` of the EksCluster",
    });
    await assert.rejects(made({ diskKeyArn: key }), /with diskKeyArn; fix/);
    const { inputs } = (await made({})).one("kubernetes:eks.amazonaws.com/v1:NodeClass");
    assert.equal("tags" in inputs.spec, false);
  });
});
