import assert from "node:assert/strict";
import { Effect, effectOf, effectsOf } from "../../../cli/diff/replacements";
import { leadsTo } from "../../../cli/diff/replacements";
import { planOf, subjects } from "../support";

describe("the table of replacements", () => {
  for (const [name, description] of Object.entries(subjects)) {
    it(`has every type and every input of ${name}`, async () => {
      const { graph } = await planOf(description);
      assert.ok(graph.resources.length > 30);
      for (const { type, custom, remote, inputs } of graph.resources) {
        if (!(custom || remote)) continue;
        const effects = effectsOf(type);
        assert.ok(effects, type);
        const known = [...effects.replaces, ...effects.updates];
        for (const input of Object.keys(inputs)) {
          const isKnown = known.some((path) => leadsTo(input, path) || leadsTo(path, input));
          assert.ok(isKnown, `${type} ${input}`);
        }
      }
    });
  }

  it("follows the providers where they and CloudFormation differ", async () => {
    const { Replaces, Updates, Unknown } = Effect;
    const cases: [type: string, path: string, effect: Effect][] = [
      ["aws:ec2/vpc:Vpc", "cidrBlock", Replaces],
      ["aws:ec2/vpc:Vpc", "tags.Name", Updates],
      ["aws:ec2/vpc:Vpc", "region", Replaces],
      ["aws:ec2/vpc:Vpc", "instanceTenancy", Unknown],
      ["aws:ec2/routeTableAssociation:RouteTableAssociation", "routeTableId", Updates],
      ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv4", Updates],
      ["aws:lb/loadBalancer:LoadBalancer", "subnetMappings[0].privateIpv4Address", Replaces],
      ["aws:eks/nodeGroup:NodeGroup", "launchTemplate.id", Replaces],
      ["aws:eks/nodeGroup:NodeGroup", "launchTemplate.version", Updates],
      ["eks:index:Cluster", "version", Updates],
      ["eks:index:Cluster", "name", Replaces],
      ["kubernetes:core/v1:ConfigMap", "metadata.name", Replaces],
      ["kubernetes:core/v1:ConfigMap", "metadata.labels", Updates],
      ["kubernetes:core/v1:Secret", "type", Replaces],
      ["kubernetes:helm.sh/v3:Release", "values.global.hub", Updates],
      ["kubernetes:helm.sh/v3:Release", "namespace", Replaces],
      ["random:index/randomId:RandomId", "byteLength", Unknown],
    ];
    for (const [type, path, effect] of cases)
      assert.equal(effectOf(type, path), effect, `${type} ${path}`);
  });

  it("knows lists that grow in place, and inputs that replace where another takes their place", async () => {
    const { Replaces, Updates } = Effect;
    const balancer = "aws:lb/loadBalancer:LoadBalancer";
    const comes = { before: false, after: true };
    assert.equal(effectOf(balancer, "subnetMappings[3].subnetId", comes), Updates);
    assert.equal(effectOf(balancer, "subnetMappings[0].subnetId"), Replaces);
    const goes = { before: true, after: false };
    assert.equal(effectOf(balancer, "subnetMappings[2].subnetId", goes), Replaces);
    for (const direction of ["Ingress", "Egress"]) {
      const rule = `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`;
      assert.equal(effectOf(rule, "prefixListId", comes), Replaces);
      assert.equal(effectOf(rule, "cidrIpv4", goes), Replaces);
      assert.equal(effectOf(rule, "cidrIpv4"), Updates);
      assert.equal(effectOf(rule, "description", comes), Updates);
    }
  });
});
