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
      shared: { commonName: "demo root", secret: undefined, signs: true },
      "mesh-bank/own": { commonName: "demo bank root/own", secret: "bankRoot", signs: true },
    });
    assert.deepEqual(plan.rootsOf, { shop: ["shared"], bank: ["mesh-bank/own"] });
  });

  it("has one intermediate per istiod", () => {
    const { intermediates } = planTrust(relationsOf(two));
    assert.deepEqual(intermediates, {
      "shop/east": {
        mesh: "shop",
        cluster: "east",
        root: "shared",
        name: "shop-east-ca",
        commonName: "demo shop istiod east",
      },
      "bank/west": {
        mesh: "bank",
        cluster: "west",
        root: "mesh-bank/own",
        name: "bank-west-own-ca",
        commonName: "demo bank own istiod west",
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
    const { intermediates, rootsOf } = planTrust(
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
        name: "shop-mgmt-ca",
        commonName: "demo shop istiod mgmt",
      },
      "bank/mgmt": {
        mesh: "bank",
        cluster: "mgmt",
        root: "mesh-bank/own",
        name: "bank-mgmt-own-ca",
        commonName: "demo bank own istiod mgmt",
      },
    });
    assert.deepEqual(rootsOf, { shop: ["shared"], bank: ["mesh-bank/own"] });
  });

  it("keeps the root of a mesh called shared apart", () => {
    const { rootsOf } = planTrust(
      relationsOf({
        ...two,
        meshes: {
          shared: { clusters: { east: {} }, trust: {} },
          other: { clusters: { west: {} } },
        },
      }),
    );
    assert.deepEqual(rootsOf, { shared: ["mesh-shared"], other: ["shared"] });
  });

  it("keys roots by trust and name, of which `default` is not said", () => {
    const keys = (trust: TrustDescription) =>
      planTrust(
        relationsOf({
          ...two,
          trust,
          meshes: { ...two.meshes, bank: { clusters: { west: {} }, trust } },
        }),
      ).rootsOf;
    const plain = { shop: ["shared"], bank: ["mesh-bank"] };
    assert.deepEqual(keys({}), plain);
    assert.deepEqual(keys({ roots: { default: {} } }), plain);
    assert.deepEqual(keys({ roots: { default: { secret: "meshRoot" } } }), plain);
    assert.deepEqual(keys({ roots: { own: {} } }), {
      shop: ["shared/own"],
      bank: ["mesh-bank/own"],
    });
  });

  /** What the mesh is told of roots, and what signs in it, at each step from one root to another. */
  const step = (trust: TrustDescription) => {
    const meshes = { shop: { clusters: { east: {} } } };
    const { roots, rootsOf, intermediates } = planTrust(relationsOf({ ...two, trust, meshes }));
    const { root, name, commonName } = intermediates["shop/east"];
    return { roots, accepted: rootsOf.shop, below: { root, name, commonName } };
  };
  const both = { default: {}, next: { secret: "nextRoot" } };
  const [first, second] = [
    { commonName: "demo root", secret: undefined },
    { commonName: "demo root/next", secret: "nextRoot" },
  ];
  const old = { root: "shared", name: "shop-east-ca", commonName: "demo shop istiod east" };

  it("accepts a root beside the one that signs, below which nothing changes", () => {
    assert.deepEqual(step({}).below, old);
    assert.deepEqual(step({ roots: both, signing: "default" }), {
      roots: {
        shared: { ...first, signs: true },
        "shared/next": { ...second, signs: false },
      },
      accepted: ["shared", "shared/next"],
      below: old,
    });
  });

  it("names the root that signs first, and has other intermediates below it", () => {
    assert.deepEqual(step({ roots: both, signing: "next" }), {
      roots: {
        shared: { ...first, signs: false },
        "shared/next": { ...second, signs: true },
      },
      accepted: ["shared/next", "shared"],
      below: {
        root: "shared/next",
        name: "shop-east-next-ca",
        commonName: "demo shop next istiod east",
      },
    });
  });

  it("keeps what stands below a root when it is the only one again", () => {
    const { next } = both;
    const last = step({ roots: { next } });
    assert.deepEqual(last.accepted, ["shared/next"]);
    assert.deepEqual(last.below, step({ roots: both, signing: "next" }).below);
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
      const { roots, rootsOf, intermediates } = planTrust(relations);
      const expected = Object.values(relations.topology.meshes).flatMap(({ name, runsIn }) =>
        runsIn.map((cluster) => memberKey(name, cluster)),
      );
      assert.deepEqual(Object.keys(intermediates).sort(), expected.sort());
      for (const { mesh, root } of Object.values(intermediates)) {
        assert.equal(root, rootsOf[mesh][0]);
        assert.ok(roots[root].signs);
      }
      assert.deepEqual(new Set(Object.values(rootsOf).flat()), new Set(Object.keys(roots)));
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
