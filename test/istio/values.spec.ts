import assert from "node:assert/strict";
import fc from "fast-check";
import { composeValues, mergeValues } from "../../components/istio/values";
import type { HelmValues } from "../../components/istio/values";

describe("values", () => {
  it("merge maps in depth and let the later one win", () => {
    assert.deepEqual(
      mergeValues({ global: { hub: "a", tag: "1" }, x: 1 }, { global: { hub: "b" }, y: null }),
      { global: { hub: "b", tag: "1" }, x: 1, y: null },
    );
  });

  it("replace lists, as Helm does", () => {
    assert.deepEqual(mergeValues({ tolerations: [1] }, { tolerations: [2] }), { tolerations: [2] });
  });

  it("append what a pod holds, so that one more volume takes none back", () => {
    for (const key of ["initContainers", "volumes", "volumeMounts"]) {
      assert.deepEqual(mergeValues({ [key]: ["plan"] }, { [key]: ["user"] }), {
        [key]: ["plan", "user"],
      });
    }
  });

  it("merge what has names by these, as Kubernetes does with containers and their environment", () => {
    const proxy = { name: "istio-proxy", env: [{ name: "A", value: "1" }], lifecycle: {} };
    const own = { name: "istio-proxy", env: [{ name: "A", value: "2" }, { name: "B" }] };
    assert.deepEqual(
      mergeValues({ containers: [proxy] }, { containers: [own, { name: "logger" }] }),
      { containers: [{ ...proxy, env: own.env }, { name: "logger" }] },
    );
    for (const containers of [[], [{ image: "x" }], null])
      assert.deepEqual(
        mergeValues({ containers: [proxy] }, { containers }).containers,
        containers?.length === 0 ? [proxy] : containers,
      );
  });

  it("place instances of classes as they are", () => {
    const leaf = new Map([["a", 1]]);
    assert.equal(mergeValues({ bundle: { a: 2 } }, { bundle: leaf }).bundle, leaf);
  });

  it("hold only the fragments that apply, then the user's", () => {
    const fragments = [
      { why: "always", values: () => ({ a: 1, b: 1 }) },
      { why: "when asked", when: (on: boolean) => on, values: () => ({ b: 2 }) },
    ];
    assert.deepEqual(composeValues(fragments, false), { a: 1, b: 1 });
    assert.deepEqual(composeValues(fragments, true), { a: 1, b: 2 });
    assert.deepEqual(composeValues(fragments, true, { b: 3 }), { a: 1, b: 3 });
  });

  it("never change what was merged, whatever it is", () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.dictionary(
        fc.constantFrom("a", "b", "volumes", "__proto__"),
        fc.oneof(fc.integer(), fc.array(fc.integer()), tie("tree")),
        { maxKeys: 3 },
      ),
    }));
    fc.assert(
      fc.property(tree, tree, (under, over) => {
        const before = JSON.stringify([under, over]);
        const merged = mergeValues(under as HelmValues, over as HelmValues);
        assert.equal(JSON.stringify([under, over]), before);
        for (const key of Object.keys(over as HelmValues)) assert.ok(Object.hasOwn(merged, key));
      }),
    );
  });
});
