import assert from "node:assert/strict";
import { assertDependsOn, floorOf, resourceSet } from "../../support/graph";
import type { Graph, Registration } from "../../support/graph";
import { patterns } from "../../support/topologies";
import { networksApart, runNetwork } from "../support";
import type { NetworkRun } from "../support";
import { listed, transit, yours } from "./support";

const COMPONENT = "istio-patterns:index:SecurityRules";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";

const tcp = (port: number) => ({ ipProtocol: "tcp", fromPort: port, toPort: port });
const mtls = { ...tcp(15443), description: "mTLS from the networks of the mesh" };
const health = { ...tcp(15021), description: "health checks of the load balancer" };

/** Inputs of the rules of one type and one group's component, by name; what has an id is said by its name. */
function rulesOf({ graph }: NetworkRun, component: string, type: string) {
  const rules = graph
    .childrenOf(graph.one(COMPONENT, component))
    .filter((child) => child.type === type)
    .map((child): [string, Registration["inputs"]] => [child.name, named(graph, child)]);
  return Object.fromEntries(rules);
}

/** Ids that the engine makes up are in no registration: what a property comes from stands in its dependencies. */
function named(graph: Graph, { inputs, propertyDependencies }: Registration) {
  const ids = Object.entries(propertyDependencies).flatMap(([property, urns]) => {
    const origins = urns.map((urn) => graph.get(urn)!).filter(({ custom }) => custom);
    assert.ok(origins.length < 2, property);
    return origins.map(({ name }) => [property, `of ${name}`]);
  });
  return { ...inputs, ...Object.fromEntries(ids) };
}

/** Ids as they are once the run is over. */
async function resolved({ securityGroups }: NetworkRun): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const [key, id] of Object.entries(securityGroups))
    if (typeof id === "object" && "apply" in id) id.apply((value) => (ids[key] = value));
  await new Promise(setImmediate);
  return ids;
}

