import { topologyRules } from "../../../components/topology";
import { revisionRules } from "../../../components/topology/rules/revisions";
import { replaceIstio } from "../../support/revisionMistakes";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const claims: Claim[] = [
  [
    "istio-version-and-revisions",
    "a version beside revisions, of the stack and of a mesh",
    (description) => {
      description.istio!.version = "1.31.3";
      description.meshes.dev.istio!.revisions = { own: { version: "1.31.3" } };
    },
    "istio: got version and revisions; allowed: one of the two; fix: for upgrades by canary remove version, and give what runs a revision of its own; or remove revisions, to upgrade in place",
    "meshes.dev.istio: got version and revisions; allowed: one of the two; fix: for upgrades by canary remove version, and give what runs a revision of its own; or remove revisions, to upgrade in place",
  ],
  [
    "istio-tag-without-revisions",
    "tag default beside an istiod without a revision",
    ({ meshes }) => (meshes.dev.istio!.tags = { default: "r31" }),
    'meshes.dev.istio.tags.default: got "r31"; allowed: nothing without meshes.dev.istio.revisions; fix: remove it: an istiod without a revision is called default already, and a tag beside it would be a second one of that name',
  ],
  [
    "unknown-revision",
    "a revision that has left before what picks it and what points to it",
    ({ istio }) => delete istio!.revisions!.stable,
    'istio.tags.default: got "stable"; allowed: canary; fix: describe it under istio.revisions, where it stays until the tag has moved',
    'meshes.prod.revision: got "stable"; allowed: canary; fix: describe it under istio.revisions, where it stays until another one is picked',
  ],
  [
    "unknown-revision",
    "picks of members and of node agents, and of a mesh whose own Istio has none",
    ({ meshes }) => {
      meshes.prod.agentRevision = "old";
      Object.assign(meshes.prod.clusters.west, { revision: "canray", agentRevision: "older" });
      meshes.dev.revision = "stable";
    },
    'meshes.dev.revision: got "stable"; allowed: nothing, since there is none; fix: describe it under meshes.dev.istio.revisions, where it stays until another one is picked',
    'meshes.prod.agentRevision: got "old"; allowed: canary, stable; fix: describe it under istio.revisions, where it stays until another one is picked',
    'meshes.prod.clusters.west.revision: got "canray"; allowed: canary, stable; fix: describe it under istio.revisions, where it stays until another one is picked',
    'meshes.prod.clusters.west.agentRevision: got "older"; allowed: canary, stable; fix: describe it under istio.revisions, where it stays until another one is picked',
  ],
  [
    "revision-pick",
    "a mesh of which one member alone picks",
    ({ meshes }) => delete meshes.prod.revision,
    "meshes.prod.revision: got nothing; allowed: canary, stable; fix: say which one its gateways and node agents have; a member may say another one",
  ],
  [
    "default-tag-missing",
    "named revisions without tag default",
    (description) =>
      replaceIstio(description, {
        revisions: { r31: { version: "1.31.3" } },
        tags: { prod: "r31" },
      }),
    "istio.tags.default: got nothing; allowed: r31; fix: point it to a revision, or label every namespace istio.io/rev=<revision or tag>, and Gateways and waypoints too: istio-injection=enabled alone injects nothing, without a word, and nothing validates configuration without a label of a revision",
  ],
];

describe("rules about revisions and tags", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(revisionRules, claims);
});
