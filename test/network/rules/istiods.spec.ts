import assert from "node:assert/strict";
import { networkRules } from "../../../components/network";
import { SubnetTier } from "../../../components/topology";
import type {
  ExistingVpcDescription,
  MeshDescription,
  TopologyDescription,
} from "../../../components/topology";
import { patterns } from "../../support/topologies";
import { brought } from "../../support/variants";
import { findings } from "../support";

const check = (id: string, description: TopologyDescription) =>
  findings(networkRules, id, description);
const { subnets } = brought.networks.old.existing!;

/** A mesh whose istiod in a VPC of yours serves a cluster elsewhere. */
function served(change: ExistingVpcDescription["subnets"] = subnets): TopologyDescription {
  const meshes = { prod: { controlPlane: { runsIn: ["lab"] }, clusters: { east: {}, lab: {} } } };
  const old = { existing: { ...brought.networks.old.existing!, subnets: change } };
  return { ...brought, networks: { ...brought.networks, old }, meshes };
}

function without(...ids: string[]): ExistingVpcDescription["subnets"] {
  return Object.fromEntries(Object.entries(subnets).filter(([id]) => !ids.includes(id)));
}

describe("existing-vpc-load-balancer-subnets", () => {
  const allowed =
    "allowed: a subnet of tier load-balancer in at least two zones, which nothing else takes addresses of";
  const fix = "fix: add them, a /27 each: prod/lab/istiod is reached by chosen addresses";

  it("asks for load-balancer subnets where istiod serves other clusters", () => {
    const none = without("subnet-0c", "subnet-0d");
    assert.deepEqual(check("existing-vpc-load-balancer-subnets", served(none)), [
      `networks.old.existing.subnets: got no load-balancer subnet; ${allowed}; ${fix}`,
    ]);
    const { meshes } = brought;
    const multiPrimary = { ...served(none), meshes };
    assert.deepEqual(check("existing-vpc-load-balancer-subnets", multiPrimary), []);
  });

  it("asks for a second zone", () => {
    assert.deepEqual(check("existing-vpc-load-balancer-subnets", served(without("subnet-0d"))), [
      `networks.old.existing.subnets: got load-balancer subnets in eu-west-1a alone; ${allowed}; ${fix}`,
    ]);
  });

  it("is content with load-balancer subnets in two zones", () => {
    assert.deepEqual(check("existing-vpc-load-balancer-subnets", served()), []);
  });
});

describe("existing-vpc-load-balancer-zones", () => {
  const more = { cidr: "10.20.32.64/27", zone: "eu-west-1a", tier: SubnetTier.LoadBalancer };

  it("refuses a second load-balancer subnet in a zone where istiod serves other clusters", () => {
    const twice = { ...subnets, "subnet-0e": more };
    assert.deepEqual(check("existing-vpc-load-balancer-zones", served(twice)), [
      "networks.old.existing.subnets.subnet-0e.zone: got a second load-balancer subnet in eu-west-1a; allowed: one per zone; subnet-0c is there already; fix: leave out one of the two, or give it the tier that it has",
    ]);
    const { meshes } = brought;
    assert.deepEqual(check("existing-vpc-load-balancer-zones", { ...served(twice), meshes }), []);
  });

  it("is content with one per zone", () => {
    assert.deepEqual(check("existing-vpc-load-balancer-zones", served()), []);
  });
});

describe("istiod-addresses", () => {
  /** So many meshes with an external istiod in one cluster, each on a revision too where one is named. */
  function managed(count: number, revision?: string): TopologyDescription {
    const names = Array.from({ length: count }, (_, index) => `m${index}`);
    const mesh = (name: string): MeshDescription => ({
      controlPlane: { runsIn: ["mgmt"], configCluster: name },
      clusters: { [name]: { revision } },
    });
    return {
      networks: { mgmt: { cidr: "10.0.0.0/16", zones: 2 } },
      istio: { revisions: { canary: { version: "1.31.3" } } },
      clusters: Object.fromEntries(["mgmt", ...names].map((name) => [name, { network: "mgmt" }])),
      meshes: Object.fromEntries(names.map((name) => [name, mesh(name)])),
    };
  }

  const message = (index: number, key: string) =>
    `meshes.m${index}.controlPlane.runsIn: got ${key}, for which no address is left in 10.0.240.0/27, 10.0.240.32/27 of networks.mgmt; allowed: as many istiods and revisions of them as its load-balancer subnets have addresses for; fix: run the istiod of cluster mgmt in another VPC, or let fewer meshes, istiods and revisions share this one`;

  it("refuses an istiod beyond the last address", () => {
    assert.deepEqual(check("istiod-addresses", managed(10)), []);
    assert.deepEqual(check("istiod-addresses", managed(11)), [message(10, "m10/mgmt/istiod")]);
  });

  it("refuses a revision that would need an address of another istiod", () => {
    assert.deepEqual(check("istiod-addresses", managed(5, "canary")), []);
    assert.deepEqual(check("istiod-addresses", managed(6, "canary")), [
      message(5, "m5/mgmt/istiod-canary"),
    ]);
  });

  it("counts by the subnets of a VPC of yours, the ones that AWS keeps left out", () => {
    const narrow = structuredClone(subnets);
    narrow["subnet-0d"].cidr = "10.20.32.32/30";
    assert.deepEqual(check("istiod-addresses", served(narrow)), [
      "meshes.prod.controlPlane.runsIn: got prod/lab/istiod, for which no address is left in 10.20.32.32/30 of networks.old; allowed: as many istiods and revisions of them as its load-balancer subnets have addresses for; fix: run the istiod of cluster lab in another VPC, or let fewer meshes, istiods and revisions share this one",
    ]);
    assert.deepEqual(check("istiod-addresses", served()), []);
  });
});

describe("istiod-gateway-name", () => {
  const called = (name: string): TopologyDescription => {
    const description = structuredClone(patterns["02-primary-remote-same-network"]);
    description.meshes.prod.ingress = { [name]: { clusters: ["east"] } };
    return description;
  };

  it("refuses a gateway with the name of an istiod that stands beside it", () => {
    assert.deepEqual(check("istiod-gateway-name", called("istiod")), [
      "meshes.prod.ingress.istiod: got a gateway that is called as the istiod prod/east/istiod; allowed: any name but that of an istiod of the mesh; fix: rename the gateway",
    ]);
  });

  it("lets other names pass, and this one where istiod serves no others", () => {
    assert.deepEqual(check("istiod-gateway-name", called("public")), []);
    const alone = called("istiod");
    delete alone.meshes.prod.controlPlane;
    assert.deepEqual(check("istiod-gateway-name", alone), []);
  });
});
