import assert from "node:assert/strict";
import fc from "fast-check";
import type { IstioPlan } from "../../components/istio/facts";
import { compareVersions } from "../../components/versions/istio";
import { DataPlane } from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { withoutAbsent } from "../support/plain";
import { topologyOf } from "../support/topologies";
import { external, pair, planOf, primaryRemote, single, twoRevisions } from "./support";

describe("the plan of one cluster", () => {
  it("is one control plane without gateways, CRDs of the Gateway API or tokens", () => {
    const plan = planOf(single());
    assert.deepEqual(plan, {
      gatewayApi: {},
      controlPlanes: {
        "dev/main": {
          mesh: "dev",
          cluster: "main",
          clusterId: "main",
          network: "shared",
          namespace: "istio-system",
          trustDomain: "cluster.local",
          toldBy: [],
          dataPlane: "sidecar",
          mtls: "strict",
          locality: "none",
          injection: "init-container",
          observability: { accessLogs: false },
          multiCluster: false,
          multiNetwork: false,
          peers: {},
          peerRoots: {},
          hasIngress: false,
          servesRemotes: false,
          external: false,
          version: "1.31.3",
          istiods: [
            {
              revision: undefined,
              version: "1.31.3",
              values: undefined,
              host: undefined,
              neededValues: {},
            },
          ],
          revision: undefined,
          agentVersion: "1.31.3",
          loadBalancers: "auto-mode",
          charts: { source: "repository" },
          hub: undefined,
          values: {},
        },
      },
      remotes: {},
      ...{ eastWest: {}, tags: {}, ingress: {}, addresses: {} },
      zones: {},
      settled: {
        "env.PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS":
          "it follows from the clusters' `remoteAccess`",
        "env.PILOT_SCOPE_GATEWAY_TO_NAMESPACE":
          "it follows from `federation` and `tenants`: meshes that export or are shared have it",
      },
    });
  });

  it("has the Gateway API CRDs where ambient needs them and the cluster lacks them", () => {
    const ambient = single({ dataPlane: DataPlane.Ambient });
    assert.deepEqual(planOf(ambient).gatewayApi, {
      main: { version: "1.31.3", charts: { source: "repository" } },
    });
    const present = { main: { network: "shared", gatewayApi: "present" as const } };
    assert.deepEqual(planOf({ ...ambient, clusters: present }).gatewayApi, {});
  });

  it("has the Gateway API CRDs in a sidecar mesh where the description says so, in a remote and beside no mesh too", () => {
    const installed = { gatewayApi: "installed" as const };
    const description = primaryRemote("same");
    for (const cluster of Object.values(description.clusters)) Object.assign(cluster, installed);
    description.clusters.spare = { network: "shared", ...installed };
    const { gatewayApi } = planOf(description);
    const crds = { version: "1.31.3", charts: { source: "repository" } };
    assert.deepEqual(gatewayApi, { east: crds, spare: crds, west: crds });
    assert.deepEqual(planOf(primaryRemote("same")).gatewayApi, {});
  });
});

/** What runs beside the only istiod of a control plane. */
function besides({ controlPlanes }: IstioPlan, key: string): string[] {
  const [{ neededValues = {} }] = controlPlanes[key].istiods;
  const containers = (neededValues.initContainers ?? []) as { name: string }[];
  return containers.map(({ name }) => name);
}

