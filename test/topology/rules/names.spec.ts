import { topologyRules } from "../../../components/topology";
import { nameRules } from "../../../components/topology/rules/names";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const label = "lower-case letters, digits and hyphens, a letter or digit first and last";

const claims: Claim[] = [
  [
    "name-label",
    "names that are no DNS labels",
    (description) => {
      description.name = "Demo";
      description.istio = { revisions: { "1.31": { version: "1.31.3" } }, tags: { "-x": "1.31" } };
      description.networks.Spare = { vpcs: { v_0: { cidr: "10.50.0.0/16" } } };
      description.clusters["c/1"] = { network: "shared" };
      description.meshes["mesh-"] = {
        clusters: { "c/1": {} },
        ingress: { ü: { clusters: [], ports: { HTTP: 80 } } },
      };
      description.trust = { roots: { Own: {} } };
      description.meshes.dev.trust = { roots: { "own.1": {} } };
      delete description.meshes.prod.revision;
      delete description.meshes.prod.clusters.west.revision;
    },
    `name: got "Demo"; allowed: ${label}; fix: give the topology a name, or the stack or component another one`,
    `istio.revisions["1.31"]: got "1.31"; allowed: ${label}; fix: rename it`,
    `istio.tags["-x"]: got "-x"; allowed: ${label}; fix: rename it`,
    `networks.Spare: got "Spare"; allowed: ${label}; fix: rename it`,
    `networks.Spare.vpcs.v_0: got "v_0"; allowed: ${label}; fix: rename it`,
    `clusters["c/1"]: got "c/1"; allowed: ${label}; fix: rename it`,
    `meshes.mesh-: got "mesh-"; allowed: ${label}; fix: rename it`,
    `meshes.mesh-.ingress["ü"]: got "ü"; allowed: ${label}; fix: rename it`,
    `meshes.mesh-.ingress["ü"].ports.HTTP: got "HTTP"; allowed: ${label}; fix: rename it`,
    `trust.roots.Own: got "Own"; allowed: ${label}; fix: rename it`,
    `meshes.dev.trust.roots["own.1"]: got "own.1"; allowed: ${label}; fix: rename it`,
  ],
  [
    "name-length",
    "names that are too long for what they become",
    (description) => {
      description.name = "n".repeat(21);
      description.clusters["c".repeat(64)] = { network: "shared" };
      description.istio!.revisions!["r".repeat(47)] = { version: "1.31.3" };
      description.istio!.tags!["t".repeat(44)] = "canary";
    },
    `name: got "${"n".repeat(21)}" (21 characters); allowed: at most 20 characters; fix: give the topology a shorter name`,
    `istio.revisions.${"r".repeat(47)}: got "${"r".repeat(47)}" (47 characters); allowed: at most 46 characters; fix: shorten it`,
    `istio.tags.${"t".repeat(44)}: got "${"t".repeat(44)}" (44 characters); allowed: at most 43 characters; fix: shorten it`,
    `clusters.${"c".repeat(64)}: got "${"c".repeat(64)}" (64 characters); allowed: at most 63 characters; fix: shorten it`,
  ],
  [
    "name-reserved",
    "names that mean something already",
    (description) => {
      description.meshes.shared = description.meshes.dev;
      delete description.meshes.dev;
      description.meshes.shared.ingress = {
        "istio-eastwestgateway": { clusters: ["solo"], ports: { health: 80 } },
      };
      description.istio!.revisions!.default = { version: "1.31.3" };
      description.networks.constructor = { cidr: "10.50.0.0/16" } as never;
    },
    'istio.revisions.default: got "default"; allowed: any name but default, revision-tag-*, constructor; fix: rename it',
    'networks.constructor: got "constructor"; allowed: any name but constructor; fix: rename it',
    'meshes.shared: got "shared"; allowed: any name but shared, constructor; fix: rename it',
    'meshes.shared.ingress.istio-eastwestgateway: got "istio-eastwestgateway"; allowed: any name but east-west, istio-eastwestgateway, federation, istiod, istiod-*, constructor; fix: rename it',
    'meshes.shared.ingress.istio-eastwestgateway.ports.health: got "health"; allowed: any name but health, constructor; fix: rename it',
  ],
  [
    "name-reserved",
    "a topology whose security groups EC2 would refuse",
    (description) => (description.name = "sg"),
    'name: got "sg"; allowed: any name but sg, sg-*, constructor; fix: give the topology a name, or the stack another one',
  ],
  [
    "name-reserved",
    "a topology whose name begins as an id of a security group",
    (description) => (description.name = "sg-1"),
    'name: got "sg-1"; allowed: any name but sg, sg-*, constructor; fix: give the topology a name, or the stack another one',
  ],
  [
    "name-reserved",
    "nothing is said of a topology that only begins with these letters",
    (description) => (description.name = "sgx"),
  ],
  [
    "name-reserved",
    "gateways whose keys are those of istiods",
    ({ meshes }) => {
      const gateway = { clusters: ["solo"] };
      meshes.dev.ingress = { istiod: gateway, "istiod-canary": gateway, istiodx: gateway };
    },
    'meshes.dev.ingress.istiod: got "istiod"; allowed: any name but east-west, istio-eastwestgateway, federation, istiod, istiod-*, constructor; fix: rename it',
    'meshes.dev.ingress.istiod-canary: got "istiod-canary"; allowed: any name but east-west, istio-eastwestgateway, federation, istiod, istiod-*, constructor; fix: rename it',
  ],
  [
    "vpc-name-collision",
    "two VPCs whose joined names meet",
    ({ networks }) => (networks["wide-eu"] = { cidr: "10.50.0.0/16" }),
    'networks.wide-eu: got the joined name "wide-eu"; allowed: a joined name of its own; networks.wide.vpcs.eu has this one; fix: rename one of the two',
  ],
  [
    "member-name-collision",
    "a member whose joined name meets that of a gateway",
    ({ clusters, meshes }) => {
      clusters["east-public"] = { network: "shared" };
      meshes.prod.clusters["east-public"] = {};
    },
    'meshes.prod.ingress.public.clusters[0]: got the joined name "prod-east-public"; allowed: a joined name of its own; meshes.prod.clusters.east-public has this one; fix: rename one of the two',
  ],
  [
    "member-name-collision",
    "a control plane outside its mesh whose joined name meets that of a member",
    ({ clusters, meshes }) => {
      clusters["solo-x"] = { network: "shared" };
      clusters.x = { network: "shared" };
      meshes["prod-solo"] = { istio: { version: "1.31.3" }, clusters: { x: {} } };
      meshes.prod.controlPlane = { runsIn: ["solo-x"], configCluster: "east" };
    },
    'meshes.prod-solo.clusters.x: got the joined name "prod-solo-x"; allowed: a joined name of its own; meshes.prod.controlPlane.runsIn[0] has this one; fix: rename one of the two',
  ],
  [
    "member-name-collision",
    "an istiod that serves others, whose joined name meets that of a gateway",
    ({ clusters, meshes }) => {
      clusters["east-x"] = { network: "shared" };
      meshes.prod.clusters["east-x"] = {};
      meshes.prod.controlPlane = { runsIn: ["east-x"] };
      meshes.prod.ingress = { "x-istiod-canary": { clusters: ["east"] } };
    },
    'meshes.prod.ingress.x-istiod-canary.clusters[0]: got the joined name "prod-east-x-istiod-canary"; allowed: a joined name of its own; meshes.prod.controlPlane.runsIn[0] has this one; fix: rename one of the two',
  ],
  [
    "cluster-name-collision",
    "a cluster that is called as a gateway is with its mesh and cluster",
    ({ clusters }) => (clusters["prod-east-public"] = { network: "shared" }),
    'clusters.prod-east-public: got the joined name "prod-east-public"; allowed: a joined name of its own; meshes.prod.ingress.public.clusters[0] has this one; fix: rename one of the two',
  ],
  [
    "cluster-name-collision",
    "a cluster that is called as a member's east-west gateway is",
    ({ clusters }) => (clusters["prod-east-istio-eastwestgateway"] = { network: "shared" }),
    'clusters.prod-east-istio-eastwestgateway: got the joined name "prod-east-istio-eastwestgateway"; allowed: a joined name of its own; meshes.prod.clusters.east has this one; fix: rename one of the two',
  ],
  [
    "cluster-name-collision",
    "a cluster that is called as an istiod that serves others is",
    ({ clusters, meshes }) => {
      clusters["prod-east-istiod-stable"] = { network: "shared" };
      clusters.far = { network: "shared" };
      meshes.prod.clusters.far = {};
      meshes.prod.controlPlane = { runsIn: ["east"] };
    },
    'clusters.prod-east-istiod-stable: got the joined name "prod-east-istiod-stable"; allowed: a joined name of its own; meshes.prod.controlPlane.runsIn[0] has this one; fix: rename one of the two',
  ],
  [
    "revision-label-collision",
    "a tag with the name of a revision",
    ({ istio }) => {
      istio!.tags!.stable = "canary";
    },
    'istio.tags.stable: got "stable"; allowed: a label of its own; istio.revisions.stable is the revision "stable" already; fix: rename the tag',
  ],
];

describe("rules about names", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(nameRules, claims);
});
