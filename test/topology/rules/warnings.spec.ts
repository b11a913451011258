import { Severity, topologyRules } from "../../../components/topology";
import { warningRules } from "../../../components/topology/rules/warnings";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import assert from "node:assert/strict";
import { good } from "./good";

const claims: Claim[] = [
  [
    "single-nat",
    "one NAT gateway in a VPC made here",
    ({ networks }) => delete networks.shared.nat,
    "networks.shared.nat: got single; allowed: single, or per-zone; fix: with one NAT gateway the loss of its zone ends outbound traffic of all; nat: per-zone costs about USD 33 a month and zone",
  ],
  [
    "token-never-expires",
    "a watched cluster that is read by token",
    ({ clusters }) => delete clusters.lab.remoteAccess,
    "clusters.lab.remoteAccess: got service-account-token; allowed: service-account-token, or eks-identity on EKS; fix: this token never expires: rotate it yourself, or use eks-identity, whose tokens live 15 minutes",
  ],
  [
    "token-never-expires",
    "nothing is said of a cluster that nobody watches",
    ({ clusters }) => (clusters.solo.remoteAccess = "service-account-token"),
  ],
  [
    "unprotected",
    "no protection",
    (description) => (description.protect = false),
    "protect: got false; allowed: true, or false; fix: `pulumi destroy` removes roots of trust and VPCs with the rest; set protect: true for what must last",
  ],
  [
    "experimental",
    "experimental arrangements",
    ({ meshes }) => (meshes.dev.experimental = true),
    "meshes.dev.experimental: got true; allowed: false, or true; fix: Istio does not support what it calls experimental; keep it out of production",
  ],
  [
    "ambient-multi-network",
    "ambient over two networks",
    ({ clusters, meshes }) => {
      clusters.duo = { network: "wide", vpc: "us" };
      meshes.dev.clusters.duo = {};
    },
    "meshes.dev.dataPlane: got ambient; allowed: sidecar, or ambient; fix: ambient over several networks is beta in Istio: label global services istio.io/global=true and give them the same waypoints everywhere",
  ],
  [
    "idle-cluster",
    "a cluster in no mesh",
    ({ clusters }) => (clusters.spare = { network: "shared" }),
    "clusters.spare: got a cluster in no mesh; allowed: a member or control plane of a mesh; fix: add it to a mesh, or remove it: an EKS control plane costs about USD 73 a month",
  ],
  [
    "idle-cluster",
    "nothing is said of one that only runs istiod for others",
    ({ clusters, meshes }) => {
      clusters.spare = { network: "shared" };
      meshes.prod.controlPlane = { runsIn: ["spare"], configCluster: "east" };
    },
  ],
  [
    "token-never-expires",
    "a config cluster that an external istiod reads by token",
    ({ clusters, meshes }) => {
      clusters.east.remoteAccess = "service-account-token";
      meshes.prod.controlPlane = { runsIn: ["solo"], configCluster: "east" };
    },
    "clusters.east.remoteAccess: got service-account-token; allowed: service-account-token, or eks-identity on EKS; fix: this token never expires: rotate it yourself, or use eks-identity, whose tokens live 15 minutes",
  ],
  [
    "single-server",
    "one cluster that serves all others",
    ({ meshes }) => (meshes.prod.controlPlane = { runsIn: ["east"] }),
    "meshes.prod.controlPlane.runsIn: got istiod in east only, which serves lab, west; allowed: one cluster, or several; fix: while that cluster is out, no pod of the mesh starts in the others and running ones learn nothing new; name a second cluster here, which their relays then move over to",
  ],
  [
    "single-server",
    "nothing is said of two",
    ({ meshes }) => (meshes.prod.controlPlane = { runsIn: ["east", "lab"] }),
  ],
];

describe("warnings", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(warningRules, claims);

  it("stop nothing", () => {
    assert.deepEqual(
      warningRules.filter(({ severity }) => severity !== Severity.Warning),
      [],
    );
  });
});
