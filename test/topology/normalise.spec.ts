import assert from "node:assert/strict";
import fc from "fast-check";
import { type Architecture, type TopologyDescription } from "../../components/topology";
import { sorted } from "../../components/topology/sorted";
import { descriptions } from "../support/descriptions";
import { withoutAbsent } from "../support/plain";
import { CONTEXT, patterns, topologyOf } from "../support/topologies";

const smallest: TopologyDescription = patterns["01-single-cluster"];

describe("a normalised topology", () => {
  it("has every default of the smallest description", () => {
    const { description, ...topology } = topologyOf(smallest);
    const istio = {
      path: "istio",
      version: smallest.istio?.version,
      revisions: {},
      tags: {},
      charts: { source: "repository" },
    };
    assert.deepEqual(description, sorted(smallest));
    assert.deepEqual(withoutAbsent(topology), {
      name: "test",
      tags: {},
      stackTags: {},
      protect: true,
      quotas: {},
      istio,
      api: { allowFrom: ["192.0.2.1/32"] },
      encryptionKeys: {},
      iam: {},
      keepLoadBalancers: false,
      trust: { roots: { default: {} }, signing: "default" },
      links: { via: "peering", transitGateways: {}, reachable: {} },
      networks: { main: { vpcs: ["main"] } },
      vpcs: {
        main: {
          id: "main",
          network: "main",
          path: "networks.main",
          cidrs: ["10.10.0.0/16"],
          region: "eu-west-1",
          settings: { zones: 3, nat: "single", flowLogs: false, endpoints: [] },
        },
      },
      clusters: {
        main: {
          name: "main",
          network: "main",
          vpc: "main",
          nodes: {
            kind: "auto-mode",
            count: { min: 2, max: 6 },
            limits: { cpu: 1000, memoryGiB: 1000 },
            instanceTypes: [],
            architectures: ["x86"],
            capacity: "on-demand",
          },
          loadBalancers: "auto-mode",
          kubernetesVersion: CONTEXT.defaults.kubernetesVersion(["1.31.4"]),
          upgradePolicy: "extended",
          access: { admins: [], viewers: [] },
          zonalShift: false,
          logs: {
            types: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
            retentionDays: 90,
          },
          remoteAccess: "eks-identity",
          given: [],
        },
      },
      meshes: {
        dev: {
          name: "dev",
          dataPlane: "sidecar",
          trustDomain: "cluster.local",
          mode: "multi-primary",
          runsIn: ["main"],
          addressNumbers: {},
          members: { main: { servedBy: [], values: {} } },
          experimental: false,
          ingress: {},
          injection: "init-container",
          istio,
          locality: "none",
          mtls: "strict",
          observability: { accessLogs: false },
          values: {},
        },
      },
      virtualMachines: {},
      ecsClusters: {},
      ecsServices: {},
      federation: { gateways: {}, exports: {}, peers: {} },
    });
  });

  it("is plain data: JSON loses nothing of it but keys that hold nothing", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const topology = topologyOf(description);
        assert.deepEqual(JSON.parse(JSON.stringify(topology)), withoutAbsent(topology));
      }),
      { numRuns: 200 },
    );
  });

  it("has a VPC by id for each of a network's", () => {
    const { networks, vpcs, clusters } = topologyOf(
      patterns["02-multi-primary-same-network-routed-vpcs"],
    );
    assert.deepEqual(networks, { shared: { vpcs: ["shared-eu", "shared-us"] } });
    assert.deepEqual(
      Object.values(vpcs).map(({ id, path, region }) => [id, path, region]),
      [
        ["shared-eu", "networks.shared.vpcs.eu", "eu-west-1"],
        ["shared-us", "networks.shared.vpcs.us", "us-east-1"],
      ],
    );
    assert.deepEqual(
      Object.values(clusters).map(({ name, vpc }) => [name, vpc]),
      [
        ["east", "shared-us"],
        ["west", "shared-eu"],
      ],
    );
  });

  it("takes what a cluster of yours says of itself", () => {
    const { clusters } = topologyOf({
      ...smallest,
      clusters: {
        main: {
          network: "main",
          existing: {
            kubeconfig: { secret: "main-kubeconfig" },
            kubernetesVersion: "1.33",
            podCidrs: ["10.10.0.0/16"],
            loadBalancers: "controller",
          },
        },
      },
    });
    const { loadBalancers, kubernetesVersion, remoteAccess } = clusters.main;
    assert.deepEqual(
      { loadBalancers, kubernetesVersion, remoteAccess },
      {
        loadBalancers: "controller",
        kubernetesVersion: "1.33",
        remoteAccess: "service-account-token",
      },
    );
  });

  it("has the controller make load balancers for managed nodes", () => {
    const { clusters } = topologyOf({
      ...smallest,
      clusters: {
        a: { network: "main", nodes: { kind: "managed" } },
        b: { network: "main", nodes: {} },
      },
    });
    assert.deepEqual(
      Object.values(clusters).map(({ nodes, loadBalancers }) => [nodes.kind, loadBalancers]),
      [
        ["managed", "controller"],
        ["auto-mode", "auto-mode"],
      ],
    );
  });

  it("takes nodes to have the processors of their instance types, where none are said", () => {
    const nodes = [
      {},
      { instanceTypes: ["m7i.large", "m6a.large"] },
      { instanceTypes: ["m7g.large", "c6gn.xlarge", "a1.large", "im4gn.large"] },
      { instanceTypes: ["g4dn.xlarge", "g5g.xlarge"] },
      { architectures: ["arm64", "arm64", "x86"] as Architecture[] },
    ];
    const { clusters } = topologyOf({
      ...smallest,
      clusters: Object.fromEntries(
        nodes.map((one, index) => [`c${index}`, { network: "main", nodes: one }]),
      ),
    });
    assert.deepEqual(
      Object.values(clusters).map((cluster) => cluster.nodes.architectures.join()),
      ["x86", "x86", "arm64", "x86,arm64", "arm64,x86"],
    );
    assert.deepEqual(clusters.c0.nodes, {
      ...{ kind: "auto-mode", instanceTypes: [], architectures: ["x86"], capacity: "on-demand" },
      ...{ count: { min: 2, max: 6 }, limits: { cpu: 1000, memoryGiB: 1000 } },
    });
  });

  it("signs below the root that is named, or the only one, which is generated where none is", () => {
    const own = { own: { secret: "root" } };
    const two = { old: {}, new: { secret: "root" } };
    const said = [{}, { roots: {} }, { roots: own }, { roots: two, signing: "old" }];
    const trusts = said.map((trust) => topologyOf({ ...smallest, trust }).trust);
    assert.deepEqual(trusts, [
      { roots: { default: {} }, signing: "default" },
      { roots: { default: {} }, signing: "default" },
      { roots: own, signing: "own" },
      { roots: two, signing: "old" },
    ]);
  });

  it("gives a mesh a trust of its own only where it has one", () => {
    const { trust, meshes } = topologyOf({
      ...smallest,
      trust: { roots: { own: {} } },
      clusters: { a: { network: "main" }, b: { network: "main" } },
      meshes: { dev: { clusters: { a: {} } }, prod: { trust: {}, clusters: { b: {} } } },
    });
    assert.deepEqual(
      [trust, meshes.dev.trust, meshes.prod.trust],
      [
        { roots: { own: {} }, signing: "own" },
        undefined,
        { roots: { default: {} }, signing: "default" },
      ],
    );
  });

  it("takes who owns transit gateways, comes into API servers and has which number and values", () => {
    const roleArn = "arn:aws:iam::111122223333:role/network";
    const addressNumbers = { a: { default: 7, canary: 0 } };
    const values = { autoscaling: { maxReplicas: 9 } };
    const { links, api, clusters, meshes } = topologyOf({
      ...smallest,
      api: { private: { cidrs: ["10.0.0.0/8"] } },
      links: {
        ...{ via: "transit-gateway", owner: { roleArn } },
        reachable: { office: { cidrs: ["172.16.0.0/12"] } },
      },
      clusters: {
        a: { network: "main", api: { allowFrom: ["192.0.2.1/32"] } },
        b: { network: "main" },
      },
      meshes: {
        dev: {
          controlPlane: { runsIn: ["a"], addressNumbers },
          clusters: { a: {}, b: {} },
          ingress: { public: { clusters: ["b"], values }, bare: { clusters: ["a"] } },
        },
      },
    });
    assert.deepEqual(links, {
      ...{ via: "transit-gateway", owner: roleArn, transitGateways: {} },
      reachable: { office: ["172.16.0.0/12"] },
    });
    assert.deepEqual(api, {
      allowFrom: [],
      private: { cidrs: ["10.0.0.0/8"], securityGroups: [], prefixLists: [] },
    });
    assert.deepEqual(clusters.a.api, { allowFrom: ["192.0.2.1/32"] });
    assert.deepEqual(meshes.dev.addressNumbers, addressNumbers);
    const ports = { http: 80, https: 443 };
    const gateway = { exposure: "internal", allowFrom: [], ports };
    assert.deepEqual(meshes.dev.ingress, {
      bare: { ...gateway, clusters: ["a"], values: {} },
      public: { ...gateway, clusters: ["b"], values },
    });
  });

  it("serves a remote from every cluster that runs istiod, in that order", () => {
    const { meshes } = topologyOf({
      ...smallest,
      clusters: { a: { network: "main" }, b: { network: "main" }, c: { network: "main" } },
      meshes: { dev: { controlPlane: { runsIn: ["c", "a"] }, clusters: { a: {}, b: {}, c: {} } } },
    });
    const { mode, members } = meshes.dev;
    assert.equal(mode, "primary-remote");
    assert.deepEqual(
      Object.entries(members).map(([cluster, { servedBy }]) => [cluster, servedBy]),
      [
        ["a", []],
        ["b", ["c", "a"]],
        ["c", []],
      ],
    );
  });

  it("serves the members of a mesh with an external istiod from where that runs", () => {
    const { meshes } = topologyOf(patterns["03-external-istiod-kubernetes"]);
    const { mode, configCluster, members } = meshes.prod;
    const picks = { revision: undefined, agentRevision: undefined };
    const remote = { servedBy: ["mgmt"], ...picks, values: {} };
    assert.deepEqual(
      [mode, configCluster, members],
      ["external", "east", { east: remote, west: remote }],
    );
  });
});
