import assert from "node:assert/strict";
import fc from "fast-check";
import { planNetwork } from "../../components/network";
import type { NetworkPlan } from "../../components/network";
import { LinkVia, logicalName, NatMode } from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { topologyOf } from "../support/topologies";
import { networksApart } from "./support";

const transit = { links: { via: LinkVia.TransitGateway } };

/** Everything in a plan that costs a resource or an entry. */
function size(plan: NetworkPlan): number {
  const rules = Object.values(plan.clusterRules).flatMap((cluster) => cluster.rules);
  const gateways = Object.values(plan.gatewayGroups).flatMap((group) => [
    group,
    ...group.ingress,
    ...group.egress,
    ...group.toCluster,
  ]);
  const routes = Object.values(plan.transitGateways).flatMap(({ prefixLists }) =>
    Object.entries(prefixLists).flatMap(([vpc, lists]) => lists.map((list) => vpc + list)),
  );
  const entries = Object.values(plan.prefixLists).flatMap(({ cidrs }) => cidrs);
  return [...Object.keys(plan.vpcs), ...rules, ...gateways, ...routes, ...entries].length;
}

describe("planNetwork", () => {
  it("plans a VPC with its provider, its defaults and its route tables", () => {
    const { vpcs, providers } = planNetwork(relationsOf(networksApart(1)));
    assert.deepEqual(providers, {
      "eu-west-1": { key: "eu-west-1", region: "eu-west-1", account: "" },
    });
    assert.deepEqual(vpcs, {
      n1: {
        id: "n1",
        network: "n1",
        provider: "eu-west-1",
        region: "eu-west-1",
        cidrs: ["10.1.0.0/16"],
        zones: 3,
        nat: "single",
        flowLogs: false,
        endpoints: [],
        routeTables: 2,
      },
    });
  });

  it("counts one private route table per NAT gateway and the main one", () => {
    const perZone = networksApart(1, {}, () => ({ nat: NatMode.PerZone, zones: 4 }));
    assert.equal(planNetwork(relationsOf(perZone)).vpcs.n1.routeTables, 5);
  });

  it("plans one provider per account and region", () => {
    const roleArn = "arn:aws:iam::111111111111:role/deployer";
    const places = [
      {},
      { region: "us-east-1" },
      { account: { roleArn } },
      { account: { roleArn } },
    ];
    const { providers, vpcs } = planNetwork(
      relationsOf(networksApart(4, transit, (i) => places[i])),
    );
    assert.deepEqual(Object.values(providers), [
      { key: "eu-west-1", region: "eu-west-1", account: "" },
      { key: "us-east-1", region: "us-east-1", account: "" },
      { key: "111111111111-eu-west-1", region: "eu-west-1", account: roleArn },
    ]);
    assert.equal(vpcs.n4.provider, "111111111111-eu-west-1");
  });

  it("is the same for the same description", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const plan = () => planNetwork(relationsOf(description));
        assert.equal(JSON.stringify(plan()), JSON.stringify(plan()));
      }),
    );
  });

  it("is plain data", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const plan = planNetwork(relationsOf(description));
        assert.deepEqual(plan, JSON.parse(JSON.stringify(plan)));
      }),
    );
  });

  it("gives every VPC, link, list and gateway a name of its own", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const plan = planNetwork(relationsOf(description));
        const { vpcs, peerings, transitGateways, transitGatewayPeerings } = plan;
        const parts = [vpcs, peerings, transitGateways, transitGatewayPeerings, plan.prefixLists];
        for (const part of [...parts, plan.gatewayGroups]) {
          const names = Object.keys(part).map((key) => logicalName(key));
          assert.equal(new Set(names).size, names.length, names.join());
        }
      }),
    );
  });

  it("grows with the number of clusters and not faster", () => {
    const sizes = [5, 10, 20, 40].map((count) =>
      size(planNetwork(relationsOf(networksApart(count, transit)))),
    );
    assert.deepEqual(sizes, [50, 100, 200, 400]);
  });

  it("changes nothing elsewhere but the mesh's prefix list when a cluster is added", () => {
    const plan = (count: number) => planNetwork(relationsOf(networksApart(count, transit)));
    const [before, after] = [plan(6), plan(7)];
    for (const part of ["providers", "vpcs", "clusterRules", "gatewayGroups"] as const) {
      for (const [key, value] of Object.entries(before[part]))
        assert.deepEqual(after[part][key], value, `${part} ${key}`);
    }
    const { vpcs, prefixLists, ...gateway } = after.transitGateways["eu-west-1"];
    const {
      vpcs: vpcsBefore,
      prefixLists: listsBefore,
      ...same
    } = before.transitGateways["eu-west-1"];
    assert.deepEqual(gateway, same);
    assert.deepEqual(vpcs, [...vpcsBefore, "n7"]);
    assert.deepEqual(prefixLists, { ...listsBefore, n7: ["prod/eu-west-1"] });
    const list = before.prefixLists["prod/eu-west-1"];
    const longer = { ...list, cidrs: [...list.cidrs, "10.13.0.0/16"] };
    assert.deepEqual(after.prefixLists, { "prod/eu-west-1": longer });
  });
});
