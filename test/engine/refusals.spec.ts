import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
import { physicalNames } from "../../engine/refusals";
import { EngineRefusal } from "../../engine";
import { TABLE } from "../lab/providers/aws/tables";
import { shortType } from "../lab/providers/aws/provider";
import { floorOf, mockRun } from "../support/graph";

const ROLE = "aws:iam/role:Role";

function refuses(body: () => unknown, message: string): Promise<void> {
  return assert.rejects(
    mockRun(body),
    (error) => error instanceof EngineRefusal && error.message === message,
  );
}

const role = (name: string, args: Partial<aws.iam.RoleArgs> = {}, opts = {}) =>
  new aws.iam.Role(name, { assumeRolePolicy: "{}", ...args }, opts);

describe("names in the mock engine", () => {
  it("may be as long as AWS takes them, with what Pulumi adds where there is none", async () => {
    const graph = await mockRun(() => {
      role("r".repeat(56));
      role("fixed", { name: "r".repeat(64) });
      new eks.Cluster("c".repeat(42), { autoMode: { enabled: true } });
      new eks.Cluster("d".repeat(43), { skipDefaultNodeGroup: true });
    });
    floorOf(graph, ROLE, 2);
  });

  it("are refused where they are longer", async () => {
    const long = "r".repeat(57);
    await refuses(
      () => role(long),
      `${ROLE} "${long}": ${long}-0123456 has 65 characters, AWS allows 64`,
    );
    await refuses(
      () => role("fixed", { name: `${long}-0123456` }),
      `${ROLE} "fixed": ${long}-0123456 has 65 characters, AWS allows 64`,
    );
  });

  it("are refused where roles of the EKS component would be longer", async () => {
    const refused = (name: string, args: eks.ClusterOptions, roleName: string) =>
      refuses(
        () => new eks.Cluster(name, args),
        `eks:index:Cluster "${name}": ${roleName} has 65 characters, AWS allows 64`,
      );
    const [auto, managed] = ["c".repeat(43), "c".repeat(44)];
    await refused(auto, { autoMode: { enabled: true } }, `${auto}-nodeRole-role-0123456`);
    await refused(managed, {}, `${managed}-eksRole-role-0123456`);
  });

  it("are refused in a form that AWS keeps for itself", async () => {
    await refuses(
      () => new aws.ec2.SecurityGroup("sg-a", { vpcId: "vpc-1" }),
      `aws:ec2/securityGroup:SecurityGroup "sg-a": sg-a-0123456 does not match ${physicalNames["aws:ec2/securityGroup:SecurityGroup"].form}`,
    );
  });

  it("are as long as the lab's AWS has them", () => {
    const both = Object.entries(physicalNames).filter(([type]) => TABLE[shortType(type)]);
    assert.ok(both.length >= 8, `${both.length} types`);
    for (const [type, { field, longest }] of both) {
      const { name } = TABLE[shortType(type)];
      assert.deepEqual([name?.field, name?.max], [field, longest], type);
    }
  });
});

describe("tags in the mock engine", () => {
  const tagged = (tags: Record<string, string>) => () => {
    const provider = new aws.Provider("own", { region: "eu-west-1", defaultTags: { tags } });
    role("r", { tags: { Name: "r" } }, { provider });
  };
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, number) => [`tag-${number}`, "x"]));

  it("may be up to fifty, those of the provider with a resource's own", async () => {
    floorOf(await mockRun(tagged({ ...many(48), "étage +1": "a=b/c:d@e" })), ROLE, 1);
    await refuses(tagged(many(50)), `${ROLE} "r": 51 tags, AWS allows 50`);
  });

  it("are refused with signs, prefixes and lengths that AWS refuses", async () => {
    const bad: Record<string, string>[] = [
      ...[{ "a(b": "x" }, { a: "b|c" }, { a: '"' }, { "": "x" }, { "AWS:a": "x" }],
      ...[{ ["k".repeat(129)]: "x" }, { a: "v".repeat(257) }],
    ];
    for (const tags of bad)
      await refuses(tagged(tags), `${ROLE} "r": AWS refuses the tag ${JSON.stringify(tags)}`);
  });

  it("are refused by IAM where they differ by case alone", async () => {
    const message = `${ROLE} "r": IAM takes tags that differ by case alone for one`;
    await refuses(tagged({ name: "x" }), message);
  });

  it("are fewer on a hosted zone, and have no value of AWS's on a load balancer", async () => {
    const zone = (count: number) => () =>
      new aws.route53.Zone("z", { name: "a.internal", tags: many(count) });
    floorOf(await mockRun(zone(10)), "aws:route53/zone:Zone", 1);
    await refuses(zone(11), 'aws:route53/zone:Zone "z": 11 tags, AWS allows 10');
    const group = (a: string) => () => new aws.lb.TargetGroup("t", { tags: { a } });
    floorOf(await mockRun(group("x")), "aws:lb/targetGroup:TargetGroup", 1);
    await refuses(
      group("aws:x"),
      'aws:lb/targetGroup:TargetGroup "t": AWS refuses the tag {"a":"aws:x"}',
    );
  });

  it("take more signs in EC2", async () => {
    const tags = { "a(b": "x", A: "1", a: "2" };
    const graph = await mockRun(() => new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16", tags }));
    floorOf(graph, "aws:ec2/vpc:Vpc", 1);
  });
});

describe("Gateways in the mock engine", () => {
  const gateway = (count: number) => () => {
    const annotations = Object.fromEntries(Array.from({ length: count }, (_, n) => [`a/${n}`, ""]));
    const spec = { gatewayClassName: "c", listeners: [], infrastructure: { annotations } };
    const apiVersion = "gateway.networking.k8s.io/v1";
    new k8s.apiextensions.CustomResource("g", { apiVersion, kind: "Gateway", spec });
  };

  it("are refused with more annotations than the definition allows", async () => {
    const type = "kubernetes:gateway.networking.k8s.io/v1:Gateway";
    floorOf(await mockRun(gateway(8)), type, 1);
    await refuses(
      gateway(9),
      `${type} "g": spec.infrastructure.annotations: must have at most 8 items, has 9`,
    );
  });
});
