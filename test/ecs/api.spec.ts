import assert from "node:assert/strict";
import { rules } from "../../components/mesh/check";
import type { TopologyDescription } from "../../components/topology";
import { said } from "../support/rules";
import { factsOf } from "../support/topologies";
import { good } from "./good";

/** Tasks in another VPC of the network than the cluster whose API server makes their tokens. */
function apart(api: TopologyDescription["api"]): TopologyDescription {
  const description = structuredClone(good);
  Object.assign(description, { api });
  description.networks.shared = {
    vpcs: { a: { cidr: "10.10.0.0/16" }, b: { cidr: "10.20.0.0/16" } },
  };
  description.clusters.east!.vpc = "a";
  for (const service of Object.values(description.ecsServices!)) service.vpc = "b";
  return description;
}

/** The VPC of the tasks is yours, and names no NAT gateway. */
function withoutNat(description: TopologyDescription): TopologyDescription {
  const subnet = (zone: string, index: number) => ({
    ...{ id: `subnet-${zone}`, cidr: `10.20.${index}.0/24`, zone: `eu-west-1${zone}` },
    tier: "private" as const,
  });
  description.networks.shared!.vpcs!.b = {
    existing: {
      ...{ vpcId: "vpc-1", cidrs: ["10.20.0.0/16"] },
      subnets: { a: subnet("a", 0), b: subnet("b", 1) },
    },
  };
  return description;
}

const NAT = "existing-vpc-nat-addresses";

describe("the way of tasks to the API server that makes their tokens", () => {
  it("leads over the link to a private one, whose group lets them in, with or without NAT", () => {
    const behind = apart({ private: { cidrs: ["172.16.0.0/12"] } });
    for (const description of [behind, withoutNat(structuredClone(behind))]) {
      const { peerings, firewall } = factsOf(description).network;
      assert.deepEqual(Object.keys(peerings), ["shared-a/shared-b"]);
      assert.deepEqual(
        firewall.groups["cluster/east"]!.in.filter(({ ports: [port] }) => port === 443).map(
          ({ side }) => side,
        ),
        ["172.16.0.0/12", "10.20.0.0/16"].map((cidr) => ({ kind: "cidr", cidr })),
      );
      assert.deepEqual(said(rules, NAT, description), []);
    }
  });

  it("leads over NAT to a public one, which lists the addresses of their VPC", () => {
    const description = apart(good.api);
    assert.deepEqual(factsOf(description).network.firewall.publicApi, { east: ["shared-b"] });
    assert.deepEqual(said(rules, NAT, withoutNat(description)), [
      "networks.shared.vpcs.b.existing.natAddresses: got nothing; allowed: the public addresses of the VPC's NAT gateways; fix: list them: what stands there calls the API server of cluster east from them; without NAT give it api.private, which is called over the link",
    ]);
  });

  it("is yours to open where the cluster is, once for all services", () => {
    const description = apart(good.api);
    description.clusters.east!.existing = {
      ...{ kubeconfig: { secret: "east" }, kubernetesVersion: "1.35", eksName: "east" },
      ...{ endpoint: "https://east.example", certificateAuthority: "Y2E=" },
      podCidrs: ["10.10.0.0/17"],
    };
    const [line = "", ...others] = said(rules, "existing-cluster-security-group", description);
    assert.deepEqual(others, []);
    const asked = "443 from 10.20.0.0/16 (tasks ask the API server for their tokens)";
    assert.equal(line.split(asked).length, 2, line);
  });
});