describe("createFirewall", () => {
  let apart: NetworkRun;

  before(async () => {
    apart = await runNetwork(networksApart(2, transit));
  });

  it("makes nothing for a single cluster without gateways", async () => {
    const { graph, securityGroups } = await runNetwork(networksApart(1, listed));
    floorOf(graph, "aws:ec2/vpc:Vpc", 1);
    for (const type of [COMPONENT, GROUP, IN, OUT]) floorOf(graph, type, 0);
    assert.deepEqual(securityGroups, {});
  });

  it("makes one group per load balancer, in its cluster's VPC, under a name of AWS's choice", () => {
    const { graph, securityGroups } = apart;
    floorOf(graph, GROUP, 2);
    const group = graph.one(GROUP, "demo-prod-c1-istio-eastwestgateway");
    const vpc = graph.one("istio-patterns:index:Vpc", "demo-n1");
    assert.deepEqual(group.inputs, {
      description: "Load balancer of an Istio gateway",
      vpcId: vpc.outputs.vpcId,
      tags: { Name: "demo-prod-c1-istio-eastwestgateway" },
    });
    assert.equal(graph.get(group.parent!)?.type, "test:index:Whole");
    const second = graph.one(GROUP, "demo-prod-c2-istio-eastwestgateway");
    const { vpcId } = graph.one("istio-patterns:index:Vpc", "demo-n2").outputs;
    assert.notEqual(vpcId, vpc.outputs.vpcId);
    assert.equal(second.inputs.vpcId, vpcId);
    assert.deepEqual(Object.keys(securityGroups), ["prod/c1/east-west", "prod/c2/east-west"]);
  });

  it("opens the cluster to its gateway, to watchers by the mesh's prefix list and to callers, and to nobody else", () => {
    const { graph } = apart;
    const group = { securityGroupId: "sg-c1" };
    const gateway = { referencedSecurityGroupId: "of demo-prod-c1-istio-eastwestgateway" };
    const prefixListId = `of ${graph.one(LIST, "test-prod-eu-west-1").name}`;
    assert.deepEqual(rulesOf(apart, "demo-c1", IN), {
      "demo-c1.api-172.16.0.0-12": {
        ...{ ...group, ...tcp(443), cidrIpv4: "172.16.0.0/12" },
        description: "callers of the private API server",
      },
      "demo-c1.api-prod.list": {
        ...{ ...group, ...tcp(443), prefixListId },
        description: "istiod of other clusters watches the API server",
      },
      "demo-c1.mtls-prod-c1-istio-eastwestgateway": {
        ...{ ...group, ...mtls, ...gateway },
      },
      "demo-c1.health-prod-c1-istio-eastwestgateway": {
        ...{ ...group, ...health, ...gateway },
      },
    });
    assert.deepEqual(rulesOf(apart, "demo-c1", OUT), {});
    assertDependsOn(
      graph,
      graph.one(IN, "demo-c1.api-prod.list"),
      graph.one(LIST, "test-prod-eu-west-1"),
    );
  });

  it("lets in to a private API server a group and a list of yours by their ids", async () => {
    const description = networksApart(1);
    const [referencedSecurityGroupId, prefixListId] = [
      "sg-0123456789abcdef0",
      "pl-0123456789abcdef0",
    ];
    description.clusters.c1.api = {
      private: { securityGroups: [referencedSecurityGroupId], prefixLists: [prefixListId] },
    };
    const rule = {
      ...{ securityGroupId: "sg-c1", ...tcp(443) },
      description: "callers of the private API server",
    };
    assert.deepEqual(rulesOf(await runNetwork(description), "demo-c1", IN), {
      "demo-c1.api-sg-0123456789abcdef0": { ...rule, referencedSecurityGroupId },
      "demo-c1.api-pl-0123456789abcdef0": { ...rule, prefixListId },
    });
  });

  it("opens the gateway to the mesh's prefix list and to its own cluster, and to nobody else", () => {
    const { graph } = apart;
    const name = "demo-prod-c1-istio-eastwestgateway";
    const securityGroupId = `of ${name}`;
    const prefixListId = `of ${graph.one(LIST, "test-prod-eu-west-1").name}`;
    assert.deepEqual(rulesOf(apart, name, IN), {
      [`${name}.mtls-prod.list`]: { securityGroupId, ...mtls, prefixListId },
    });
    const out = { securityGroupId, referencedSecurityGroupId: "sg-c1" };
    assert.deepEqual(rulesOf(apart, name, OUT), {
      [`${name}.mtls-c1`]: { ...out, ...mtls },
      [`${name}.health-c1`]: { ...out, ...health },
    });
    for (const rule of [`${name}.mtls-prod.list`, "demo-c1.mtls-prod-c1-istio-eastwestgateway"])
      assertDependsOn(graph, graph.one(IN, rule), graph.one(GROUP, name));
  });

  it("names the range of ports of an istiod and the group of a cluster of the same VPC", async () => {
    const run = await runNetwork(patterns["02-primary-remote-same-network"]);
    const name = "demo-prod-east-istiod";
    assert.deepEqual(rulesOf(run, name, IN), {
      [`${name}.remotes-west`]: {
        securityGroupId: `of ${name}`,
        referencedSecurityGroupId: "sg-west",
        ...{ ipProtocol: "tcp", fromPort: 15012, toPort: 15017 },
        description: "proxies and API servers of the clusters that it serves",
      },
    });
    assert.equal(
      rulesOf(run, "demo-west", IN)["demo-west.pods-east"].referencedSecurityGroupId,
      "sg-east",
    );
  });

  it("opens every port of a mesh in one VPC to the groups of its peers, and nothing to the VPC", async () => {
    for (const pattern of ["02-multi-primary-same-network", "02-primary-remote-same-network"]) {
      const run = await runNetwork(patterns[pattern]);
      const open = rulesOf(run, "demo-east", IN)["demo-east.pods-west"];
      assert.equal(open.referencedSecurityGroupId, "sg-west", pattern);
      assert.deepEqual([open.fromPort, open.toPort], [0, 65535]);
      for (const { name, inputs } of run.graph.ofType(IN)) {
        const wide = [inputs.cidrIpv4, inputs.prefixListId];
        assert.deepEqual(wide, [undefined, undefined], `${pattern}: ${name}`);
      }
    }
  });

  it("makes each group and its rules with the provider of its account and region", async () => {
    const account = { roleArn: "arn:aws:iam::111122223333:role/deployer" };
    const description = networksApart(2, transit, (index) =>
      index === 1 ? { account, region: "us-east-1" } : {},
    );
    const { graph } = await runNetwork(description);
    const made = [
      graph.one(GROUP, "demo-prod-c2-istio-eastwestgateway"),
      graph.one(IN, "demo-prod-c2-istio-eastwestgateway.mtls-prod.list"),
      graph.one(OUT, "demo-prod-c2-istio-eastwestgateway.mtls-c2"),
      graph.one(IN, "demo-c2.api-prod.list"),
    ];
    for (const resource of made)
      assert.equal(graph.providerOf(resource)?.name, "demo-111122223333-us-east-1", resource.urn);
    const here = graph.one(IN, "demo-c1.api-prod.list");
    assert.equal(graph.providerOf(here)?.name, "demo-eu-west-1");
    const [far, near] = [made[3], here].map(({ inputs }) => inputs.prefixListId);
    assert.notEqual(far, near);
  });

  it("makes rules of others' groups only where the description names the group", async () => {
    const description = networksApart(2);
    description.clusters.c1.existing = yours("10.1.0.0/18");
    const { graph } = await runNetwork(description);
    const components = graph.ofType(COMPONENT).map(({ name }) => name);
    assert.deepEqual(components.sort(), [
      "demo-c2",
      "demo-prod-c1-istio-eastwestgateway",
      "demo-prod-c2-istio-eastwestgateway",
    ]);
    const out = graph.one(OUT, "demo-prod-c1-istio-eastwestgateway.mtls-10.1.0.0-16");
    assert.equal(out.inputs.cidrIpv4, "10.1.0.0/16");
  });

  it("hands out each load balancer's own group", async () => {
    const description = networksApart(2);
    description.meshes.prod.ingress = { public: { clusters: ["c1"] } };
    const run = await runNetwork(description);
    floorOf(run.graph, GROUP, 3);
    const keys = ["prod/c1/east-west", "prod/c1/public", "prod/c2/east-west"];
    const ids = await resolved(run);
    assert.deepEqual(Object.keys(ids).sort(), keys);
    for (const key of keys) {
      const own = key.replace("east-west", "istio-eastwestgateway");
      const name = `demo-${own.replaceAll("/", "-")}`;
      const [rule] = run.graph.childrenOf(run.graph.one(COMPONENT, name));
      assert.equal(named(run.graph, rule).securityGroupId, `of ${name}`);
      assert.equal(ids[key], rule.inputs.securityGroupId);
    }
  });

  it("makes the same resources while outputs are unknown", async () => {
    const unknown = await runNetwork(networksApart(2, transit), { unknownOutputs: true });
    assert.deepEqual(resourceSet(unknown.graph), resourceSet(apart.graph));
  });
});
