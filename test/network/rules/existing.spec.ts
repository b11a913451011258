import assert from "node:assert/strict";
import { LinkVia, SubnetTier } from "../../../components/topology";
import type { ExistingVpcDescription, TopologyDescription } from "../../../components/topology";
import { brought } from "../../support/variants";
import { check } from "../support";

const old = brought.networks.old.existing!;

function withExisting(
  change: Partial<ExistingVpcDescription>,
  more: Partial<TopologyDescription> = {},
) {
  const networks = { ...brought.networks, old: { existing: { ...old, ...change } } };
  return { ...brought, ...more, networks };
}

function onlyTier(tier: SubnetTier): ExistingVpcDescription["subnets"] {
  return Object.fromEntries(
    Object.entries(old.subnets).filter(([, subnet]) => subnet.tier === tier),
  );
}

describe("existing-vpc-subnet-range", () => {
  it("refuses a subnet outside the VPC's ranges", () => {
    const subnets = { s1: { cidr: "10.21.0.0/24", zone: "eu-west-1a", tier: SubnetTier.Private } };
    const cidrs = ["10.20.0.0/17", "10.20.128.0/17"];
    assert.deepEqual(check("existing-vpc-subnet-range", withExisting({ cidrs, subnets })), [
      'networks.old.existing.subnets.s1.cidr: got "10.21.0.0/24"; allowed: a range inside 10.20.0.0/17, 10.20.128.0/17; fix: correct it, or add the VPC\'s further range to networks.old.existing.cidrs',
    ]);
  });

  it("lets subnets inside pass", () => {
    assert.deepEqual(check("existing-vpc-subnet-range", brought), []);
  });
});

describe("existing-vpc-subnet-zone", () => {
  const zoned = (zone: string) => ({
    subnets: { ...old.subnets, "private-a": { ...old.subnets["private-a"], zone } },
  });
  const said = (zone: string) => [
    `networks.old.existing.subnets.private-a.zone: got "${zone}"; allowed: a zone of eu-west-1, such as eu-west-1a; fix: correct it, or the region of networks.old`,
  ];

  it("refuses a zone of another region, a region and a zone's id", () => {
    for (const zone of ["us-east-1a", "eu-west-1", "eu-west-12a", "euw1-az1"])
      assert.deepEqual(check("existing-vpc-subnet-zone", withExisting(zoned(zone))), said(zone));
  });

  it("lets zones of the region pass, local ones too", () => {
    for (const zone of ["eu-west-1b", "eu-west-1-dub-1a", "eu-west-1-wl1-dub-wlz-1a"])
      assert.deepEqual(check("existing-vpc-subnet-zone", withExisting(zoned(zone))), []);
  });

  it("says nothing of a region that is unknown", () => {
    const description = structuredClone(brought);
    description.networks.old.region = "europe-west1";
    assert.deepEqual(check("existing-vpc-subnet-zone", description), []);
  });
});

describe("existing-vpc-control-plane-zones", () => {
  const zones = (...said: string[]) => ({
    controlPlaneZones: said.map((zone) => `eu-west-1${zone}`),
  });
  const third = (zone: string) => ({
    ...old.subnets,
    "private-c": { cidr: "10.20.48.0/20", zone: `eu-west-1${zone}`, tier: SubnetTier.Private },
  });
  const found = (change: Partial<ExistingVpcDescription>, ...made: string[]) => {
    const clusters = Object.fromEntries(made.map((name) => [name, { network: "old" }]));
    const more = { clusters: { ...brought.clusters, ...clusters } };
    return check("existing-vpc-control-plane-zones", withExisting(change, more));
  };
  const refused = (got: string, made = "one stands") => [
    `networks.old.existing.controlPlaneZones: got ${got}; allowed: two zones of private subnets: eu-west-1a, eu-west-1b, eu-west-1c; fix: write those that ${made} in, or any two before that: EKS lets no cluster change them`,
  ];

  it("asks for them where private subnets are in more than two zones", () => {
    assert.deepEqual(found({ subnets: third("c") }, "one"), refused("nothing"));
    assert.deepEqual(
      found({ subnets: third("c") }, "one", "two"),
      refused("nothing", "one, two stand"),
    );
  });

  it("refuses what are not two of these", () => {
    for (const [got, ...said] of [
      ['["eu-west-1a"]', "a"],
      ['["eu-west-1a", "eu-west-1a"]', "a", "a"],
      ['["eu-west-1a", "eu-west-1d"]', "a", "d"],
      ['["eu-west-1a", "eu-west-1b", "eu-west-1c"]', "a", "b", "c"],
    ])
      assert.deepEqual(found({ subnets: third("c"), ...zones(...said) }, "one"), refused(got));
  });

  it("lets two of them pass, and nothing said of two that there are", () => {
    assert.deepEqual(found({ subnets: third("c"), ...zones("c", "a") }, "one"), []);
    assert.deepEqual(found({ subnets: third("a") }, "one"), []);
  });

  it("refuses them where no cluster is made in the VPC, and asks for nothing there", () => {
    assert.deepEqual(found({ subnets: third("c") }), []);
    assert.deepEqual(found({ subnets: third("c"), ...zones("a", "c") }), [
      'networks.old.existing.controlPlaneZones: got ["eu-west-1a", "eu-west-1c"]; allowed: nothing where no cluster is made in the VPC; fix: remove it',
    ]);
  });
});

