/** Mistakes about networks and VPCs. */
import {
  type ExistingVpcDescription,
  SubnetTier,
  type TopologyDescription,
} from "../../components/topology";
import { inExistingVpc, inMesh, inVpc, type Mutation, vpcs } from "./changes";

/** Puts every cluster into one mesh, whose istiods watch all of them. */
export function meshAll(description: TopologyDescription): void {
  const members = Object.keys(description.clusters).map((name) => [name, {}]);
  description.meshes = {
    wide: { istio: { version: "1.31.3" }, clusters: Object.fromEntries(members) },
  };
}

const networks: Record<string, Mutation> = {
  "say the short form beside VPCs": (description, choose) => {
    const network = choose.value(description.networks);
    if (network) Object.assign(network, { cidr: "10.203.0.0/16", vpcs: network.vpcs ?? {} });
  },
  "describe a network without VPC": (description) => (description.networks.empty = { vpcs: {} }),
  "leave out a VPC's range": inVpc((vpc) => delete vpc.cidr),
  "say a range of a VPC of yours": inExistingVpc((_, vpc) => (vpc.cidr = "10.204.0.0/16")),
  "say the NAT of a VPC of yours": inExistingVpc((_, vpc) => (vpc.nat = "single")),
  "misspell a role": inVpc((vpc) => (vpc.account = { roleArn: "deployer" })),
  "give an account two roles": (description) => {
    vpcs(description).forEach((vpc, index) => {
      vpc.account = { roleArn: `arn:aws:iam::111122223333:role/deployer-${index}` };
    });
  },
  "overlap two VPCs": (description) => {
    vpcs(description).forEach((vpc) => vpc.cidr && (vpc.cidr = "10.10.0.0/16"));
  },
  "take the range of Services": inVpc((vpc) => (vpc.cidr = "172.20.0.0/16")),
  "take another Services range": inVpc((vpc) => (vpc.cidr = "10.100.0.0/16")),
  "take public addresses": inVpc((vpc) => (vpc.cidr = "198.51.100.0/22")),
  "misspell a range": inVpc((vpc) => (vpc.cidr = "10.10.0.0")),
  "start a range in its middle": inVpc((vpc) => (vpc.cidr = "10.10.7.1/16")),
  "make a VPC tiny": inVpc((vpc) => (vpc.cidr = "10.10.0.0/26")),
  "make a VPC huge": inVpc((vpc) => (vpc.cidr = "10.0.0.0/8")),
  "ask for one zone": inVpc((vpc) => (vpc.zones = 1)),
  "ask for four zones in a small region": inVpc((vpc) =>
    Object.assign(vpc, { zones: 4, region: "us-west-1" }),
  ),
  "name the region of another cloud": inVpc((vpc) => (vpc.region = "europe-west1")),
  "misspell an endpoint": inVpc((vpc) => (vpc.endpoints = ["ecr.apo"])),
  "list an endpoint twice": inVpc((vpc) => (vpc.endpoints = ["s3", "s3"])),
  "forget the subnets of a VPC of yours": inExistingVpc((existing) => (existing.subnets = {})),
  "make a subnet of yours public": inExistingVpc((existing) => {
    for (const subnet of Object.values(existing.subnets)) subnet.tier = SubnetTier.Public;
  }),
  "make a cluster among public subnets of yours": makeAmong((subnets) => {
    for (const subnet of Object.values(subnets)) subnet.tier = SubnetTier.Public;
  }),
  "make a cluster in some of three zones of yours": makeAmong((subnets) => {
    const [subnet] = Object.values(subnets);
    for (const zone of ["eu-west-1a", "eu-west-1b", "eu-west-1c"])
      subnets[zone] = { ...subnet, zone, tier: SubnetTier.Private };
  }),
  "make every subnet of yours private": inExistingVpc((existing) => {
    for (const subnet of Object.values(existing.subnets)) subnet.tier = SubnetTier.Private;
  }),
  "put a subnet of yours outside its VPC": inExistingVpc((existing) => {
    for (const subnet of Object.values(existing.subnets)) subnet.cidr = "10.250.0.0/24";
  }),
  "make a subnet of yours tiny": inExistingVpc((existing) => {
    for (const subnet of Object.values(existing.subnets))
      subnet.cidr = subnet.cidr.replace(/\d+$/, "29");
  }),
  "overlap two subnets of yours": inExistingVpc((existing) => {
    const [first, second] = Object.values(existing.subnets);
    if (second) second.cidr = first.cidr;
  }),
  "put a subnet of yours into a zone of another region": inExistingVpc((existing) => {
    for (const subnet of Object.values(existing.subnets)) subnet.zone = "sa-east-1a";
  }),
  "forget the id of a subnet of yours": inExistingVpc((existing) => {
    for (const subnet of Object.values(existing.subnets)) delete subnet.id;
  }),
  "forget route tables": inExistingVpc((existing) => delete existing.routeTables),
  "forget NAT addresses": (description) => {
    const [inside, { existing } = {}] =
      Object.entries(description.networks).find(([, network]) => network.existing) ?? [];
    if (!inside || !existing) return;
    delete existing.natAddresses;
    description.networks.outside = { cidr: "10.206.0.0/16" };
    const api = { allowFrom: ["192.0.2.1/32"] };
    description.clusters = { inside: { network: inside }, outside: { network: "outside", api } };
    meshAll(description);
  },
  "forget the range of a VPC of yours": inExistingVpc((existing) => (existing.cidrs = [])),
};

