import assert from "node:assert/strict";
import { istioRules } from "../../../components/istio/rules";
import { addressRules } from "../../../components/istio/addresses/rules";
import { formatProblem, SubnetTier } from "../../../components/topology";
import type {
  ExistingVpcDescription,
  MeshDescription,
  TopologyDescription,
} from "../../../components/topology";
import { twoRevisions } from "../support";
import { withMachines } from "../../support/outside";
import { said } from "../../support/rules";
import { relationsOf } from "../../support/topologies";
import { brought } from "../../support/variants";

const check = (id: string, description: TopologyDescription) => said(istioRules, id, description);

const { subnets } = brought.networks.old.existing!;

/** A mesh whose istiod in a VPC of yours serves a cluster elsewhere. */
function served(change: ExistingVpcDescription["subnets"] = subnets): TopologyDescription {
  const meshes = { prod: { controlPlane: { runsIn: ["lab"] }, clusters: { east: {}, lab: {} } } };
  const old = { existing: { ...brought.networks.old.existing!, subnets: change } };
  return { ...brought, networks: { ...brought.networks, old }, meshes };
}

/** Meshes whose external istiods all run in cluster `mgmt`, by default in a VPC with 27 addresses for them. */
function managed(names: string[], cidr = "10.0.0.0/22"): TopologyDescription {
  const mesh = (name: string): MeshDescription => ({
    controlPlane: { runsIn: ["mgmt"], configCluster: name },
    clusters: { [name]: {} },
  });
  return {
    istio: { version: "1.31.3" },
    networks: { mgmt: { cidr } },
    clusters: Object.fromEntries(["mgmt", ...names].map((name) => [name, { network: "mgmt" }])),
    meshes: Object.fromEntries(names.map((name) => [name, mesh(name)])),
  };
}

function without(...ids: string[]): ExistingVpcDescription["subnets"] {
  return Object.fromEntries(Object.entries(subnets).filter(([id]) => !ids.includes(id)));
}

