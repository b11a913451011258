import assert from "node:assert/strict";
import { checkTopology } from "../../../components/mesh/check";
import { CONTEXT } from "../../support/topologies";
import { drawn } from "./drawn";
import { beyondLab } from "./limits";

describe("descriptions that are drawn for the lab", () => {
  const seeds = Array.from({ length: 30 }, (_, seed) => seed);
  const all = seeds.map((seed) => drawn({ seed, nth: 0 }));

  it("are valid, small, and ask for nothing that the lab has not", () => {
    for (const [seed, description] of all.entries()) {
      const { problems } = checkTopology(description, { ...CONTEXT, offline: true });
      assert.deepEqual(problems, [], `seed ${seed}`);
      assert.deepEqual(beyondLab(description), [], `seed ${seed}`);
      assert.equal(Object.keys(description.clusters).length, 2, `seed ${seed}`);
    }
  });

  it("are of many kinds", () => {
    const having = (what: string) => all.filter((one) => JSON.stringify(one).includes(what)).length;
    const kinds = ["ambient", "transit-gateway", "primary-remote", "external", "canary", "cni"];
    for (const what of kinds) assert.ok(having(what) > 0, what);
    assert.ok(all.some(({ meshes }) => Object.keys(meshes).length > 1));
  });

  it("are the same for the same seed and number, and others for others", () => {
    assert.deepEqual(drawn({ seed: 3, nth: 1 }), drawn({ seed: 3, nth: 1 }));
    assert.notDeepEqual(drawn({ seed: 3, nth: 0 }), drawn({ seed: 3, nth: 1 }));
  });
});