/** Makes a cluster in a VPC of yours, whose subnets change. */
function makeAmong(change: (subnets: ExistingVpcDescription["subnets"]) => void): Mutation {
  return ({ networks, clusters }) => {
    const [name, { existing } = {}] =
      Object.entries(networks).find(([, one]) => one.existing !== undefined) ?? [];
    if (name === undefined || !existing) return;
    change(existing.subnets);
    clusters.made = { network: name };
  };
}

/** Puts a second VPC, with a cluster and a mesh of its own, into a network of yours that clusters are on. */
function widen(change: (old: ExistingVpcDescription) => void): Mutation {
  return (description, choose) => {
    const used = Object.values(description.clusters);
    const [name, network] =
      choose.of(
        Object.entries(description.networks).filter(
          ([key, { existing }]) => existing && used.some((cluster) => cluster.network === key),
        ),
      ) ?? [];
    if (!name || !network?.existing) return;
    change(network.existing);
    description.networks[name] = { vpcs: { old: network, new: { cidr: "10.205.0.0/16" } } };
    for (const cluster of used) if (cluster.network === name) cluster.vpc = "old";
    description.clusters.beside = { network: name, vpc: "new" };
    description.meshes.beside = { istio: { version: "1.31.3" }, clusters: { beside: {} } };
  };
}

/** Changes the load-balancer subnets of VPCs of yours, in one of which an istiod then serves another cluster. */
function serveFromYours(
  change: (subnets: ExistingVpcDescription["subnets"], id: string) => void,
): Mutation {
  return (description) => {
    for (const { existing } of vpcs(description))
      for (const [id, { tier }] of Object.entries(existing?.subnets ?? {}))
        if (existing && tier === SubnetTier.LoadBalancer) change(existing.subnets, id);
    const server = Object.keys(description.clusters).find(
      (name) => description.networks[description.clusters[name].network].existing,
    );
    if (server === undefined) return;
    const { network, vpc } = description.clusters[server];
    description.clusters.served = { network, vpc };
    const members = { [server]: {}, served: {} };
    description.meshes = {
      prod: { istio: { version: "1.31.3" }, controlPlane: { runsIn: [server] }, clusters: members },
    };
  };
}

/** Describes meshes of a cluster each, whose istiods all run in the first one. */
function serveMeshes(
  description: TopologyDescription,
  count: number,
  addressNumber?: number,
): void {
  const [server] = Object.keys(description.clusters);
  const { network, vpc } = description.clusters[server];
  const addressNumbers =
    addressNumber === undefined ? undefined : { [server]: { default: addressNumber } };
  description.meshes = {};
  for (let index = 0; index < count; index++) {
    description.clusters[`served-${index}`] = { network, vpc };
    description.meshes[`m-${index}`] = {
      istio: { version: "1.31.3" },
      controlPlane: {
        runsIn: [server],
        configCluster: `served-${index}`,
        addressNumbers,
      },
      clusters: { [`served-${index}`]: {} },
    };
  }
}

