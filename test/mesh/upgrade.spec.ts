import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { TopologyDescription } from "../../components/topology";
import { floor, type Graph } from "../support/graph";
import { runDescription } from "../support/program";

const FILE = join(__dirname, "../lab/stacks/upgrade.yaml");
const first: TopologyDescription = {
  ...parse(readFileSync(FILE, "utf8")).config["istio-patterns:topology"],
  api: { allowFrom: ["192.0.2.1/32"] },
};

type Edit = (description: TopologyDescription) => void;

/** `Release dev-prod-east-public` for everything that is in both graphs with other inputs, or in one alone. */
function compare(before: Graph, after: Graph) {
  const by = (graph: Graph) => new Map(graph.resources.map((one) => [one.urn, one]));
  const [old, now] = [by(before), by(after)];
  const told = (graph: Map<string, Graph["resources"][number]>, urns: string[]) =>
    urns.map((urn) => `${urn.split("::").at(-2)!.split(":").pop()} ${graph.get(urn)!.name}`).sort();
  const kept = [...now.keys()].filter((urn) => old.has(urn));
  const inputsOf = (graph: typeof old, urn: string) => JSON.stringify(graph.get(urn)!.inputs);
  return {
    created: told(
      now,
      [...now.keys()].filter((urn) => !old.has(urn)),
    ),
    updated: told(
      now,
      kept.filter((urn) => inputsOf(old, urn) !== inputsOf(now, urn)),
    ),
    deleted: told(
      old,
      [...old.keys()].filter((urn) => !now.has(urn)),
    ),
  };
}

const MEMBERS = ["prod-east", "prod-west", "solo-solo"];
const releases = (names: string[]) => names.map((name) => `Release dev-${name}`).sort();

describe("the way from one revision to another", () => {
  let description = structuredClone(first);
  let graph: Graph;
  before(async () => {
    graph = await runDescription(description);
    floor(graph, 2);
  });

  /** What one edit of the description as it is now does. */
  async function step(edit: Edit) {
    const next = structuredClone(description);
    edit(next);
    const after = await runDescription(next);
    const changes = compare(graph, after);
    [description, graph] = [next, after];
    return changes;
  }

  it("begins with a second istiod and all that it needs, beside which only CRDs change", async () => {
    const { created, updated, deleted } = await step(({ istio, meshes }) => {
      istio!.revisions!.b = { version: "1.31.2" };
      istio!.tags!.next = "b";
      for (const mesh of Object.values(meshes)) mesh.revision = "a";
    });
    assert.deepEqual(deleted, []);
    assert.deepEqual(updated, releases(MEMBERS.map((member) => `${member}-istio-base`)));
    assert.deepEqual(
      created.filter((one) => one.startsWith("Release ")),
      releases(MEMBERS.map((member) => `${member}-istio-istiod-b`)),
    );
    for (const one of [
      "PodIdentityAssociation dev-prod-east-token-refresher-istiod-b",
      "ConfigMap dev-prod-west-system-istio-b",
      "InternalBalancer dev-prod-east-istiod-b",
      "IstiodRelay dev-prod-west-istiod-b-relay",
      ...MEMBERS.map((member) => `RevisionTag dev-${member}-tag-next`),
    ])
      assert.ok(created.includes(one), one);
    assert.ok(created.every((one) => /istiod-b\b|istio-b\b|tag-next\b/.test(one)));
  });

  it("moves gateways by their releases alone, and node agents by theirs", async () => {
    const gateways = await step(({ meshes }) => {
      meshes.prod.revision = "b";
      Object.assign(meshes.solo, { revision: "b", agentRevision: "a" });
    });
    const own = ["prod-east-istio-eastwestgateway", "prod-east-public"];
    assert.deepEqual(gateways, {
      ...{ created: [], deleted: [] },
      updated: releases([...own, "prod-west-istio-eastwestgateway"]),
    });
    const agents = await step(({ meshes }) => delete meshes.solo.agentRevision);
    assert.deepEqual(agents, {
      ...{ created: [], deleted: [] },
      updated: releases(["cni", "ztunnel"].map((name) => `solo-solo-istio-${name}`)),
    });
  });

  it("moves tag default without any release", async () => {
    const { created, updated, deleted } = await step(({ istio }) => (istio!.tags!.default = "b"));
    assert.deepEqual([created, deleted], [[], []]);
    assert.equal(updated.length, 7);
    assert.ok(updated.every((one) => /^\w+(Configuration|Service)? .*-tag-default$/.test(one)));
  });

  it("ends when the first istiod goes with what was its own, and nothing else changes", async () => {
    const { created, updated, deleted } = await step(({ istio, meshes }) => {
      delete istio!.revisions!.a;
      for (const mesh of Object.values(meshes)) delete mesh.revision;
    });
    assert.deepEqual([created, updated], [[], []]);
    assert.ok(deleted.length > 20, `${deleted.length} deleted`);
    assert.ok(deleted.every((one) => /istiod-a\b|istio-a\b/.test(one)));
  });
});
