import assert from "node:assert/strict";
import fc from "fast-check";
import { planTrust } from "../../components/trust";
import { memberKey } from "../../components/topology";
import type { Relations, TopologyDescription, TrustDescription } from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { relationsOf } from "../support/topologies";

const two: TopologyDescription = {
  name: "demo",
  istio: { version: "1.31.3" },
  networks: { shared: { cidr: "10.10.0.0/16" } },
  clusters: { east: { network: "shared" }, west: { network: "shared" } },
  meshes: {
    shop: { clusters: { east: {} } },
    bank: { clusters: { west: {} }, trust: { roots: { own: { secret: "bankRoot" } } } },
  },
};

describe("the plan of trust", () => {
  it("has one root for the meshes that name none, and one for each that does", () => {
    const plan = planTrust(relationsOf(two));
    assert.deepEqual(plan.roots, {
      shared: { commonName: "demo root", secret: undefined },
      "mesh-bank/own": { commonName: "demo bank root/own", secret: "bankRoot" },
    });
    assert.deepEqual(plan.rootOf, { shop: "shared", bank: "mesh-bank/own" });
  });

  it("has one intermediate per istiod", () => {
    const { intermediates } = planTrust(relationsOf(two));
    assert.deepEqual(intermediates, {
      "shop/east": {
        mesh: "shop",
        cluster: "east",
        root: "shared",
        commonName: "demo shop istiod east",
      },
      "bank/west": {
        mesh: "bank",
        cluster: "west",
        root: "mesh-bank/own",
        commonName: "demo bank istiod west",
      },
    });
  });

  it("has none for a remote, which signs nothing", () => {
    const { intermediates } = planTrust(
      relationsOf({
        ...two,
        meshes: {
          prod: { controlPlane: { runsIn: ["east"] }, clusters: { east: {}, west: {} } },
        },
      }),
    );
    assert.deepEqual(Object.keys(intermediates), ["prod/east"]);
  });

  it("has one for each mesh whose external istiod runs in a management cluster, and none for members", () => {
    const mesh = (configCluster: string) => ({
      controlPlane: { mode: "external" as const, runsIn: ["mgmt"], configCluster },
      clusters: { [configCluster]: {} },
    });
    const { intermediates, rootOf } = planTrust(
      relationsOf({
        ...two,
        clusters: { ...two.clusters, mgmt: { network: "shared" } },
        meshes: {
          shop: mesh("east"),
          bank: { ...mesh("west"), trust: { roots: { own: { secret: "bankRoot" } } } },
        },
      }),
    );
    assert.deepEqual(intermediates, {
      "shop/mgmt": {
        mesh: "shop",
        cluster: "mgmt",
        root: "shared",
        commonName: "demo shop istiod mgmt",
      },
      "bank/mgmt": {
        mesh: "bank",
        cluster: "mgmt",
        root: "mesh-bank/own",
        commonName: "demo bank istiod mgmt",
      },
    });
    assert.deepEqual(rootOf, { shop: "shared", bank: "mesh-bank/own" });
  });

  it("keeps the root of a mesh called shared apart", () => {
    const { rootOf } = planTrust(
      relationsOf({
        ...two,
        meshes: {
          shared: { clusters: { east: {} }, trust: {} },
          other: { clusters: { west: {} } },
        },
      }),
    );
    assert.deepEqual(rootOf, { shared: "mesh-shared", other: "shared" });
  });

  it("keys roots by trust and name, of which `default` is not said", () => {
    const keys = (trust: TrustDescription) =>
      planTrust(
        relationsOf({
          ...two,
          trust,
          meshes: { ...two.meshes, bank: { clusters: { west: {} }, trust } },
        }),
      ).rootOf;
    const plain = { shop: "shared", bank: "mesh-bank" };
    assert.deepEqual(keys({}), plain);
    assert.deepEqual(keys({ roots: { default: {} } }), plain);
    assert.deepEqual(keys({ roots: { default: { secret: "meshRoot" } } }), plain);
    assert.deepEqual(keys({ roots: { own: {} } }), { shop: "shared/own", bank: "mesh-bank/own" });
  });

  it("signs with one of several roots, whose names differ", () => {
    const { roots, rootOf, intermediates } = planTrust(
      relationsOf({
        ...two,
        trust: { roots: { default: {}, next: {} }, signing: "next" },
        meshes: { shop: { clusters: { east: {} } } },
      }),
    );
    assert.deepEqual(roots, {
      shared: { commonName: "demo root", secret: undefined },
      "shared/next": { commonName: "demo root/next", secret: undefined },
    });
    assert.deepEqual(rootOf, { shop: "shared/next" });
    assert.equal(intermediates["shop/east"].root, "shared/next");
  });

  it("cuts names that certificates cannot hold, and keeps them apart", () => {
    const mesh = "m".repeat(62);
    const { intermediates } = planTrust(
      relationsOf({
        ...two,
        meshes: { [mesh]: { clusters: { east: {}, west: {} } } },
      }),
    );
    const names = Object.values(intermediates).map(({ commonName }) => commonName);
    assert.deepEqual(
      names.map(({ length }) => length),
      [64, 64],
    );
    assert.notEqual(names[0], names[1]);
  });
});

function property(claim: (relations: Relations) => void): void {
  const built = descriptions.map((description) => relationsOf(description));
  fc.assert(fc.property(built, claim), { numRuns: 200 });
}

describe("every plan of trust", () => {
  it("gives each control plane an intermediate of its mesh's root", () => {
    property((relations) => {
      const { roots, rootOf, intermediates } = planTrust(relations);
      const expected = Object.values(relations.topology.meshes).flatMap(({ name, runsIn }) =>
        runsIn.map((cluster) => memberKey(name, cluster)),
      );
      assert.deepEqual(Object.keys(intermediates).sort(), expected.sort());
      for (const { mesh, root } of Object.values(intermediates)) {
        assert.equal(root, rootOf[mesh]);
        assert.ok(roots[root]);
      }
      assert.deepEqual(new Set(Object.values(rootOf)), new Set(Object.keys(roots)));
    });
  });

  it("names every certificate differently, within 64 characters", () => {
    property((relations) => {
      const { roots, intermediates } = planTrust(relations);
      const names = [...Object.values(roots), ...Object.values(intermediates)].map(
        ({ commonName }) => commonName,
      );
      assert.equal(new Set(names).size, names.length);
      for (const name of names) assert.ok(name.length > 0 && name.length <= 64, name);
    });
  });
});
