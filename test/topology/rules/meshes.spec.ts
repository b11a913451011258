import { topologyRules } from "../../../components/topology";
import { meshRules } from "../../../components/topology/rules/meshes";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const claims: Claim[] = [
  [
    "no-mesh",
    "no mesh",
    (description) => (description.meshes = {}),
    "meshes: got {}; allowed: at least one mesh; fix: describe a mesh: meshes: { dev: { clusters: { <cluster>: {} } } }",
  ],
  [
    "mesh-empty",
    "a mesh without members",
    ({ meshes }) => (meshes.dev.clusters = {}),
    "meshes.dev.clusters: got {}; allowed: at least one cluster; fix: name a cluster of the mesh, or remove the mesh",
  ],
  [
    "cluster-in-two-meshes",
    "a cluster that two meshes have",
    ({ meshes }) => (meshes.dev.clusters.east = {}),
    'meshes.prod.clusters.east: got "east"; allowed: a cluster of no other mesh; mesh dev has this one; fix: remove it from one of the two meshes',
  ],
  [
    "cluster-in-two-meshes",
    "nothing is said of a cluster that runs istiods of meshes that it is no member of",
    ({ clusters, meshes }) => {
      clusters.further = { network: "shared" };
      meshes.prod.controlPlane = { runsIn: ["solo"], configCluster: "east" };
      meshes.next = {
        istio: { version: "1.31.3" },
        controlPlane: { runsIn: ["solo"], configCluster: "further" },
        clusters: { further: {} },
      };
    },
  ],
  [
    "named-twice",
    "a server that a remote names twice",
    ({ meshes }) => {
      meshes.prod.controlPlane = { runsIn: ["east", "lab"] };
      meshes.prod.clusters.west.servedBy = ["lab", "east", "lab"];
    },
    'meshes.prod.clusters.west.servedBy[2]: got "lab"; allowed: each name once; fix: remove it here',
  ],
  [
    "named-twice",
    "clusters that lists name twice",
    ({ meshes }) => {
      meshes.prod.controlPlane = { runsIn: ["east", "west", "lab", "east"] };
      meshes.prod.ingress!.public.clusters = ["lab", "lab"];
    },
    'meshes.prod.controlPlane.runsIn[3]: got "east"; allowed: each name once; fix: remove it here',
    'meshes.prod.ingress.public.clusters[1]: got "lab"; allowed: each name once; fix: remove it here',
  ],
  [
    "trust-domain",
    "a URL",
    ({ meshes }) => (meshes.prod.trustDomain = "spiffe://prod"),
    'meshes.prod.trustDomain: got "spiffe://prod"; allowed: lower-case letters, digits, dots, hyphens and underscores, at most 255, such as prod.example; fix: choose a name in that form, without scheme or path',
  ],
  [
    "ambient-one-network",
    "two ambient clusters on one network",
    ({ clusters, meshes }) => {
      clusters.duo = { network: "shared" };
      meshes.dev.clusters.duo = {};
    },
    "meshes.dev.experimental: got false; allowed: true, since duo and solo share network shared in an ambient mesh; fix: give each cluster a network of its own, or set experimental: true",
  ],
  [
    "ambient-one-network",
    "nothing is said where it is asked for",
    ({ clusters, meshes }) => {
      clusters.duo = { network: "shared" };
      meshes.dev.clusters.duo = {};
      meshes.dev.experimental = true;
    },
  ],
  [
    "ambient-one-network",
    "nothing is said of ambient clusters on networks of their own",
    ({ clusters, meshes }) => {
      clusters.duo = { network: "wide", vpc: "us" };
      meshes.dev.clusters.duo = {};
    },
  ],
  [
    "ingress-empty",
    "a gateway nowhere",
    ({ meshes }) => (meshes.dev.ingress = { public: { clusters: [] } }),
    "meshes.dev.ingress.public.clusters: got []; allowed: at least one cluster; fix: name the clusters that get the gateway, or remove it",
  ],
];

describe("rules about meshes", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(meshRules, claims);
});