/** What takes several changes at once, or many things. */
const large: Record<string, Mutation> = {
  "serve others from a VPC of yours without load-balancer subnets": serveFromYours(
    (subnets, id) => delete subnets[id],
  ),
  "serve others from a VPC of yours with two load-balancer subnets in a zone": serveFromYours(
    (subnets, id) => (subnets[id].zone = "eu-west-1a"),
  ),
  "serve others from a VPC of yours with pods in a zone without load-balancer subnet":
    serveFromYours((subnets) => {
      const more = { id: "subnet-0f", cidr: "10.20.64.0/20", zone: "eu-west-1c" };
      subnets["private-c"] = { ...more, tier: SubnetTier.Private };
    }),
  "number the address of an istiod that does not run": (description) => {
    for (const mesh of Object.values(description.meshes))
      mesh.controlPlane = {
        ...mesh.controlPlane,
        addressNumbers: { [Object.keys(mesh.clusters)[0]]: { never: 3 } },
      };
  },
  "serve more meshes from one cluster than its subnets have addresses for": (description) => {
    for (const { existing } of vpcs(description))
      for (const subnet of Object.values(existing?.subnets ?? {}))
        subnet.cidr = subnet.cidr.replace(/\d+$/, "28");
    serveMeshes(description, 12);
  },
  "number an istiod's address beyond its subnets": (description) =>
    serveMeshes(description, 1, 251),
  "number two istiods alike": (description) => serveMeshes(description, 2, 3),
  "call a gateway istiod": inMesh((mesh, _, all) => {
    const [server, ...others] = all;
    mesh.controlPlane = { runsIn: [server] };
    mesh.clusters = Object.fromEntries([server, ...others].map((name) => [name, {}]));
    mesh.dataPlane = "sidecar";
    mesh.ingress = { istiod: { clusters: [server] } };
  }),
  "face the internet from VPCs of yours without public subnets": (description) => {
    for (const { existing } of vpcs(description))
      for (const subnet of Object.values(existing?.subnets ?? {}))
        if (subnet.tier === SubnetTier.Public) subnet.tier = SubnetTier.Private;
    const [old] = Object.keys(description.networks).filter(
      (name) => description.networks[name].existing,
    );
    const [member] = Object.values(description.meshes).flatMap(({ clusters }) =>
      Object.keys(clusters),
    );
    if (old && member)
      Object.assign(description.clusters[member], { network: old, vpc: undefined });
    for (const mesh of Object.values(description.meshes))
      mesh.ingress = { public: { clusters: Object.keys(mesh.clusters), exposure: "internet" } };
  },
  "give a cluster of yours a network of several VPCs": widen(() => {}),
  "forget the routes in a network of several VPCs": widen((old) => delete old.routeTables),
  "describe a VPC of yours twice": (description, choose) => {
    const network = choose.value(description.networks, ({ existing }) => existing !== undefined);
    if (network) description.networks.twice = structuredClone(network);
  },
  "grow to a dozen networks": (description) => {
    description.links = { via: "transit-gateway" };
    delete description.quotas;
    for (let index = 0; index < 12; index++) {
      description.networks[`many-${index}`] = { cidr: `10.${100 + 2 * index}.0.0/16` };
      description.clusters[`many-${index}`] = { network: `many-${index}` };
    }
    meshAll(description);
  },
  "have hundreds of ranges": inExistingVpc((existing) => {
    // Every other /24, so that they do not merge.
    existing.cidrs.push(
      ...Array.from(
        { length: 520 },
        (_, index) => `172.${16 + (index >> 7)}.${(index % 128) * 2}.0/24`,
      ),
    );
  }),
};

export const placeMistakes: Record<string, Mutation> = { ...networks, ...large };
