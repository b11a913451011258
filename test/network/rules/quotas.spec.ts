import assert from "node:assert/strict";
import { plan } from "../../../components/mesh/plan";
import { networkRules } from "../../../components/network";
import { limitedUses } from "../../../components/network/rules/quotas";
import { LinkVia, NatMode, Severity } from "../../../components/topology";
import type { QuotasDescription, TopologyDescription } from "../../../components/topology";
import { relationsOf } from "../../support/topologies";
import { check, networksApart } from "../support";

const transit = { links: { via: LinkVia.TransitGateway } };

function withQuotas(
  description: TopologyDescription,
  quotas: QuotasDescription,
): TopologyDescription {
  return { ...description, quotas };
}

describe("quotas", () => {
  it("warn at what AWS gives every account, and refuse beyond what the description says", () => {
    const quotas = networkRules.filter(({ id }) => id.includes("quota-"));
    assert.deepEqual(
      quotas.map(({ id, severity }) => [id, severity]),
      ["security-group-rules", "routes-per-table", "elastic-ips", "vpcs"].flatMap((quota) => [
        [`quota-${quota}`, Severity.Problem],
        [`standard-quota-${quota}`, Severity.Warning],
      ]),
    );
  });

  it("are silent where the plan stays within them", () => {
    const description = networksApart(2, transit);
    const raised = { securityGroupRules: 60, routesPerTable: 500, elasticIps: 5, vpcs: 5 };
    for (const { id } of networkRules.filter((rule) => rule.id.includes("quota-"))) {
      assert.deepEqual(check(id, description), [], id);
      assert.deepEqual(check(id, withQuotas(description, raised)), [], id);
    }
  });
});

describe("quota-vpcs", () => {
  it("counts VPCs made here per region", () => {
    const description = networksApart(6, transit);
    const got = "quotas.vpcs: got 6 VPCs in eu-west-1; allowed:";
    const fix = 'fix: have AWS raise "VPCs per Region" and write quotas: { vpcs: 6 }';
    assert.deepEqual(check("standard-quota-vpcs", description), [
      `${got} 5, what AWS gives every account; ${fix}`,
    ]);
    assert.deepEqual(check("quota-vpcs", description), []);
    const said = withQuotas(description, { vpcs: 5 });
    assert.deepEqual(check("quota-vpcs", said), [`${got} 5, as quotas says; ${fix}`]);
    assert.deepEqual(check("standard-quota-vpcs", said), []);
    const apart = networksApart(6, transit, (i) => (i % 2 ? { region: "us-east-1" } : {}));
    assert.deepEqual(check("standard-quota-vpcs", apart), []);
  });
});

describe("quota-elastic-ips", () => {
  it("counts one per NAT gateway, by account and region", () => {
    const account = { roleArn: "arn:aws:iam::111111111111:role/deployer" };
    const description = networksApart(2, {}, () => ({ account, nat: NatMode.PerZone }));
    const got =
      "quotas.elasticIps: got 6 Elastic IP addresses in eu-west-1 of account 111111111111; allowed:";
    const fix = 'fix: have AWS raise "EC2-VPC Elastic IPs" and write quotas: { elasticIps: 6 }';
    assert.deepEqual(check("standard-quota-elastic-ips", description), [
      `${got} 5, what AWS gives every account; ${fix}`,
    ]);
    assert.deepEqual(check("quota-elastic-ips", withQuotas(description, { elasticIps: 5 })), [
      `${got} 5, as quotas says; ${fix}`,
    ]);
  });
});

