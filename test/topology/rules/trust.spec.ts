import { topologyRules } from "../../../components/topology";
import { trustFormRules } from "../../../components/topology/rules/trust";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const claims: Claim[] = [
  [
    "trust-signing",
    "roots that are not there, and one that resembles one",
    (description) => {
      description.trust = { roots: { corporate: {} }, signing: "corprate" };
      description.meshes.dev.trust = { signing: "corporate" };
      description.meshes.prod.trust = { roots: {}, signing: "own" };
    },
    'trust.signing: got "corprate"; allowed: corporate; fix: did you mean "corporate"?',
    'meshes.dev.trust.signing: got "corporate"; allowed: default; fix: name one of the roots',
    'meshes.prod.trust.signing: got "own"; allowed: default; fix: name one of the roots',
  ],
  [
    "trust-signing",
    "several roots of which none is named",
    ({ meshes }) => (meshes.dev.trust = { roots: { old: {}, new: {} } }),
    "meshes.dev.trust.signing: got nothing; allowed: new, old; fix: name the root that signs; what is listed beside it is only accepted",
  ],
  [
    "trust-signing",
    "nothing is said of the only root, whether it is named or not",
    (description) => {
      description.trust = { roots: { own: {} } };
      description.meshes.dev.trust = { roots: { own: {} }, signing: "own" };
      description.meshes.prod.trust = { signing: "default" };
    },
  ],
  [
    "trust-signing",
    "a root that goes while it signs",
    ({ meshes }) => (meshes.dev.trust = { roots: { new: {} }, signing: "old" }),
    'meshes.dev.trust.signing: got "old"; allowed: new; fix: name one of the roots',
  ],
  [
    "trust-root-twice",
    "two names of one secret, everyone's and a mesh's own",
    (description) => {
      const twice = { old: { secret: "meshRoot" }, new: { secret: "meshRoot" }, third: {} };
      description.trust = { roots: twice, signing: "old" };
      description.meshes.dev.trust = { roots: twice, signing: "new" };
    },
    'trust.roots.old.secret: got "meshRoot"; allowed: a secret of its own; trust.roots.new is from this one; fix: keep the new root under a config key of its own, or remove one of the two',
    'meshes.dev.trust.roots.old.secret: got "meshRoot"; allowed: a secret of its own; meshes.dev.trust.roots.new is from this one; fix: keep the new root under a config key of its own, or remove one of the two',
  ],
  [
    "trust-root-twice",
    "nothing is said of roots that are generated, nor of one secret in two trusts",
    (description) => {
      description.trust = { roots: { a: {}, b: {}, c: { secret: "one" } }, signing: "a" };
      description.meshes.dev.trust = { roots: { c: { secret: "one" } } };
    },
  ],
  [
    "root-name-collision",
    "roots of two meshes whose joined names meet",
    ({ clusters, meshes }) => {
      meshes.dev.trust = { roots: { "a-b": {} } };
      clusters.further = { network: "shared" };
      meshes["dev-a"] = {
        istio: { version: "1.31.3" },
        trust: { roots: { default: {}, b: {} }, signing: "b" },
        clusters: { further: {} },
      };
    },
    'meshes.dev-a.trust.roots.b: got the joined name "mesh-dev-a-b"; allowed: a joined name of its own; meshes.dev.trust.roots.a-b has this one; fix: rename one of the two',
  ],
  [
    "root-name-collision",
    "a root whose joined name meets those that meshes have generated without naming them",
    ({ clusters, meshes }) => {
      meshes.dev.trust = { roots: { a: {}, b: {} }, signing: "a" };
      clusters.further = { network: "shared" };
      clusters.other = { network: "shared" };
      meshes["dev-a"] = { istio: { version: "1.31.3" }, trust: {}, clusters: { further: {} } };
      meshes["dev-b"] = {
        istio: { version: "1.31.3" },
        trust: { roots: {} },
        clusters: { other: {} },
      };
    },
    'meshes.dev-a.trust.roots.default: got the joined name "mesh-dev-a"; allowed: a joined name of its own; meshes.dev.trust.roots.a has this one; fix: rename one of the two',
    'meshes.dev-b.trust.roots.default: got the joined name "mesh-dev-b"; allowed: a joined name of its own; meshes.dev.trust.roots.b has this one; fix: rename one of the two',
  ],
  [
    "root-name-collision",
    "intermediates below two roots of a mesh, of clusters whose names end like one of them",
    ({ clusters, meshes }) => {
      clusters["solo-b"] = { network: "shared" };
      meshes.dev.clusters["solo-b"] = {};
      meshes.dev.trust = { roots: { default: {}, b: {} }, signing: "b" };
    },
    'meshes.dev.trust.roots.default: got the joined name "dev-solo-b"; allowed: a joined name of its own; meshes.dev.trust.roots.b has this one; fix: rename one of the two',
  ],
];

describe("rules about how roots are written", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(trustFormRules, claims);
});