describe("the plan of two clusters", () => {
  it("has no gateways on one network, and refreshes tokens on both sides", () => {
    const plan = planOf(pair("same"));
    assert.deepEqual(plan.eastWest, {});
    for (const key of ["prod/east", "prod/west"]) {
      const { multiCluster, multiNetwork, network } = plan.controlPlanes[key];
      assert.deepEqual(
        { multiCluster, multiNetwork, network },
        { multiCluster: true, multiNetwork: false, network: "shared" },
      );
      assert.deepEqual(besides(plan, key), ["token-refresher"]);
    }
  });

  it("has an east-west gateway in every cluster where networks differ", () => {
    const plan = planOf(pair("different"));
    assert.deepEqual(Object.keys(plan.eastWest), [`prod/east/east-west`, `prod/west/east-west`]);
    assert.deepEqual(plan.eastWest[`prod/west/east-west`], {
      mesh: "prod",
      cluster: "west",
      network: "net-west",
      namespace: "istio-system",
      holdsConfiguration: true,
      dataPlane: "sidecar",
      revision: undefined,
      version: "1.31.3",
      loadBalancers: "auto-mode",
      deletionProtection: false,
      tags: { "istio-patterns": "test" },
      charts: { source: "repository" },
      values: {},
    });
    assert.deepEqual(
      Object.values(plan.controlPlanes).map(({ multiNetwork }) => multiNetwork),
      [true, true],
    );
  });

  it("refreshes no tokens where the other cluster is read by service-account token", () => {
    const clusters = {
      east: { network: "shared" },
      west: { network: "shared", remoteAccess: "service-account-token" as const },
    };
    const plan = planOf(pair("same", {}, { clusters }));
    assert.deepEqual(besides(plan, "prod/east"), []);
    assert.deepEqual(besides(plan, "prod/west"), ["token-refresher"]);
  });

  it("gives each ingress gateway a namespace of its own in each cluster it names", () => {
    const plan = planOf(
      pair("same", { ingress: { public: { clusters: ["west"], exposure: "internet" } } }),
    );
    assert.deepEqual(plan.ingress, {
      "prod/west/public": {
        name: "public",
        mesh: "prod",
        cluster: "west",
        namespace: "istio-ingress-public",
        revision: undefined,
        version: "1.31.3",
        exposure: "internet",
        ports: { http: 80, https: 443 },
        loadBalancers: "auto-mode",
        deletionProtection: false,
        tags: { "istio-patterns": "test" },
        charts: { source: "repository" },
        values: {},
      },
    });
  });
});

