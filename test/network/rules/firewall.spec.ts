import assert from "node:assert/strict";
import type { TopologyDescription } from "../../../components/topology";
import { brought } from "../../support/variants";
import { check } from "../support";

/** Cluster `lab`, which is yours, does not say its security group. */
function withoutGroup(more: Partial<TopologyDescription> = {}): TopologyDescription {
  const description = { ...structuredClone(brought), ...more };
  delete description.clusters.lab.existing!.securityGroupId;
  return description;
}

const found = (description: TopologyDescription) =>
  check("existing-cluster-security-group", description);

describe("existing-cluster-security-group", () => {
  const lead =
    "clusters.lab.existing.securityGroupId: got nothing; allowed: the security group of nodes and pods, on which the ports are opened then; fix: name it, or open on it yourself: ";
  const behind = (balancer: string, ports: [number, string][]) =>
    ports.map(([port, why]) => `${port} from load balancer of ${balancer} (${why})`);
  const health = "health checks of the load balancer";

  it("lists what is yours to open where others watch the cluster and a gateway stands in it", () => {
    assert.deepEqual(found(withoutGroup()), [
      lead +
        [
          "443 from 10.10.0.0/16 (istiod of other clusters watches the API server)",
          ...behind("gateway prod/lab/east-west", [
            [15443, "mTLS from the networks of the mesh"],
            [15021, health],
          ]),
        ].join("; "),
    ]);
  });

  it("lists the ports of an istiod that serves others there", () => {
    const meshes = { prod: { controlPlane: { runsIn: ["lab"] }, clusters: { east: {} } } };
    const external = { ...meshes.prod.controlPlane, configCluster: "east" };
    const description = withoutGroup({
      meshes: { prod: { ...meshes.prod, controlPlane: external } },
    });
    assert.deepEqual(found(description), [
      lead +
        behind("istiod prod/lab/istiod", [
          [15012, "configuration and certificates"],
          [15017, "injection and validation"],
          [8080, health],
        ]).join("; "),
    ]);
  });

  it("says nothing where the group is named, and where nobody reaches the cluster", () => {
    assert.deepEqual(found(brought), []);
    const meshes = { prod: { clusters: { lab: {} } }, other: { clusters: { east: {} } } };
    assert.deepEqual(found(withoutGroup({ meshes })), []);
  });
});

describe("existing-vpc-nat-addresses", () => {
  const nat = (description: TopologyDescription) =>
    check("existing-vpc-nat-addresses", description);
  /** VPC `old`, which is yours, does not say its NAT addresses. */
  const withoutNat = (more: Partial<TopologyDescription> = {}): TopologyDescription => {
    const description = { ...structuredClone(brought), ...more };
    delete description.networks.old.existing!.natAddresses;
    return description;
  };

  it("asks for them where istiod there calls a public API server elsewhere", () => {
    assert.deepEqual(nat(withoutNat()), [
      "networks.old.existing.natAddresses: got nothing; allowed: the public addresses of the VPC's NAT gateways; fix: list them: what stands there calls the API server of cluster east from them; without NAT give it api.private, which is called over the link",
    ]);
    const empty = structuredClone(brought);
    empty.networks.old.existing!.natAddresses = [];
    assert.match(nat(empty)[0], /^networks\.old\.existing\.natAddresses: got \[\];/);
  });

  it("says nothing where the API server is private, nobody calls it, or they are said", () => {
    assert.deepEqual(nat(withoutNat({ api: { private: { cidrs: ["172.16.0.0/12"] } } })), []);
    const meshes = { prod: { clusters: { lab: {} } }, other: { clusters: { east: {} } } };
    assert.deepEqual(nat(withoutNat({ meshes })), []);
    assert.deepEqual(nat(brought), []);
  });
});
