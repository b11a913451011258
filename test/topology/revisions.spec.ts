import assert from "node:assert/strict";
import type {
  ClusterRelation,
  ControlPlane,
  Istiod,
  TopologyDescription,
} from "../../components/topology";
import { relationsOf } from "../support/topologies";
import { movingRemotes, twoServers } from "../support/variants";

const nameOf = ({ at }: { at: ClusterRelation }) => at.cluster.name;

/** The only mesh of a description, with its members and control planes by cluster. */
function meshIn(description: TopologyDescription) {
  const [mesh] = relationsOf(description).meshes;
  const by = <T extends { at: ClusterRelation }>(places: T[]) =>
    Object.fromEntries(places.map((place) => [nameOf(place), place]));
  return { mesh, members: by(mesh.members), controlPlanes: by(mesh.controlPlanes) };
}

/** What an istiod is and whom it serves: `canary: west`. */
function istiodsOf({ istiods }: ControlPlane): string[] {
  const served = (one: Istiod["serves"][number]) =>
    one.kind === "pods" ? nameOf(one.member) : one.kind;
  return istiods.map(({ revision, serves }) =>
    [`${revision.name}:`, ...serves.map(served)].join(" "),
  );
}

describe("the revisions of a mesh", () => {
  it("run every revision for every remote, whichever it picks", () => {
    const moving = meshIn(movingRemotes);
    const { west, south, east } = moving.members;
    assert.deepEqual(istiodsOf(moving.controlPlanes.east), [
      "canary: south west",
      "stable: south west",
    ]);
    assert.equal(west.picks.name, "canary");
    for (const { picks } of [south, east]) assert.equal(picks.name, "stable");
    assert.deepEqual(moving.mesh.revisions, [west.picks, south.picks]);
  });

  it("run every revision wherever istiods run, and node agents of another one than gateways where that is said", () => {
    const { controlPlanes: servers, members } = meshIn({
      ...twoServers,
      istio: { revisions: { canary: { version: "1.31.3" }, stable: { version: "1.31.2" } } },
      meshes: {
        prod: {
          revision: "canary",
          agentRevision: "stable",
          controlPlane: { runsIn: ["a", "b"] },
          clusters: {
            a: {},
            b: { agentRevision: "canary" },
            near: { servedBy: ["b"], revision: "stable" },
            far: { servedBy: ["a"] },
          },
        },
      },
    });
    assert.deepEqual(istiodsOf(servers.a), ["canary: far", "stable: far"]);
    assert.deepEqual(istiodsOf(servers.b), ["canary: near", "stable: near"]);
    const picks = Object.values(members).map((member) => [
      nameOf(member),
      member.picks.name,
      member.agents.name,
    ]);
    assert.deepEqual(picks, [
      ["a", "canary", "stable"],
      ["b", "canary", "canary"],
      ["far", "canary", "stable"],
      ["near", "stable", "stable"],
    ]);
  });
});
