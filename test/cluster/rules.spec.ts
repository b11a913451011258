import assert from "node:assert/strict";
import { clusterRules } from "../../components/cluster";
import { kubernetesRules } from "../../components/versions/kubernetesRules";
import { Severity } from "../../components/topology";
import type { ClusterDescription, Rule, TopologyDescription } from "../../components/topology";
import { ask, said } from "../support/rules";
import { patterns, topologyOf } from "../support/topologies";

function messages(
  id: string,
  description: TopologyDescription,
  rules: readonly Rule<never>[] = clusterRules,
): string[] {
  assert.equal(rules.filter((rule) => rule.id === id).length, 1, id);
  return said(rules, id, description);
}

const severityOf = (id: string) => clusterRules.find((rule) => rule.id === id)?.severity;

const api = { allowFrom: ["203.0.113.7/32"] };

const one = (
  cluster: Partial<ClusterDescription>,
  rest: Partial<TopologyDescription> = {},
): TopologyDescription => ({
  api,
  istio: { version: "1.31.3" },
  networks: { main: { cidr: "10.10.0.0/16" } },
  clusters: { main: { network: "main", ...cluster } },
  meshes: { dev: { clusters: { main: {} } } },
  ...rest,
});

const brought = (kubernetesVersion: string, network = "main"): Partial<ClusterDescription> => ({
  network,
  existing: {
    kubeconfig: { secret: "kubeconfig" },
    kubernetesVersion,
    podCidrs: ["10.10.0.0/18"],
  },
});

/** Clusters on networks of their own, in one mesh. */
function spread(count: number, rest: Partial<TopologyDescription> = {}): TopologyDescription {
  const names = Array.from({ length: count }, (_, index) => `c${index}`);
  const map = <T>(value: (name: string, index: number) => T) =>
    Object.fromEntries(names.map((name, index) => [name, value(name, index)]));
  return {
    api,
    links: { via: "transit-gateway" },
    istio: { version: "1.31.3" },
    networks: map((_, index) => ({ cidr: `10.${index}.0.0/16` })),
    clusters: map((name) => ({ network: name })),
    meshes: { prod: { clusters: map(() => ({})) } },
    ...rest,
  };
}

describe("the rules about Kubernetes versions", () => {
  it("refuse what is not a minor version", () => {
    const id = "kubernetes-version-form";
    assert.deepEqual(messages(id, one({ kubernetesVersion: "1.35.2" })), [
      'clusters.main.kubernetesVersion: got "1.35.2"; allowed: a minor version as a quoted string, such as "1.35"; fix: say "1.35"',
    ]);
    assert.deepEqual(messages(id, one(brought("latest"))), [
      'clusters.main.existing.kubernetesVersion: got "latest"; allowed: a minor version as a quoted string, such as "1.35"; fix: say a version such as "1.35"',
    ]);
    assert.deepEqual(messages(id, one({ kubernetesVersion: "1.35" })), []);
  });

  it("refuse a version that EKS does not offer, of clusters made here", () => {
    const id = "kubernetes-version-eks";
    assert.deepEqual(messages(id, one({ kubernetesVersion: "1.21" })), [
      'clusters.main.kubernetesVersion: got "1.21"; allowed: 1.36, 1.35, 1.34, 1.33, 1.32; fix: say one of these, or remove it for the newest that fits',
    ]);
    assert.deepEqual(messages(id, one(brought("1.21"))), []);
    assert.deepEqual(messages(id, one({})), []);
  });

  it("refuse a version outside the range of an Istio that runs there", () => {
    const id = "kubernetes-version-istio";
    assert.deepEqual(messages(id, one({ kubernetesVersion: "1.31" })), [
      'clusters.main.kubernetesVersion: got "1.31"; allowed: 1.32 to 1.36, which Istio 1.31.3 supports; fix: choose one of these, or another Istio version',
    ]);
    assert.deepEqual(messages(id, one(brought("1.40"))), [
      'clusters.main.existing.kubernetesVersion: got "1.40"; allowed: 1.32 to 1.36, which Istio 1.31.3 supports; fix: upgrade the cluster, or choose an Istio version that supports it',
    ]);
    assert.deepEqual(messages(id, one({ kubernetesVersion: "1.36" })), []);
  });

  it("warn before standard support ends, and after", () => {
    const id = "kubernetes-version-extended-support";
    const on = (day: string) => kubernetesRules(() => day);
    const description = one({ kubernetesVersion: "1.35" });
    assert.deepEqual(messages(id, description, on("2027-01-01")), []);
    assert.deepEqual(messages(id, description, on("2027-03-01")), [
      'clusters.main.kubernetesVersion: got "1.35", whose standard support ends on 2027-03-27; allowed: a version in standard support; fix: move to the next minor version; an EKS cluster moves one at a time',
    ]);
    assert.deepEqual(messages(id, description, on("2027-04-01")), [
      'clusters.main.kubernetesVersion: got "1.35", whose standard support ended on 2027-03-27; allowed: a version in standard support; fix: move to the next minor version; an EKS cluster moves one at a time',
    ]);
    assert.deepEqual(messages(id, one(brought("1.35")), on("2027-04-01")), []);
    assert.equal(severityOf(id), Severity.Warning);
  });
});