describe("existing-vpc-subnet-overlap", () => {
  it("refuses a subnet that has addresses of another", () => {
    const subnets = { ...old.subnets };
    subnets["balancers-b"] = { ...subnets["balancers-b"], cidr: "10.20.32.0/26" };
    assert.deepEqual(check("existing-vpc-subnet-overlap", withExisting({ subnets })), [
      'networks.old.existing.subnets.balancers-b.cidr: got "10.20.32.0/26"; allowed: addresses that balancers-a does not have: 10.20.32.0/27; fix: correct one of the two: subnets of a VPC share no address',
    ]);
  });

  it("lets subnets apart pass", () => {
    assert.deepEqual(check("existing-vpc-subnet-overlap", brought), []);
  });
});

describe("existing-vpc-subnet-size", () => {
  const withCidr = (cidr: string) => {
    const subnets = { ...old.subnets, "balancers-b": { ...old.subnets["balancers-b"], cidr } };
    return check("existing-vpc-subnet-size", withExisting({ subnets }));
  };
  const at = "networks.old.existing.subnets.balancers-b.cidr";
  const rest = "allowed: a mask of /16 to /28; fix: correct it: AWS has no other subnets";

  it("refuses a subnet without room for a load balancer, and one that is too wide", () => {
    assert.deepEqual(withCidr("10.20.32.32/29"), [`${at}: got "10.20.32.32/29"; ${rest}`]);
    assert.deepEqual(withCidr("10.20.0.0/15"), [`${at}: got "10.20.0.0/15"; ${rest}`]);
  });

  it("lets the sizes between pass", () => {
    for (const cidr of ["10.20.0.0/16", "10.20.32.32/28"]) assert.deepEqual(withCidr(cidr), []);
  });
});

describe("existing-cluster-pod-range", () => {
  const lab = { ...brought.clusters.lab.existing!, podCidrs: ["10.244.0.0/16"] };
  const clusters = { ...brought.clusters, lab: { network: "old", existing: lab } };

  it("refuses pods of an overlay where the mesh has other clusters", () => {
    assert.deepEqual(check("existing-cluster-pod-range", { ...brought, clusters }), [
      'clusters.lab.existing.podCidrs[0]: got "10.244.0.0/16"; allowed: a range inside 10.20.0.0/16, the addresses of networks.old; fix: give pods addresses of the VPC, as the VPC CNI does: those of an overlay are unknown outside the cluster',
    ]);
  });

  it("lets them pass in a mesh of one cluster, and pods with addresses of the VPC", () => {
    const meshes = { one: { clusters: { lab: {} } }, two: { clusters: { east: {} } } };
    assert.deepEqual(check("existing-cluster-pod-range", { ...brought, clusters, meshes }), []);
    assert.deepEqual(check("existing-cluster-pod-range", brought), []);
  });
});

describe("existing-vpc-route-tables", () => {
  const lab = { ...brought.clusters.lab, network: "wide", vpc: "old" };
  const wide = (routeTables?: ExistingVpcDescription["routeTables"]): TopologyDescription => ({
    ...brought,
    networks: {
      wide: {
        vpcs: { made: { cidr: "10.10.0.0/16" }, old: { existing: { ...old, routeTables } } },
      },
    },
    clusters: { east: { network: "wide", vpc: "made" }, lab },
    meshes: { one: { clusters: { east: {} } }, two: { clusters: { lab: {} } } },
  });

  it("asks for route tables where VPCs of one network are joined", () => {
    assert.deepEqual(check("existing-vpc-route-tables", wide()), [
      "networks.wide.vpcs.old.existing.routeTables: got {}; allowed: the route tables of the subnets that clusters use; fix: name them: routes to networks.wide.vpcs.made are added there",
    ]);
  });

  it("asks for them where a mesh spans networks", () => {
    assert.deepEqual(check("existing-vpc-route-tables", withExisting({ routeTables: undefined })), [
      "networks.old.existing.routeTables: got {}; allowed: the route tables of the subnets that clusters use; fix: name them: routes to networks.made are added there",
    ]);
  });

  it("is content with route tables, and asks for none where nothing is joined", () => {
    assert.deepEqual(check("existing-vpc-route-tables", wide({ main: { id: "rtb-1" } })), []);
    const meshes = { one: { clusters: { lab: {} } }, two: { clusters: { east: {} } } };
    const apart = withExisting({ routeTables: undefined }, { meshes });
    assert.deepEqual(check("existing-vpc-route-tables", apart), []);
  });
});

describe("existing-vpc-twice", () => {
  it("refuses one VPC in two networks", () => {
    const networks = { ...brought.networks, twice: { existing: old } };
    assert.deepEqual(check("existing-vpc-twice", { ...brought, networks }), [
      'networks.twice.existing.vpcId: got "vpc-0123456789abcdef0"; allowed: a VPC that networks.old is not; fix: put its clusters on network old',
    ]);
  });

  it("lets a VPC pass that is described once", () => {
    assert.deepEqual(check("existing-vpc-twice", brought), []);
  });
});

describe("existing-vpc-attachment", () => {
  const transit = { links: { via: LinkVia.TransitGateway } };
  const subnets = onlyTier(SubnetTier.LoadBalancer);

  it("asks for private subnets where a transit gateway is attached", () => {
    assert.deepEqual(check("existing-vpc-attachment", withExisting({ subnets }, transit)), [
      "networks.old.existing.subnets: got no private subnet; allowed: a private subnet in each zone that clusters use; fix: add them: the transit gateway is attached to one per zone",
    ]);
  });

  it("asks for none with peering, and is content with private subnets", () => {
    assert.deepEqual(check("existing-vpc-attachment", withExisting({ subnets })), []);
    assert.deepEqual(check("existing-vpc-attachment", withExisting({}, transit)), []);
  });
});
