import assert from "node:assert/strict";
import { trustRules } from "../../components/trust";
import { formatProblem } from "../../components/topology";
import type { MeshDescription, TopologyDescription } from "../../components/topology";
import { patterns, topologyOf } from "../support/topologies";

const meshes = (
  shop: Partial<MeshDescription>,
  bank: Partial<MeshDescription>,
): TopologyDescription => ({
  networks: { shared: { cidr: "10.10.0.0/16" } },
  clusters: { east: { network: "shared" }, west: { network: "shared" } },
  meshes: {
    shop: { trustDomain: "shop.example", clusters: { east: {} }, ...shop },
    bank: { trustDomain: "bank.example", clusters: { west: {} }, ...bank },
  },
});

function messages(description: TopologyDescription): string[] {
  const topology = topologyOf(description);
  return trustRules.flatMap((rule) => rule.check(topology)).map(formatProblem);
}

const WARNING =
  'meshes.bank.trust: got the root of mesh shop, with trust domain "bank.example" beside "shop.example"; allowed: a root of its own, or the same trust domain; fix: set meshes.bank.trust.root to generated';

describe("the rules of trust", () => {
  it("warn where meshes of different trust domains share the stack's root", () => {
    assert.deepEqual(messages(meshes({}, {})), [WARNING]);
  });

  it("warn where both are given the same provided root", () => {
    const trust = { root: "provided", secret: "meshRoot" } as const;
    assert.deepEqual(messages(meshes({ trust }, { trust })), [WARNING]);
  });

  it("are content with roots of their own, one trust domain, and the ready patterns", () => {
    const own: Partial<MeshDescription> = { trust: {} };
    const good = [
      meshes({}, own),
      meshes(own, own),
      meshes({}, { trustDomain: "shop.example" }),
      ...Object.values(patterns),
    ];
    for (const description of good) assert.deepEqual(messages(description), []);
  });
});
