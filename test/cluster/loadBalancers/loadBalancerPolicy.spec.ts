import assert from "node:assert/strict";
import {
  controllerPolicy,
  controllerTrustPolicy,
} from "../../../components/cluster/loadBalancers/loadBalancerPolicy";

interface Statement {
  Effect: string;
  Action: string[];
  Resource: string | string[];
  Condition?: { StringEquals: Record<string, string | string[]> };
}

const vpcId = "vpc-0123456789abcdef0";
const policy = controllerPolicy({ clusterName: "demo-east", region: "eu-west-1", vpcId });
const statements = policy.Statement as Statement[];

const linkedRole =
  "arn:aws:iam::*:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing";

const allowing = (action: string) => statements.filter(({ Action }) => Action.includes(action));

const changes = /:(?!Describe|Get)/;

describe("the rights of the load-balancer controller", () => {
  it("name every action", () => {
    assert.ok(statements.length >= 12);
    for (const { Action } of statements) {
      for (const action of Action)
        assert.match(action, /^(ec2|elasticloadbalancing|iam):[A-Za-z]+$/);
    }
  });

  it("change only what carries the cluster's name, but for a role and a VPC that are shared", () => {
    const unbound = statements
      .filter(({ Action }) => Action.some((action) => changes.test(action)))
      .filter(({ Condition }) => !JSON.stringify(Condition ?? {}).includes("demo-east"));
    assert.deepEqual(
      unbound.map(({ Action, Resource }) => [Action, Resource]),
      [
        [["iam:CreateServiceLinkedRole"], linkedRole],
        [["ec2:CreateSecurityGroup"], `arn:aws:ec2:eu-west-1:*:vpc/${vpcId}`],
      ],
    );
  });

  it("reach every resource only to read what AWS restricts to none", () => {
    const everywhere = statements.filter(({ Resource }) => Resource === "*");
    assert.equal(everywhere.length, 1);
    for (const action of everywhere[0].Action) assert.match(action, /:Describe/);
  });

  it("make the service-linked role of load balancing, and no other", () => {
    const [linked, ...others] = allowing("iam:CreateServiceLinkedRole");
    assert.deepEqual(others, []);
    assert.deepEqual(linked.Condition, {
      StringEquals: { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" },
    });
  });

  it("look up the groups of the cluster's VPC alone", () => {
    const resources = allowing("ec2:GetSecurityGroupsForVpc").map(({ Resource }) => Resource);
    assert.deepEqual(resources, [`arn:aws:ec2:eu-west-1:*:vpc/${vpcId}`]);
  });

  it("end at the region", () => {
    for (const { Resource } of statements) {
      for (const arn of [Resource].flat()) {
        if (["*", linkedRole, `arn:aws:ec2:eu-west-1:*:vpc/${vpcId}`].includes(arn)) continue;
        assert.match(arn, /^arn:aws:(ec2|elasticloadbalancing):eu-west-1:\*:[a-z/-]+\/\*$/);
      }
    }
  });

  it("make network load balancers and nothing of the application kind", () => {
    assert.equal(allowing("elasticloadbalancing:CreateLoadBalancer").length, 1);
    const text = JSON.stringify(policy);
    for (const word of ["loadbalancer/app", "waf", "shield", "cognito", "acm:"]) {
      assert.equal(text.includes(word), false, word);
    }
  });

  it("open ports on the cluster's own group and on groups of the controller", () => {
    const conditions = allowing("ec2:AuthorizeSecurityGroupIngress").map(
      ({ Condition }) => Condition?.StringEquals,
    );
    assert.deepEqual(conditions, [
      { "aws:ResourceTag/kubernetes.io/cluster/demo-east": "owned" },
      { "aws:ResourceTag/elbv2.k8s.aws/cluster": "demo-east" },
    ]);
  });

  it("register targets also in groups that were made for the cluster elsewhere", () => {
    const conditions = allowing("elasticloadbalancing:RegisterTargets").map(
      ({ Condition }) => Condition?.StringEquals,
    );
    assert.deepEqual(conditions, [
      { "aws:ResourceTag/elbv2.k8s.aws/cluster": "demo-east" },
      { "aws:ResourceTag/eks:eks-cluster-name": "demo-east" },
    ]);
  });

  it("fit into an inline policy", () => {
    const longest = controllerPolicy({
      ...{ clusterName: "c".repeat(100), region: "us-gov-west-1", vpcId },
    });
    const size = JSON.stringify(longest).replaceAll(/\s/g, "").length;
    assert.ok(size <= 10_240, `${size} characters`);
  });

  it("belong to one service account of one cluster", () => {
    const [statement] = controllerTrustPolicy("demo-east").Statement;
    assert.deepEqual(statement.Condition.StringEquals, {
      "aws:RequestTag/eks-cluster-name": "demo-east",
      "aws:RequestTag/kubernetes-namespace": "kube-system",
      "aws:RequestTag/kubernetes-service-account": "aws-load-balancer-controller",
    });
  });
});