describe("quota-security-group-rules", () => {
  const description = networksApart(41, transit);

  it("counts a prefix list by the entries that it may have, once per reference", () => {
    const messages = check("standard-quota-security-group-rules", description);
    assert.equal(messages.length, 82);
    const allowed = "allowed: 60, what AWS gives every account";
    const fix = 'fix: have AWS raise "Inbound or outbound rules per security group" and write';
    assert.deepEqual(
      [messages[0], messages[41]],
      [
        `quotas.securityGroupRules: got 80 rules in the security group of load balancer of gateway prod/c1/east-west; ${allowed}; ${fix} quotas: { securityGroupRules: 80 }`,
        `quotas.securityGroupRules: got 84 rules in the security group of cluster c1; ${allowed}; ${fix} quotas: { securityGroupRules: 84 }`,
      ],
    );
  });

  /** Rules that each group of a description lets in by, as the quota counts them. */
  const counted = (of: TopologyDescription) => {
    const relations = relationsOf(of);
    const uses = limitedUses(relations, plan(relations).network);
    const rules = uses.filter(({ quota }) => quota === "securityGroupRules");
    return Object.fromEntries(
      rules.map(({ what, count }) => [what.replace("rules in the security group of ", ""), count]),
    );
  };

  it("counts EKS's own rule on a cluster's group, and each of ours once, but none that another makes needless", () => {
    const gateways = {
      "load balancer of gateway prod/c1/east-west": 2,
      "load balancer of gateway prod/c2/east-west": 2,
    };
    const two = networksApart(2);
    assert.deepEqual(counted(two), { ...gateways, "cluster c1": 5, "cluster c2": 5 });
    const among = { ...two, api: { private: { cidrs: ["10.3.9.0/24"] } } };
    assert.deepEqual(counted(among), { ...gateways, "cluster c1": 4, "cluster c2": 5 });
    const open = { ...two, api: { allowFrom: ["192.0.2.1/32"] } };
    assert.deepEqual(counted(open), { ...gateways, "cluster c1": 3, "cluster c2": 3 });
  });

  it("counts nothing on a group that the description does not name", () => {
    const brought = networksApart(2);
    brought.clusters.c1.existing = {
      kubeconfig: { secret: "c1" },
      kubernetesVersion: "1.34",
      podCidrs: ["10.1.0.0/18"],
    };
    assert.deepEqual(
      Object.keys(counted(brought)).filter((what) => what.startsWith("cluster")),
      ["cluster c2"],
    );
  });

  it("refuses beyond what the description says", () => {
    const said = withQuotas(description, { securityGroupRules: 83 });
    const messages = check("quota-security-group-rules", said);
    assert.equal(messages.length, 41);
    assert.equal(
      messages[0],
      'quotas.securityGroupRules: got 84 rules in the security group of cluster c1; allowed: 83, as quotas says; fix: have AWS raise "Inbound or outbound rules per security group" and write quotas: { securityGroupRules: 84 }',
    );
    const enough = withQuotas(description, { securityGroupRules: 84 });
    assert.deepEqual(check("quota-security-group-rules", enough), []);
  });
});

describe("quota-routes-per-table", () => {
  it("counts a prefix list by the entries that it may have", () => {
    const description = withQuotas(networksApart(5, transit), { routesPerTable: 11 });
    const messages = check("quota-routes-per-table", description);
    assert.equal(messages.length, 5);
    assert.equal(
      messages[0],
      'quotas.routesPerTable: got 12 routes in a table of networks.n1; allowed: 11, as quotas says; fix: have AWS raise "Routes per route table" and write quotas: { routesPerTable: 12 }',
    );
  });

  it("counts each range of a peer", () => {
    const relations = relationsOf(networksApart(3));
    const uses = limitedUses(relations, plan(relations).network);
    const routes = { quota: "routesPerTable", limit: 500, count: 4 };
    assert.deepEqual(
      uses.filter(({ quota }) => quota === "routesPerTable"),
      ["n1", "n2", "n3"].map((vpc) => ({
        ...routes,
        what: `routes in a table of networks.${vpc}`,
      })),
    );
  });

  it("warns at what AWS gives every account", () => {
    const description = networksApart(120, transit);
    description.networks.n1 = {
      existing: {
        vpcId: "vpc-1",
        cidrs: Array.from({ length: 210 }, (_, index) => `172.16.${index}.0/25`),
        subnets: {},
      },
    };
    const [message] = check("standard-quota-routes-per-table", description);
    assert.equal(
      message,
      'quotas.routesPerTable: got 642 routes in a table of networks.n10; allowed: 500, what AWS gives every account; fix: have AWS raise "Routes per route table" and write quotas: { routesPerTable: 642 }',
    );
  });
});
