import { topologyRules } from "../../../components/topology";
import { referenceRules } from "../../../components/topology/rules/references";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const machine = { namespace: "old", serviceAccount: "old", ports: { http: 8080 } };

const claims: Claim[] = [
  [
    "unknown-network",
    "a misspelt network",
    ({ clusters }) => (clusters.east.network = "sharde"),
    'clusters.east.network: got "sharde"; allowed: old, shared, wide; fix: did you mean "shared"?',
  ],
  [
    "unknown-network",
    "a network that resembles none",
    ({ clusters }) => (clusters.east.network = "production"),
    'clusters.east.network: got "production"; allowed: old, shared, wide; fix: describe it under networks, or name one of these',
  ],
  [
    "unknown-network",
    "no network at all",
    (description) => (description.networks = {}),
    'clusters.east.network: got "shared"; allowed: nothing, since there is none; fix: describe it under networks, or name one of these',
    'clusters.lab.network: got "old"; allowed: nothing, since there is none; fix: describe it under networks, or name one of these',
    'clusters.solo.network: got "shared"; allowed: nothing, since there is none; fix: describe it under networks, or name one of these',
    'clusters.west.network: got "wide"; allowed: nothing, since there is none; fix: describe it under networks, or name one of these',
  ],
  [
    "unknown-cluster",
    "members and control planes that are not there",
    ({ meshes }) => {
      meshes.prod.clusters.wset = {};
      meshes.prod.controlPlane = { runsIn: ["east", "moon"] };
    },
    'meshes.prod.clusters.wset: got "wset"; allowed: east, lab, solo, west; fix: did you mean "west"?',
    'meshes.prod.controlPlane.runsIn[1]: got "moon"; allowed: east, lab, solo, west; fix: describe it under clusters, or name one of these',
  ],
  [
    "unknown-cluster",
    "clusters whose istiods' addresses are numbered, and that are not there",
    ({ meshes }) => {
      meshes.prod.controlPlane = {
        runsIn: ["east"],
        addressNumbers: { east: { default: 7 }, moon: { default: 8 }, wset: { canary: 9 } },
      };
    },
    'meshes.prod.controlPlane.addressNumbers.moon: got "moon"; allowed: east, lab, solo, west; fix: describe it under clusters, or name one of these',
    'meshes.prod.controlPlane.addressNumbers.wset: got "wset"; allowed: east, lab, solo, west; fix: did you mean "west"?',
  ],
  [
    "unknown-cluster",
    "a tenant's cluster that is not there",
    (description) => {
      description.tenants = { model: "cluster", of: { a: { mesh: "prod", clusters: ["esat"] } } };
    },
    'tenants.of.a.clusters[0]: got "esat"; allowed: east, lab, solo, west; fix: did you mean "east"?',
  ],
  [
    "unknown-cluster",
    "a gateway for other meshes in a cluster that is not there",
    (description) => (description.federation = { gateways: { prod: { clusters: ["esat"] } } }),
    'federation.gateways.prod.clusters[0]: got "esat"; allowed: east, lab, solo, west; fix: did you mean "east"?',
  ],
  [
    "unknown-mesh",
    "machines, services, tenants and federations of meshes that are not there",
    (description) => {
      const place = { mesh: "prd", controlledBy: "east" };
      description.virtualMachines = { vm: { ...machine, ...place, network: "shared" } };
      description.ecsServices = { echo: { ...machine, ...place, image: "echo:1" } };
      description.tenants = { model: "mesh", of: { a: { mesh: "x" } } };
      description.federation = {
        gateways: { cafe: { clusters: ["east"] } },
        exports: { pay: { from: "bank", to: ["dev", "shop"], services: {} } },
      };
    },
    'virtualMachines.vm.mesh: got "prd"; allowed: dev, prod; fix: did you mean "prod"?',
    'ecsServices.echo.mesh: got "prd"; allowed: dev, prod; fix: did you mean "prod"?',
    'tenants.of.a.mesh: got "x"; allowed: dev, prod; fix: describe it under meshes, or name one of these',
    'federation.gateways.cafe: got "cafe"; allowed: dev, prod; fix: describe it under meshes, or name one of these',
    'federation.exports.pay.from: got "bank"; allowed: dev, prod; fix: describe it under meshes or federation.peers, or name one of these',
    'federation.exports.pay.to[1]: got "shop"; allowed: dev, prod; fix: describe it under meshes or federation.peers, or name one of these',
  ],
  [
    "vpc-missing",
    "a cluster on a network of several VPCs",
    ({ clusters }) => delete clusters.west.vpc,
    "clusters.west.vpc: got nothing; allowed: eu, us; fix: say which of the network's VPCs it is in",
  ],
  [
    "vpc-missing",
    "a service whose cluster is on such a network",
    (description) => {
      const place = { mesh: "prod", controlledBy: "west" };
      description.ecsServices = { echo: { ...machine, ...place, image: "echo:1" } };
    },
    "ecsServices.echo.vpc: got nothing; allowed: eu, us; fix: say which of the network's VPCs it is in",
  ],
  [
    "vpc-superfluous",
    "a cluster on a network of one VPC",
    ({ clusters }) => (clusters.east.vpc = "shared"),
    'clusters.east.vpc: got "shared"; allowed: nothing, since network shared has one VPC; fix: remove it',
  ],
  [
    "unknown-vpc",
    "a misspelt VPC",
    ({ clusters }) => (clusters.west.vpc = "asia"),
    'clusters.west.vpc: got "asia"; allowed: eu, us; fix: name a VPC of network wide',
  ],
  [
    "unknown-vpc",
    "a machine's misspelt VPC",
    (description) => {
      const place = { mesh: "prod", controlledBy: "east", network: "wide", vpc: "use" };
      description.virtualMachines = { vm: { ...machine, ...place } };
    },
    'virtualMachines.vm.vpc: got "use"; allowed: eu, us; fix: did you mean "us"?',
  ],
  [
    "ingress-cluster",
    "a gateway in a cluster of another mesh",
    ({ meshes }) => (meshes.prod.ingress = { public: { clusters: ["solo"] } }),
    'meshes.prod.ingress.public.clusters[0]: got "solo"; allowed: east, lab, west; fix: name a member of the mesh',
  ],
  [
    "unknown-server",
    "a remote served from where no istiod runs",
    ({ meshes }) => {
      meshes.prod.controlPlane = { runsIn: ["east"] };
      meshes.prod.clusters.west.servedBy = ["lab"];
    },
    'meshes.prod.clusters.west.servedBy[0]: got "lab"; allowed: east; fix: name a cluster that runs the mesh\'s istiod',
  ],
  [
    "unknown-server",
    "a remote served by another remote, and one by its config cluster",
    ({ meshes }) => {
      meshes.prod.controlPlane = { runsIn: ["solo"], configCluster: "east" };
      meshes.prod.clusters.west.servedBy = ["solo", "east"];
    },
    'meshes.prod.clusters.west.servedBy[1]: got "east"; allowed: solo; fix: name a cluster that runs the mesh\'s istiod',
  ],
];

describe("rules about references", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(referenceRules, claims);
});
