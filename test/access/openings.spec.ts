import assert from "node:assert/strict";
import { accessOpenings } from "../../components/access/openings";
import type { TopologyDescription } from "../../components/topology";
import { yours } from "../network/firewall/support";
import { networksApart } from "../network/support";
import { apiOf, forAll, ordered, plainly, podsOf } from "../support/openings";
import { patterns, relationsOf } from "../support/topologies";
import { management, twoServers } from "../support/variants";
import { runsIstiod } from "./described";

const openingsOf = (description: TopologyDescription) =>
  accessOpenings(relationsOf(description)).map(plainly);

const api = (to: string, ...from: string[]) => ({
  name: "api",
  to: apiOf(to),
  from: from.map(podsOf),
  ports: [443, 443],
  protocol: "tcp",
  reason: "istiod of other clusters watches the API server",
});

describe("accessOpenings", () => {
  it("are none for a single cluster, which its own istiod watches from inside", () => {
    assert.deepEqual(openingsOf(networksApart(1)), []);
  });

  it("let each primary in to the API servers of the others, wherever they are", () => {
    const expected = [api("c1", "c2", "c3"), api("c2", "c1", "c3"), api("c3", "c1", "c2")];
    assert.deepEqual(openingsOf(networksApart(3)), expected);
    const together = networksApart(3);
    for (const cluster of Object.values(together.clusters)) cluster.network = "n1";
    assert.deepEqual(openingsOf(together), expected);
  });

  it("are the same for public API servers and private ones, made here and yours", () => {
    const expected = [api("c1", "c2"), api("c2", "c1")];
    const listed = networksApart(2, { api: { allowFrom: ["192.0.2.1/32"] } });
    assert.deepEqual(openingsOf(listed), expected);
    listed.clusters.c1.existing = yours("10.1.0.0/18");
    assert.deepEqual(openingsOf(listed), expected);
  });

  it("lead from a primary to its remotes, and not back", () => {
    for (const pattern of ["same-network", "different-networks"])
      assert.deepEqual(openingsOf(patterns[`02-primary-remote-${pattern}`]), [api("west", "east")]);
  });

  it("let every control plane in to every other member, also those that it does not serve", () => {
    const description = structuredClone(twoServers);
    description.meshes.prod.clusters.far = { servedBy: ["b"] };
    assert.deepEqual(openingsOf(description), [
      api("a", "b"),
      api("b", "a"),
      api("far", "a", "b"),
      api("near", "a", "b"),
    ]);
  });

  it("lead from external istiods to the members of their own mesh", () => {
    assert.deepEqual(openingsOf(patterns["03-external-istiod-kubernetes"]), [
      api("east", "mgmt"),
      api("west", "mgmt"),
    ]);
    assert.deepEqual(openingsOf(management), [
      api("bank", "mgmt"),
      api("shop", "mgmt"),
      api("stock", "mgmt"),
    ]);
  });

  it("keep meshes apart", () => {
    const description = networksApart(4);
    description.meshes = {
      prod: { clusters: { c1: {}, c2: {} } },
      test: { clusters: { c3: {}, c4: {} } },
    };
    assert.deepEqual(openingsOf(description), [
      api("c1", "c2"),
      api("c2", "c1"),
      api("c3", "c4"),
      api("c4", "c3"),
    ]);
  });
});

describe("every set of openings of access", () => {
  it("lets in to a member's API server the pods beside every istiod of its mesh elsewhere, and nobody else", () => {
    forAll(100, (description) => {
      const expected = Object.values(description.meshes).flatMap((mesh) =>
        Object.keys(mesh.clusters).flatMap((name) => {
          const watchers = runsIstiod(mesh).filter((istiod) => istiod !== name);
          return watchers.length > 0 ? [api(name, ...watchers)] : [];
        }),
      );
      assert.deepEqual(ordered(openingsOf(description)), ordered(expected));
      return expected.length;
    });
  });
});
