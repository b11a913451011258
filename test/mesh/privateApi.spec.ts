import assert from "node:assert/strict";
import type { Graph, Registration } from "../support/graph";
import { assertDependsOn, assertIndependent, floor, floorOf } from "../support/graph";
import { runDescription } from "../support/program";
import { behindHub, managedNodes, transitGateways } from "../support/variants";

const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const ROUTE = "aws:ec2/route:Route";
const CLUSTER = "eks:index:Cluster";

/** What a Kubernetes provider makes, by the name of the provider's cluster. */
function insideOf(graph: Graph, cluster: string): Registration[] {
  const inside = graph.resources.filter(
    (resource) =>
      resource.type.startsWith("kubernetes:") && graph.providerOf(resource)?.name === `${cluster}`,
  );
  assert.ok(inside.length >= 7, `${inside.length} resources in ${cluster}`);
  return inside;
}

describe("a private API server", () => {
  it("lets Pulumi in before anything is made behind it, and until all of it is gone", async () => {
    const graph = await runDescription(behindHub);
    floor(graph, 1);
    const rule = graph.one(RULE, "dev-main.api-192.168.9.0-24");
    const { fromPort, toPort, cidrIpv4 } = rule.inputs;
    assert.deepEqual([fromPort, toPort, cidrIpv4], [443, 443, "192.168.9.0/24"]);
    assert.equal(graph.one(CLUSTER).inputs.endpointPublicAccess, false);
    const routes = graph.ofType(ROUTE).filter(({ inputs }) => inputs.transitGatewayId);
    assert.equal(routes.length, 2);
    // The provider asks the API server when it is made, and never again.
    const provider = graph.one("pulumi:providers:kubernetes", "dev-main");
    for (const resource of [provider, ...insideOf(graph, "dev-main")])
      for (const way of [rule, ...routes]) assertDependsOn(graph, resource, way);
  });

  it("lets it in on managed nodes too, whose group need not wait for less", async () => {
    const graph = await runDescription({ ...managedNodes, api: transitGateways.api });
    floor(graph, 2);
    for (const cluster of ["east", "west"]) {
      const rule = graph.one(RULE, `dev-${cluster}.api-172.16.0.0-12`);
      for (const resource of insideOf(graph, `dev-${cluster}`))
        assertDependsOn(graph, resource, rule);
    }
  });

  it("keeps no cluster waiting for another one", async () => {
    const graph = await runDescription(transitGateways);
    floor(graph, 3);
    floorOf(graph, CLUSTER, 3);
    const pools = graph.ofType("kubernetes:karpenter.sh/v1:NodePool");
    assert.ok(pools.length >= 3);
    for (const [own, other] of [
      ["a", "b"],
      ["b", "c"],
      ["c", "a"],
    ]) {
      const pool = pools.find((one) => graph.providerOf(one)?.name === `dev-${own}`)!;
      assertDependsOn(graph, pool, graph.one(CLUSTER, `dev-${own}`));
      assertIndependent(graph, pool, graph.one(CLUSTER, `dev-${other}`));
    }
  });

  it("is no concern of a public one, which waits for no rule", async () => {
    const graph = await runDescription(managedNodes);
    floor(graph, 2);
    const names = graph.ofType(RULE).map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => name.includes(".api-")),
      [],
    );
  });
});
