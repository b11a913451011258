import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { RuleSide, SecurityRules } from "../../../components/network";
import type { GroupRules } from "../../../components/network";
import { floorOf, mockRun, resourceSet } from "../../support/graph";

const COMPONENT = "istio-patterns:index:SecurityRules";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

/** Any resource of another room. */
class Other extends pulumi.CustomResource {}

const legacy = {
  name: "vm",
  side: RuleSide.Cidr,
  value: "10.9.0.0/16",
  fromPort: 8080,
  toPort: 8081,
  reason: "legacy",
};

const make = (rules: GroupRules, opts?: pulumi.ComponentResourceOptions) =>
  new SecurityRules("east", { securityGroupId: "sg-east", rules }, opts);

describe("SecurityRules", () => {
  it("puts a rule on the group with its reason, and makes no group", async () => {
    const graph = await mockRun(() => make({ ingress: [legacy] }));
    assert.deepEqual(graph.one(IN, "east.vm").inputs, {
      securityGroupId: "sg-east",
      ipProtocol: "tcp",
      fromPort: 8080,
      toPort: 8081,
      cidrIpv4: "10.9.0.0/16",
      description: "legacy",
    });
    floorOf(graph, OUT, 0);
    floorOf(graph, GROUP, 0);
  });

  it("names the other side by a range, a prefix list or a group", async () => {
    const sides = [
      { ...legacy, name: "range" },
      { ...legacy, name: "list", side: RuleSide.PrefixList, value: "pl-1" },
      { ...legacy, name: "group", side: RuleSide.SecurityGroup, value: "sg-west" },
    ];
    const graph = await mockRun(() => make({ ingress: sides, egress: sides }));
    for (const type of [IN, OUT]) {
      floorOf(graph, type, 3);
      const named = ["range", "list", "group"].map((name) => {
        const { cidrIpv4, prefixListId, referencedSecurityGroupId } = graph.one(
          type,
          `east.${name}`,
        ).inputs;
        return [cidrIpv4, prefixListId, referencedSecurityGroupId];
      });
      assert.deepEqual(named, [
        ["10.9.0.0/16", undefined, undefined],
        [undefined, "pl-1", undefined],
        [undefined, undefined, "sg-west"],
      ]);
    }
  });

  it("lets out what it is told, which may have the name of what it lets in", async () => {
    const out = { ...legacy, value: "10.8.0.0/16", protocol: "udp" as const };
    const graph = await mockRun(() => make({ ingress: [legacy], egress: [out] }));
    assert.deepEqual(graph.one(OUT, "east.vm").inputs, {
      securityGroupId: "sg-east",
      ipProtocol: "udp",
      fromPort: 8080,
      toPort: 8081,
      cidrIpv4: "10.8.0.0/16",
      description: "legacy",
    });
    assert.equal(graph.one(IN, "east.vm").inputs.cidrIpv4, "10.9.0.0/16");
  });

  it("is nothing but itself where it is told nothing", async () => {
    const graph = await mockRun(() => make({}));
    floorOf(graph, COMPONENT, 1);
    assert.equal(graph.childrenOf(graph.one(COMPONENT)).length, 0);
  });

  it("passes on what it waits for, and has its rules for children", async () => {
    const graph = await mockRun(() => {
      const before = new Other("test:index:Before", "before", {});
      make({ ingress: [legacy], egress: [legacy] }, { dependsOn: before });
    });
    const before = graph.one("test:index:Before");
    const rules = graph.childrenOf(graph.one(COMPONENT, "east"));
    assert.deepEqual(rules.map(({ type }) => type).sort(), [OUT, IN].sort());
    for (const rule of rules) assert.deepEqual(rule.dependencies, [before.urn], rule.urn);
  });

  it("makes the same while ids and ports are not known yet", async () => {
    const unknown = () =>
      new Other("test:index:Before", "before", {}).id.apply((id) => Number(id.length));
    const later = () => make({ ingress: [{ ...legacy, fromPort: unknown(), toPort: 9 }] });
    const known = await mockRun(later);
    floorOf(known, IN, 1);
    assert.deepEqual(
      resourceSet(await mockRun(later, { unknownOutputs: true })),
      resourceSet(known),
    );
  });
});