describe("existing-vpc-load-balancer-subnets", () => {
  const allowed =
    "allowed: a subnet of tier load-balancer in at least two zones, which nothing else takes addresses of";
  const fix = "fix: add them, a /27 each: prod/lab/istiod is reached by chosen addresses";

  it("asks for load-balancer subnets where istiod serves other clusters", () => {
    const none = without("balancers-a", "balancers-b");
    assert.deepEqual(check("existing-vpc-load-balancer-subnets", served(none)), [
      `networks.old.existing.subnets: got no load-balancer subnet; ${allowed}; ${fix}`,
    ]);
    const { meshes } = brought;
    const multiPrimary = { ...served(none), meshes };
    assert.deepEqual(check("existing-vpc-load-balancer-subnets", multiPrimary), []);
  });

  it("asks for a second zone", () => {
    assert.deepEqual(check("existing-vpc-load-balancer-subnets", served(without("balancers-b"))), [
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
    const twice = { ...subnets, "balancers-c": more };
    assert.deepEqual(check("existing-vpc-load-balancer-zones", served(twice)), [
      "networks.old.existing.subnets.balancers-c.zone: got a second load-balancer subnet in eu-west-1a; allowed: one per zone; balancers-a is there already; fix: leave out one of the two, or give it the tier that it has",
    ]);
    const { meshes } = brought;
    assert.deepEqual(check("existing-vpc-load-balancer-zones", { ...served(twice), meshes }), []);
  });

  it("is content with one per zone", () => {
    assert.deepEqual(check("existing-vpc-load-balancer-zones", served()), []);
  });
});

describe("existing-vpc-load-balancer-coverage", () => {
  const zone = "eu-west-1c";
  const more = { id: "subnet-0e", cidr: "10.20.64.0/20", zone, tier: SubnetTier.Private };

  it("refuses pods where the load balancer of their istiod has no subnet", () => {
    const outside = { ...subnets, "private-c": more };
    assert.deepEqual(check("existing-vpc-load-balancer-coverage", served(outside)), [
      "networks.old.existing.subnets.private-c.zone: got a private subnet in eu-west-1c, which has no load-balancer subnet; allowed: zones that have one: eu-west-1a, eu-west-1b; fix: add a load-balancer subnet in eu-west-1c, a /27, or leave this one out: a pod of prod/lab/istiod there would never be Ready",
    ]);
    const { meshes } = brought;
    const alone = { ...served(outside), meshes };
    assert.deepEqual(check("existing-vpc-load-balancer-coverage", alone), []);
  });

  it("leaves a VPC without load-balancer subnets in two zones to the rule that asks for them", () => {
    const one = served(without("balancers-b"));
    assert.deepEqual(check("existing-vpc-load-balancer-coverage", one), []);
  });

  it("is content with a load-balancer subnet in every zone of pods", () => {
    assert.deepEqual(check("existing-vpc-load-balancer-coverage", served()), []);
  });
});

describe("istiod-address-number", () => {
  const choose =
    "fix: choose one of these, or remove it for the number that follows from the names";

  it("refuses a number beyond the last usable address", () => {
    const description = managed(["shop"], "10.0.0.0/16");
    const says = (number: number) => {
      description.meshes.shop.controlPlane!.addressNumbers = { mgmt: { default: number } };
      return check("istiod-address-number", description);
    };
    assert.deepEqual(says(251), [
      `meshes.shop.controlPlane.addressNumbers.mgmt.default: got 251; allowed: 0 to 250, the usable addresses of the load-balancer subnets of networks.mgmt; ${choose}`,
    ]);
    for (const number of [0, 250]) assert.deepEqual(says(number), []);
  });

  it("counts by the narrowest subnet of a VPC of yours, and asks each revision", () => {
    const narrow = structuredClone(subnets);
    narrow["balancers-b"].cidr = "10.20.32.32/28";
    const description = served(narrow);
    description.istio = twoRevisions;
    description.meshes.prod.revision = "stable";
    const says = (canary: number) => {
      description.meshes.prod.controlPlane!.addressNumbers = { lab: { stable: 10, canary } };
      return check("istiod-address-number", description);
    };
    assert.deepEqual(says(11), [
      `meshes.prod.controlPlane.addressNumbers.lab.canary: got 11; allowed: 0 to 10, the usable addresses of the load-balancer subnets of networks.old; ${choose}`,
    ]);
    assert.deepEqual(says(9), []);
  });

  it("is content where no number is said", () => {
    assert.deepEqual(check("istiod-address-number", managed(["shop", "bank"])), []);
  });

  it("leaves a VPC without load-balancer subnets to the rules that ask for them", () => {
    const description = served(without("balancers-a", "balancers-b"));
    description.meshes.prod.controlPlane!.addressNumbers = { lab: { default: 3 } };
    assert.deepEqual(check("istiod-address-number", description), []);
    assert.equal(check("existing-vpc-load-balancer-subnets", description).length, 1);
  });
});

describe("istiod-address-unused", () => {
  const unused = (numbers: Record<string, Record<string, number>>) => {
    const description = served();
    description.meshes.prod.controlPlane!.addressNumbers = numbers;
    return check("istiod-address-unused", description);
  };

  it("refuses a number of a cluster without the mesh's istiod, and of a revision that none there has", () => {
    const rest =
      "allowed: numbers of the mesh's istiods, by cluster and revision: lab/default; fix: remove it: no such istiod runs";
    const path = "meshes.prod.controlPlane.addressNumbers";
    assert.deepEqual(unused({ east: { default: 3 }, lab: { canary: 4, default: 5, typo: 6 } }), [
      `${path}.east.default: got 3; ${rest}`,
      `${path}.lab.canary: got 4; ${rest}`,
      `${path}.lab.typo: got 6; ${rest}`,
    ]);
  });

  it("lets an istiod keep its number while it serves nothing elsewhere", () => {
    const description = served();
    description.meshes.prod.clusters = { lab: {} };
    description.meshes.prod.controlPlane!.addressNumbers = { lab: { default: 5 } };
    assert.deepEqual(check("istiod-address-unused", description), []);
  });
});

describe("istiod-address-collision", () => {
  /** The numbers of these follow from a hash: the same one of 27 for the three. */
  const three = ["bank", "retail", "team-c"];
  const got =
    "got address 13 in the load-balancer subnets of networks.mgmt, which istiod bank/mgmt/default has too; allowed: an address of its own";
  const path = (mesh: string) => `meshes.${mesh}.controlPlane.addressNumbers.mgmt.default`;
  const write = (number: number) =>
    `fix: write ${number} here, or at ${path("bank")} where that istiod is the newer one: whichever gets another number gets another load balancer`;

  it("offers each istiod a number that nothing else has, and all can be taken together", () => {
    const description = managed([...three, "shop"]);
    const line = (mesh: string, number: number) => `${path(mesh)}: ${got}; ${write(number)}`;
    // shop has 0 by its own hash.
    assert.deepEqual(check("istiod-address-collision", description), [
      line("retail", 1),
      line("team-c", 2),
    ]);
    description.meshes.retail.controlPlane!.addressNumbers = { mgmt: { default: 1 } };
    description.meshes["team-c"].controlPlane!.addressNumbers = { mgmt: { default: 2 } };
    assert.deepEqual(check("istiod-address-collision", description), []);
  });

  it("says so where no number is left, and is content with the same one in another VPC", () => {
    const others = Array.from({ length: 26 }, (_, index) => `m${index}`);
    const description = managed([...three.slice(0, 2), ...others]);
    const free = [...Array(27).keys()].filter((number) => number !== 13);
    others.forEach((mesh, index) => {
      const addressNumbers = { mgmt: { default: free[index] } };
      Object.assign(description.meshes[mesh].controlPlane!, { addressNumbers });
    });
    assert.deepEqual(check("istiod-address-collision", description), [
      `${path("retail")}: ${got}; fix: all 27 are taken: run one of the two in another VPC`,
    ]);
    description.networks.beside = { cidr: "10.1.0.0/22" };
    description.clusters.mgmt2 = { network: "beside" };
    const addressNumbers = { mgmt2: { default: 13 } };
    Object.assign(description.meshes.retail.controlPlane!, { runsIn: ["mgmt2"], addressNumbers });
    assert.deepEqual(check("istiod-address-collision", description), []);
  });

  it("compares nothing where the VPC has no address to give", () => {
    assert.equal(check("istiod-address-collision", managed(three)).length, 2);
    assert.deepEqual(check("istiod-address-collision", managed(three, "10.0.0.0/26")), []);
  });
});

describe("zone-tag-count", () => {
  const tagged = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, number) => [`tag-${number}`, "x"]));

  const zoneTags = (count: number, stackTags = {}) => {
    const said = withMachines(relationsOf({ ...served(), tags: tagged(count) }));
    const relations = { ...said, topology: { ...said.topology, stackTags } };
    const rule = addressRules.find(({ id }) => id === "zone-tag-count")!;
    assert.ok(!rule.foundation);
    return rule.check(relations.topology, relations, undefined).map(formatProblem);
  };

  it("refuses more tags than a private zone takes beside the plan's own", () => {
    assert.deepEqual(zoneTags(9), [
      "tags: got 9 tags; allowed: at most 8 where istiod serves machines or tasks, as prod/lab/istiod does; " +
        "fix: leave some out: the private zone of its name takes 10, two of which are the plan's",
    ]);
  });

  it("counts those of the stack", () => {
    const [problem] = zoneTags(8, { team: "platform" });
    assert.match(problem, /^tags: got 9 tags with those of aws:defaultTags; allowed: at most 8 /);
    assert.deepEqual(zoneTags(8, { "tag-0": "y" }), []);
  });

  it("is content with eight, and with more where there is no such zone", () => {
    assert.deepEqual(zoneTags(8), []);
    assert.deepEqual(check("zone-tag-count", { ...served(), tags: tagged(9) }), []);
  });
});
