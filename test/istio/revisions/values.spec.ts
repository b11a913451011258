import assert from "node:assert/strict";
import { istiodValues } from "../../../components/istio/controlPlane/controlPlaneValues";
import { remoteReleases } from "../../../components/istio/remote/remoteReleases";
import { CA_BUNDLE, factsOf, planOf, primaryRemote, twoRevisions } from "../support";

const { canary, stable } = twoRevisions.revisions;

describe("extra values of a revision", () => {
  const description = primaryRemote("same");
  description.istio = {
    ...twoRevisions,
    revisions: {
      canary: { ...canary, values: { autoscaleMin: 4, env: { B: "revision" } } },
      stable,
    },
  };
  description.meshes.prod.values = { istiod: { autoscaleMin: 3, env: { A: "mesh", B: "mesh" } } };
  const plan = planOf(description);
  const told = ({ autoscaleMin, env }: Record<string, unknown>) => {
    const { A, B } = env as Record<string, string>;
    return [autoscaleMin, A, B];
  };

  it("win over those of the mesh, in that revision's istiod alone", () => {
    const facts = factsOf(plan, "prod/east");
    assert.deepEqual(
      facts.istiods.map((istiod) => told(istiodValues(facts, istiod))),
      [
        [4, "mesh", "revision"],
        [3, "mesh", "mesh"],
      ],
    );
  });

  it("do so in a remote, and reach the tags that point there", () => {
    const remote = { ...plan.remotes["prod/west"], caBundle: CA_BUNDLE };
    assert.deepEqual(
      remoteReleases(remote).webhooks.map(({ values }) => told(values)),
      [
        [4, "mesh", "revision"],
        [3, "mesh", "mesh"],
      ],
    );
    assert.deepEqual(
      [plan.tags["prod/west/next"], plan.tags["prod/east/default"]].map(({ values }) =>
        told(values!),
      ),
      [
        [4, "mesh", "revision"],
        [3, "mesh", "mesh"],
      ],
    );
  });
});