describe("revisions", () => {
  const istio = {
    revisions: { canary: { version: "1.31.3" }, stable: { version: "1.30.7" } },
    tags: { default: "stable", next: "canary" },
  };
  const mesh = {
    revision: "stable",
    clusters: { east: {}, west: { revision: "canary" } },
  };

  it("run wherever the mesh's istiods do, whoever picks them", () => {
    const plan = planOf(pair("different", mesh, { istio }));
    const istiodsIn = (key: string) =>
      plan.controlPlanes[key].istiods.map(({ revision, version, host }) => [
        revision,
        version,
        host,
      ]);
    for (const key of ["prod/east", "prod/west"])
      assert.deepEqual(istiodsIn(key), [
        ["canary", "1.31.3", undefined],
        ["stable", "1.30.7", undefined],
      ]);
    const gateways = Object.values(plan.eastWest).map(({ revision, version }) => [
      revision,
      version,
    ]);
    assert.deepEqual(gateways, [
      ["stable", "1.30.7"],
      ["canary", "1.31.3"],
    ]);
  });

  it("decide the version of node agents by themselves, where these are said to follow later", () => {
    const agents = (agentRevision?: string) => {
      const plan = planOf(pair("same", { ...mesh, agentRevision }, { istio }));
      return ["prod/east", "prod/west"].map((key) => plan.controlPlanes[key].agentVersion);
    };
    assert.deepEqual(agents(), ["1.30.7", "1.31.3"]);
    assert.deepEqual(agents("stable"), ["1.30.7", "1.30.7"]);
  });

  it("have their tags in every member, those of the mesh alone, and no object of them where only istiod is", () => {
    const { tags } = planOf(primaryRemote("different"));
    const place = { mesh: "prod", namespace: "istio-system", values: {} };
    const east = { ...place, cluster: "east", runsIstiod: true, holdsConfiguration: true };
    const west = {
      ...{ ...place, cluster: "west", runsIstiod: false, holdsConfiguration: false },
      injectionPath: "/inject/cluster/west/net/net-west",
    };
    const [next, standard] = [
      { tag: "next", revision: "canary" },
      { tag: "default", revision: "stable" },
    ];
    assert.deepEqual(withoutAbsent(tags), {
      "prod/east/next": withoutAbsent({ ...east, ...next }),
      "prod/east/default": withoutAbsent({ ...east, ...standard }),
      "prod/west/next": withoutAbsent({ ...west, ...next }),
      "prod/west/default": withoutAbsent({ ...west, ...standard }),
    });
    const description = external();
    description.istio = twoRevisions;
    for (const mesh of Object.values(description.meshes)) mesh.revision = "stable";
    assert.deepEqual(
      Object.values(planOf(description).tags)
        .filter(({ tag }) => tag === "default")
        .map(({ cluster, namespace, holdsConfiguration }) => [
          cluster,
          namespace,
          holdsConfiguration,
        ]),
      [
        ["east", "external-istiod-prod", true],
        ["west", "external-istiod-prod", false],
        ["lab", "external-istiod-test", true],
      ],
    );
  });

  it("are those of the mesh's own Istio, with its charts and images, where it has one", () => {
    const charts = { source: "oci", location: "registry.example/charts" } as const;
    const own = { version: "1.30.7", hub: "registry.example/istio", charts };
    const plan = planOf(pair("different", { istio: own }, { istio }));
    const { istiods, hub, charts: from } = plan.controlPlanes["prod/east"];
    assert.deepEqual(
      istiods.map(({ revision, version }) => [revision, version]),
      [[undefined, "1.30.7"]],
    );
    assert.deepEqual(
      [hub, from, plan.eastWest["prod/east/east-west"].charts],
      [own.hub, charts, charts],
    );
  });

  it("decide the version of CRDs, of node agents and of gateways", () => {
    const plan = planOf(pair("different", { revision: "canary" }, { istio }));
    const { version, agentVersion, revision } = plan.controlPlanes["prod/east"];
    assert.deepEqual([version, agentVersion, revision], ["1.31.3", "1.31.3", "canary"]);
    const gateway = plan.eastWest[`prod/east/east-west`];
    assert.deepEqual([gateway.revision, gateway.version], ["canary", "1.31.3"]);
  });

  it("leave node agents at the control plane that serves them, while CRDs are the newest", () => {
    const plan = planOf(pair("same", { revision: "stable" }, { istio }));
    const { version, agentVersion } = plan.controlPlanes["prod/east"];
    assert.deepEqual([version, agentVersion], ["1.31.3", "1.30.7"]);
  });
});

function newestOf(versioned: { version: string }[]): string | undefined {
  return versioned
    .map(({ version }) => version)
    .sort(compareVersions)
    .at(-1);
}

describe("every plan", () => {
  it("keeps agents no newer than what serves them, CRDs the newest, gateways where networks differ", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const topology = topologyOf(description);
        const plan = planOf(description);
        for (const controlPlane of Object.values(plan.controlPlanes)) {
          const { istiods, revision, agentVersion, version } = controlPlane;
          const serving = istiods.find((istiod) => istiod.revision === revision);
          assert.equal(serving?.version, agentVersion);
          assert.equal(version, newestOf(istiods));
        }
        for (const { version, revisions } of Object.values(plan.remotes))
          assert.equal(version, newestOf(revisions));
        for (const mesh of Object.values(topology.meshes)) {
          const clusters = Object.keys(mesh.members);
          const networks = new Set(clusters.map((name) => topology.clusters[name].network));
          const gateways = Object.values(plan.eastWest).filter(({ mesh: of }) => of === mesh.name);
          assert.deepEqual(
            gateways.map(({ cluster }) => cluster),
            networks.size > 1 ? clusters : [],
          );
        }
      }),
    );
  });

  it("is plain data: JSON loses nothing of it but keys that hold nothing", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const plan = planOf(description);
        assert.deepEqual(JSON.parse(JSON.stringify(plan)), withoutAbsent(plan));
      }),
      { numRuns: 20 },
    );
  });
});
