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
    'meshes.dev.clusters.east: got "east"; allowed: a cluster of no other mesh; mesh prod has this one; fix: remove it from one of the two meshes',
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
    "runs-in-empty",
    "istiod nowhere",
    ({ meshes }) => (meshes.dev.controlPlane = { runsIn: [] }),
    "meshes.dev.controlPlane.runsIn: got []; allowed: at least one cluster; fix: remove it for an istiod in every member, or name the clusters that run istiod",
  ],
  [
    "runs-in-overlap",
    "istiod in a member and elsewhere",
    ({ meshes }) => (meshes.dev.controlPlane = { runsIn: ["solo", "east", "west"] }),
    'meshes.dev.controlPlane.runsIn: got ["solo", "east", "west"]; allowed: all members, some members, or only clusters that are no members; fix: add east, west to the mesh\'s clusters, or remove them from runsIn',
  ],
  [
    "runs-in-overlap",
    "istiod in a member and one cluster elsewhere",
    ({ meshes }) => (meshes.dev.controlPlane = { runsIn: ["solo", "east"] }),
    'meshes.dev.controlPlane.runsIn: got ["solo", "east"]; allowed: all members, some members, or only clusters that are no members; fix: add east to the mesh\'s clusters, or remove it from runsIn',
  ],
  [
    "mode-mismatch",
    "primary-remote with istiod in every member",
    ({ meshes }) => (meshes.prod.controlPlane = { mode: "primary-remote" }),
    'meshes.prod.controlPlane.mode: got "primary-remote"; allowed: multi-primary, which follows from runsIn; fix: remove mode; or, for primary-remote, name in runsIn some members, not all',
  ],
  [
    "mode-mismatch",
    "multi-primary with istiod in one member",
    ({ meshes }) => (meshes.prod.controlPlane = { mode: "multi-primary", runsIn: ["east"] }),
    'meshes.prod.controlPlane.mode: got "multi-primary"; allowed: primary-remote, which follows from runsIn; fix: remove mode; or, for multi-primary, remove runsIn, so that every member runs istiod',
  ],
  [
    "mode-mismatch",
    "external with istiod in a member",
    ({ meshes }) => (meshes.prod.controlPlane = { mode: "external", runsIn: ["east"] }),
    'meshes.prod.controlPlane.mode: got "external"; allowed: primary-remote, which follows from runsIn; fix: remove mode; or, for external, name in runsIn only clusters that are no members',
  ],
  [
    "served-by-primary",
    "a primary that is served by another",
    ({ meshes }) => (meshes.prod.clusters.east.servedBy = ["lab"]),
    'meshes.prod.clusters.east.servedBy: got ["lab"]; allowed: nothing, since this cluster runs istiod itself; fix: remove it',
  ],
  [
    "config-cluster",
    "one where every istiod reads its own",
    ({ meshes }) => (meshes.prod.controlPlane = { configCluster: "east" }),
    'meshes.prod.controlPlane.configCluster: got "east"; allowed: nothing with multi-primary: each istiod reads the cluster that it runs in; fix: remove it',
  ],
  [
    "config-cluster",
    "none for an external istiod",
    ({ meshes }) => (meshes.prod.controlPlane = { runsIn: ["solo"] }),
    "meshes.prod.controlPlane.configCluster: got nothing; allowed: east, west, lab; fix: name the member whose API server holds the mesh's Istio configuration",
  ],
  [
    "config-cluster",
    "one that is no member",
    ({ meshes }) => (meshes.prod.controlPlane = { runsIn: ["solo"], configCluster: "wets" }),
    'meshes.prod.controlPlane.configCluster: got "wets"; allowed: east, west, lab; fix: did you mean "west"?',
  ],
  [
    "trust-domain",
    "a URL",
    ({ meshes }) => (meshes.prod.trustDomain = "spiffe://prod"),
    'meshes.prod.trustDomain: got "spiffe://prod"; allowed: lower-case letters, digits, dots, hyphens and underscores, at most 255, such as prod.example; fix: choose a name in that form, without scheme or path',
  ],
  [
    "ambient-control-plane",
    "ambient with an external istiod",
    ({ meshes }) => (meshes.dev.controlPlane = { runsIn: ["east"], configCluster: "solo" }),
    'meshes.dev.dataPlane: got "ambient"; allowed: sidecar with external; fix: run istiod in every member (remove controlPlane), or use the sidecar data plane',
  ],
  [
    "ambient-one-network",
    "two ambient clusters on one network",
    ({ clusters, meshes }) => {
      clusters.duo = { network: "shared" };
      meshes.dev.clusters.duo = {};
    },
    "meshes.dev.experimental: got false; allowed: true, since solo and duo share network shared in an ambient mesh; fix: give each cluster a network of its own, or set experimental: true",
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
