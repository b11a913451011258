import assert from "node:assert/strict";
import type { TopologyDescription } from "../../components/topology";
import { assertDependsOn, assertIndependent, floorOf } from "../support/graph";
import type { Graph } from "../support/graph";
import { patterns } from "../support/topologies";
import {
  CLUSTER_ROLE,
  CONFIG_MAP,
  kubeconfigs,
  made,
  NAMESPACE,
  run,
  SECRET,
  STAND_IN,
} from "./surroundings";

const named = (pattern: string): TopologyDescription => ({ ...patterns[pattern], name: "demo" });
const remotes = ["02-primary-remote-same-network", "02-primary-remote-different-networks"] as const;

for (const pattern of remotes) {
  describe(`access of ${pattern}`, () => {
    it("makes a reader in the remote, and a role, refresher and Secret for the primary", async () => {
      assert.deepEqual(made(await run(named(pattern))), [
        "AccessEntry demo-prod-west-reader",
        "ClusterRole demo-prod-west-reader-role",
        "ClusterRoleBinding demo-prod-west-reader-binding",
        "ConfigMap demo-prod-east-token-refresher",
        "PodIdentityAssociation demo-prod-east-token-refresher-istiod",
        "Role demo-prod-reader",
        "Secret demo-prod-east-remote-clusters",
      ]);
    });

    it("lets istiod keep the remote's webhooks and write root certificates, and no more", async () => {
      const graph = await run(named(pattern));
      floorOf(graph, CLUSTER_ROLE, 1);
      const { rules } = graph.one(CLUSTER_ROLE).inputs;
      assert.deepEqual(
        rules.filter(({ verbs }: { verbs: string[] }) =>
          verbs.some((verb) => !["get", "list", "watch"].includes(verb)),
        ),
        [
          {
            apiGroups: ["multicluster.x-k8s.io"],
            resources: ["serviceexports"],
            verbs: ["get", "list", "watch", "create", "delete"],
          },
          {
            apiGroups: ["authentication.k8s.io"],
            resources: ["tokenreviews"],
            verbs: ["create"],
          },
          {
            apiGroups: ["authorization.k8s.io"],
            resources: ["subjectaccessreviews"],
            verbs: ["create"],
          },
          {
            apiGroups: [""],
            resources: ["configmaps"],
            verbs: ["create", "get", "list", "watch", "update"],
          },
          {
            apiGroups: ["admissionregistration.k8s.io"],
            resources: ["mutatingwebhookconfigurations"],
            verbs: ["get", "list", "watch", "update", "patch"],
          },
          {
            apiGroups: ["admissionregistration.k8s.io"],
            resources: ["validatingwebhookconfigurations"],
            verbs: ["get", "list", "watch", "update"],
          },
        ],
      );
    });

    it("tells istiod of the remote only after the remote's namespace says who leads there", async () => {
      const graph = await run(named(pattern));
      floorOf(graph, SECRET, 1);
      const secret = graph.one(SECRET, "demo-prod-east-remote-clusters");
      assertDependsOn(graph, secret, graph.one(NAMESPACE, "west-system"));
      assertDependsOn(graph, graph.one(STAND_IN, "gateway prod/east"), secret);
      assertIndependent(graph, graph.one(STAND_IN, "istiod prod/east"), secret);
      assertIndependent(
        graph,
        graph.one(STAND_IN, "istiod prod/east"),
        graph.one(NAMESPACE, "west-system"),
      );
    });
  });
}

describe("a further remote", () => {
  /** Inputs of what access makes, by type and name. */
  function inputsOf(graph: Graph): Map<string, string> {
    return new Map(
      graph.resources
        .filter(({ name }) => name.startsWith("demo-"))
        .map(({ type, name, inputs }) => [
          `${type.split(":").pop()} ${name}`,
          JSON.stringify(inputs),
        ]),
    );
  }

  const grown = (description: TopologyDescription): TopologyDescription => ({
    ...description,
    clusters: {
      ...description.clusters,
      north: { network: Object.values(description.clusters).at(-1)!.network },
    },
    meshes: {
      prod: {
        ...description.meshes.prod,
        clusters: { ...description.meshes.prod.clusters, north: {} },
      },
    },
  });

  for (const [pattern, server] of [
    [remotes[0], "east"],
    [remotes[1], "east"],
    ["03-external-istiod-kubernetes", "mgmt"],
  ]) {
    it(`of ${pattern} brings its reader, and changes one Secret by a key and one list by a line`, async () => {
      const graphs = [await run(named(pattern)), await run(grown(named(pattern)))];
      const [before, after] = graphs.map(inputsOf);
      const added = [...after.keys()].filter((key) => !before.has(key));
      assert.deepEqual(added.sort(), [
        "AccessEntry demo-prod-north-reader",
        "ClusterRole demo-prod-north-reader-role",
        "ClusterRoleBinding demo-prod-north-reader-binding",
        "RemoteReader demo-prod-north-reader",
      ]);
      const changed = [...before.keys()].filter((key) => before.get(key) !== after.get(key));
      assert.deepEqual(
        changed.filter((key) => /^(Secret|ConfigMap|Role|PodId|Access|Cluster)/.test(key)).sort(),
        [
          `ConfigMap demo-prod-${server}-token-refresher`,
          `Secret demo-prod-${server}-remote-clusters`,
        ],
      );
      const [one, two] = graphs.map(
        (graph) => graph.one(SECRET, `demo-prod-${server}-remote-clusters`).inputs.data,
      );
      const { north, ...others } = two;
      assert.ok(north);
      assert.deepEqual(others, one);
      const [short, long] = graphs.map(
        (graph) => graph.one(CONFIG_MAP).inputs.data.clusters as string,
      );
      const parts = long.split("north demo-north eu-west-1 -\n");
      assert.equal(parts.length, 2);
      assert.equal(parts.join(""), short);
    });
  }
});

describe("access by EKS identity alone", () => {
  it("holds no token anywhere, whatever the pattern", async () => {
    for (const [pattern, description] of Object.entries(patterns)) {
      const graph = await run({ ...description, name: "demo" });
      for (const resource of graph.resources) {
        if (resource.type !== SECRET) {
          assert.doesNotMatch(JSON.stringify(resource.inputs), /"token"/, resource.urn);
          continue;
        }
        assert.equal(resource.inputs.type, undefined, `${pattern}: ${resource.urn}`);
        for (const { users } of Object.values(kubeconfigs(resource)))
          assert.equal(users[0].user.token, "token-file-not-read-yet", resource.urn);
      }
    }
  });
});
