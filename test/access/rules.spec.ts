import assert from "node:assert/strict";
import { accessRules } from "../../components/access";
import { formatProblem } from "../../components/topology";
import type { ExistingClusterDescription, TopologyDescription } from "../../components/topology";
import { ask } from "../support/rules";
import { patterns, topologyOf } from "../support/topologies";

const existing: ExistingClusterDescription = {
  kubeconfig: { secret: "labKubeconfig" },
  kubernetesVersion: "1.35",
  podCidrs: ["10.20.0.0/20"],
  endpoint: "https://lab.example",
  certificateAuthority: "Y2E=",
};

const withLab = (lab: ExistingClusterDescription): TopologyDescription => ({
  istio: { version: "1.31.3" },
  networks: { shared: { cidr: "10.10.0.0/16" } },
  clusters: {
    east: { network: "shared" },
    west: { network: "shared" },
    lab: { network: "shared", existing: lab },
  },
  meshes: { prod: { clusters: { east: {}, west: {}, lab: {} } } },
});

function messages(description: TopologyDescription): string[] {
  return ask(accessRules, topologyOf(description)).map(formatProblem);
}

describe("the rules of access", () => {
  it("ask for the EKS name of a cluster whose istiod needs an AWS role", () => {
    assert.deepEqual(messages(withLab(existing)), [
      "clusters.lab.existing.eksName: got nothing; allowed: the cluster's name in EKS: istiod here reads east, west by eks-identity; fix: add it, or where this is no EKS cluster set remoteAccess of east, west to service-account-token",
    ]);
  });

  it("are content with the name, and with the ready patterns", () => {
    assert.deepEqual(messages(withLab({ ...existing, eksName: "lab" })), []);
    for (const description of Object.values(patterns)) {
      assert.deepEqual(messages(description), []);
    }
  });

  it("leave to another rule what is also watched by that name", () => {
    const description = withLab(existing);
    description.clusters.lab.remoteAccess = "eks-identity";
    assert.deepEqual(messages(description), []);
  });
});

describe("the rules of access for an external istiod", () => {
  const external = (
    mesh: string,
    mgmt: ExistingClusterDescription | undefined,
  ): TopologyDescription => ({
    istio: { version: "1.31.3" },
    networks: { mgmt: { cidr: "10.0.0.0/16" }, apps: { cidr: "10.10.0.0/16" } },
    clusters: {
      mgmt: { network: "mgmt", existing: mgmt },
      east: { network: "apps" },
      west: { network: "apps" },
    },
    meshes: {
      [mesh]: {
        controlPlane: { mode: "external", runsIn: ["mgmt"], configCluster: "east" },
        clusters: { east: {}, west: {} },
      },
    },
  });

  it("ask for the EKS name of a management cluster that you bring", () => {
    assert.deepEqual(messages(external("prod", existing)), [
      "clusters.mgmt.existing.eksName: got nothing; allowed: the cluster's name in EKS: istiod here reads east, west by eks-identity; fix: add it, or where this is no EKS cluster set remoteAccess of east, west to service-account-token",
    ]);
    assert.deepEqual(messages(external("prod", { ...existing, eksName: "mgmt" })), []);
  });

  it("refuse a mesh whose namespace would be too long", () => {
    assert.deepEqual(messages(external("m".repeat(47), undefined)), []);
    const name = "m".repeat(48);
    assert.deepEqual(messages(external(name, undefined)), [
      `meshes.${name}: got "${name}" (48 characters); allowed: at most 47 characters with an external istiod, whose namespace is external-istiod-${name}; fix: rename it`,
    ]);
  });
});
