import assert from "node:assert/strict";
import type { TrustDescription } from "../../components/topology";
import { relationsOf } from "../support/topologies";

describe("the trust of a mesh", () => {
  const rootsOf = (trust: TrustDescription | undefined, ...own: (TrustDescription | undefined)[]) =>
    relationsOf({
      trust,
      istio: { version: "1.31.3" },
      networks: { shared: { cidr: "10.10.0.0/16" } },
      clusters: { a: { network: "shared" }, b: { network: "shared" } },
      meshes: {
        one: { clusters: { a: {} }, trust: own[0] },
        two: { clusters: { b: {} }, trust: own[1] },
      },
    }).meshes.map((mesh) => [mesh.trust, ...mesh.roots]);
  const provided = (name: string) => ({ roots: { [name]: { secret: "meshRoot" } } });

  it("is the one that meshes without one share, or its own", () => {
    assert.deepEqual(rootsOf(undefined, undefined, {}), [
      ["shared", "shared"],
      ["mesh-two", "mesh-two"],
    ]);
    assert.deepEqual(rootsOf({ roots: { own: {} } }, undefined, { roots: { own: {} } }), [
      ["shared", "shared/own"],
      ["mesh-two", "mesh-two/own"],
    ]);
  });

  it("has the root that signs first, then those that are accepted too", () => {
    const roots = { a: {}, b: { secret: "meshRoot" }, default: {} };
    const [shared] = rootsOf({ roots, signing: "b" });
    assert.deepEqual(shared, ["shared", "secret:meshRoot", "shared/a", "shared"]);
  });

  it("has one root with another where both name one secret", () => {
    assert.deepEqual(rootsOf(provided("default"), undefined, provided("own")), [
      ["shared", "secret:meshRoot"],
      ["mesh-two", "secret:meshRoot"],
    ]);
  });
});