describe("the rules about clusters", () => {
  it("count the NAT addresses of peers among the 40 CIDRs of a public API server", () => {
    const id = "cluster-public-cidrs";
    assert.deepEqual(messages(id, spread(40)), []);
    assert.deepEqual(messages(id, spread(41)), [
      "api: got 1 of yours and 40 NAT addresses of 40 VPCs whose istiods watch cluster c0; allowed: 40 in all; fix: use private and run Pulumi inside the network: peers then come over the link",
    ]);
    assert.deepEqual(
      messages(id, spread(41, { api: { private: { cidrs: ["172.16.0.0/12"] } } })),
      [],
    );
  });

  it("count a NAT address per zone, and point to the cluster's own list", () => {
    const id = "cluster-public-cidrs";
    const description = spread(15);
    for (const network of Object.values(description.networks)) network.nat = "per-zone";
    for (const cluster of Object.values(description.clusters)) {
      cluster.api = { private: { cidrs: ["172.16.0.0/12"] } };
    }
    description.clusters.c0.api = api;
    assert.deepEqual(messages(id, description), [
      "clusters.c0.api: got 1 of yours and 42 NAT addresses of 14 VPCs whose istiods watch cluster c0; allowed: 40 in all; fix: use private and run Pulumi inside the network: peers then come over the link",
    ]);
  });

  it("warn of more EKS clusters than a region has by default", () => {
    const id = "cluster-eks-quota";
    assert.deepEqual(messages(id, spread(101)), [
      "clusters: got 101 EKS clusters in eu-west-1; allowed: 100 in an account and region; fix: ask AWS to raise it, and say so in quotas.eksClusters",
    ]);
    assert.equal(severityOf(id), Severity.Warning);
    assert.deepEqual(messages(id, spread(100)), []);
    const { existing } = brought("1.35");
    const described = spread(101);
    described.clusters.c100.existing = existing;
    assert.deepEqual(messages(id, described), []);
    assert.deepEqual(messages(id, spread(101, { quotas: { eksClusters: 150 } })), []);
  });

  it("refuse more EKS clusters than the raised quota", () => {
    const id = "cluster-eks-quota-raised";
    assert.deepEqual(messages(id, spread(3, { quotas: { eksClusters: 2 } })), [
      "clusters: got 3 EKS clusters in eu-west-1; allowed: 2 in an account and region; fix: ask AWS to raise it further, or spread the clusters over accounts or regions",
    ]);
    assert.deepEqual(messages(id, spread(3, { quotas: { eksClusters: 3 } })), []);
    assert.deepEqual(messages(id, spread(101)), []);
  });

  it("warn where a cluster you bring may hide its pods' addresses from other VPCs", () => {
    const id = "cluster-keeps-pod-addresses";
    const wide: TopologyDescription["networks"] = {
      main: { vpcs: { eu: { cidr: "10.10.0.0/16" }, us: { cidr: "10.20.0.0/16" } } },
    };
    const lab = { ...brought("1.35"), vpc: "eu" };
    assert.deepEqual(messages(id, one(lab, { networks: wide })), [
      "clusters.main.existing: got a cluster of yours on network main, which has several VPCs; allowed: pods that keep their address on the way to the other VPCs; fix: set AWS_VPC_K8S_CNI_EXTERNALSNAT=true on its VPC CNI, or snatPolicy: Disabled in its NodeClass",
    ]);
    assert.deepEqual(messages(id, one(brought("1.35"))), []);
    assert.deepEqual(messages(id, one({ vpc: "eu" }, { networks: wide })), []);
  });

  it("are content with the ready patterns", () => {
    assert.equal(Object.keys(patterns).length >= 6, true);
    for (const description of Object.values(patterns)) {
      assert.deepEqual(ask(clusterRules, topologyOf(description)), []);
    }
  });
});
