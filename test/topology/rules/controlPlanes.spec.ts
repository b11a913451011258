import { topologyRules } from "../../../components/topology";
import { controlPlaneRules } from "../../../components/topology/rules/controlPlanes";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const claims: Claim[] = [
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
    'meshes.dev.controlPlane.runsIn: got ["solo", "east", "west"]; allowed: all members, some members, or only clusters that are no members; fix: add east, west to the mesh\'s clusters or remove them from runsIn; for an external istiod remove solo from runsIn',
  ],
  [
    "runs-in-overlap",
    "istiod in a member and one cluster elsewhere",
    ({ meshes }) => (meshes.dev.controlPlane = { runsIn: ["solo", "east"] }),
    'meshes.dev.controlPlane.runsIn: got ["solo", "east"]; allowed: all members, some members, or only clusters that are no members; fix: add east to the mesh\'s clusters or remove it from runsIn; for an external istiod remove solo from runsIn',
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
    "served-by-empty",
    "a remote that nobody serves",
    ({ meshes }) => {
      meshes.prod.controlPlane = { runsIn: ["east"] };
      meshes.prod.clusters.west.servedBy = [];
    },
    "meshes.prod.clusters.west.servedBy: got []; allowed: at least one cluster of runsIn; fix: remove it for all of runsIn, or name the clusters whose istiod serves this one",
  ],
  [
    "config-cluster",
    "one where every istiod reads its own",
    ({ meshes }) => (meshes.prod.controlPlane = { configCluster: "east" }),
    'meshes.prod.controlPlane.configCluster: got "east"; allowed: nothing with multi-primary: each istiod reads the cluster that it runs in; fix: remove it; or, for external, name in runsIn only clusters that are no members',
  ],
  [
    "config-cluster",
    "one for an istiod inside its data plane",
    ({ meshes }) => (meshes.prod.controlPlane = { runsIn: ["east"], configCluster: "west" }),
    'meshes.prod.controlPlane.configCluster: got "west"; allowed: nothing with primary-remote: each istiod reads the cluster that it runs in; fix: remove it; or, for external, name in runsIn only clusters that are no members',
  ],
  [
    "config-cluster",
    "none for an external istiod",
    ({ meshes }) => (meshes.prod.controlPlane = { runsIn: ["solo"] }),
    "meshes.prod.controlPlane.configCluster: got nothing; allowed: east, lab, west; fix: name the member whose API server holds the mesh's Istio configuration",
  ],
  [
    "config-cluster",
    "one that is no member",
    ({ meshes }) => (meshes.prod.controlPlane = { runsIn: ["solo"], configCluster: "wets" }),
    'meshes.prod.controlPlane.configCluster: got "wets"; allowed: east, lab, west; fix: did you mean "west"?',
  ],
  [
    "config-cluster",
    "nothing is said where something else is wrong first",
    ({ meshes }) => {
      meshes.prod.controlPlane = { runsIn: ["east", "solo"], configCluster: "west" };
      meshes.dev.controlPlane = { runsIn: [], configCluster: "solo" };
    },
  ],
  [
    "ambient-control-plane",
    "ambient with remotes",
    ({ meshes }) => {
      meshes.prod.dataPlane = "ambient";
      meshes.prod.controlPlane = { runsIn: ["east"] };
    },
    'meshes.prod.dataPlane: got "ambient"; allowed: sidecar with primary-remote: Istio supports ambient only where every cluster runs an istiod of its own; fix: run istiod in every member (remove controlPlane), or use the sidecar data plane',
  ],
  [
    "ambient-control-plane",
    "ambient with an external istiod",
    ({ meshes }) => (meshes.dev.controlPlane = { runsIn: ["east"], configCluster: "solo" }),
    'meshes.dev.dataPlane: got "ambient"; allowed: sidecar with external: Istio supports ambient only where every cluster runs an istiod of its own; fix: run istiod in every member (remove controlPlane), or use the sidecar data plane',
  ],
];

describe("rules about control planes", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(controlPlaneRules, claims);
});
