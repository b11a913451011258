import assert from "node:assert/strict";
import type { TopologyDescription } from "../../../components/topology";
import { patterns } from "../../support/topologies";
import { networksApart } from "../support";
import { firewallOf, letIn, listed, told, yours } from "./support";

const [group, list] = ["sg-0123456789abcdef0", "pl-0123456789abcdef0"];

const oneVpc: TopologyDescription = {
  istio: { version: "1.31.3" },
  networks: { shared: { cidr: "10.1.0.0/16" } },
  clusters: { east: { network: "shared" }, west: { network: "shared" } },
  meshes: { prod: { clusters: { east: {}, west: {} } } },
  ...listed,
};

describe("security groups and prefix lists of yours", () => {
  it("are let in to a private API server, on 443 alone", () => {
    const description = networksApart(2);
    description.clusters.c1.api = { private: { securityGroups: [group], prefixLists: [list] } };
    const rule = {
      ports: [443, 443],
      protocol: "tcp",
      reason: "callers of the private API server",
      alsoFor: [],
      isWayIn: true,
    };
    assert.deepEqual(letIn(description, "c1").slice(0, 2), [
      { ...rule, name: `api-${group}`, side: { kind: "given-group", id: group } },
      { ...rule, name: `api-${list}`, side: { kind: "given-list", id: list } },
    ]);
  });

  it("are let in as a cluster of yours where it carries the group: AWS takes one rule for both", () => {
    const description = structuredClone(oneVpc);
    description.clusters.west.existing = yours("10.1.0.0/18", group);
    description.clusters.east.api = { private: { securityGroups: [group] } };
    const rules = letIn(description, "east");
    assert.deepEqual(told(rules), ["0-65535 cluster/west"]);
    assert.equal(rules[0].isWayIn, true);
  });
});

describe("the security group of a cluster of yours that is not named", () => {
  it("is to be opened to machines as machines: no cluster is called as they are", () => {
    const description = structuredClone(patterns["03-vm-same-network"]);
    description.clusters.east.existing = yours("10.10.0.0/18");
    const callers = firewallOf(description).yoursToOpen.flatMap(({ cluster, from }) =>
      cluster === "east" ? from : [],
    );
    const balancer = "load balancer of istiod prod/east/istiod";
    assert.deepEqual([...new Set(callers)], ["cluster west", "machines legacy", balancer]);
  });
});
