import assert from "node:assert/strict";
import type { Access, Thing, Where } from "../../../cli/verify/access";
import { exchangeFindings, readExchange } from "../../../cli/verify/standing/exchange";
import { expectedClusters } from "../../../cli/verify/standing/expected";
import { reading } from "../../../cli/verify/standing/read";
import { checkTopology } from "../../../components/mesh";
import type { TopologyDescription } from "../../../components/topology";
import { patterns } from "../../support/topologies";

const shared = patterns["04-multi-mesh"];
const HOST = "payments.pay.svc.cluster.local";

/** What is found of the exporting mesh, whose cluster has some objects. */
async function found(description: TopologyDescription, objects: Thing[]) {
  const { planned } = checkTopology(description, {
    ...{ name: "demo", region: "eu-west-1", offline: true },
  });
  const west = expectedClusters(planned!).find(({ name }) => name === "west")!;
  const isIn = ({ kind, metadata }: Thing, wanted: string, namespace?: string) =>
    kind === wanted && metadata.namespace === namespace;
  const access = {
    list: async (_: string, kind: string, { namespace }: Where) =>
      objects.filter((one) => isIn(one, kind, namespace)),
    read: async (_: string, kind: string, name: string, namespace?: string) =>
      objects.find((one) => isIn(one, kind, namespace) && one.metadata.name === name),
  } as unknown as Access;
  const [expected] = west.exchanges;
  const observed = await readExchange(access, expected, reading);
  return exchangeFindings(expected, observed).map(({ level, what, says }) => [level, what, says]);
}

const gateway = {
  ...{ kind: "Gateway", metadata: { name: "federation", namespace: "istio-federation" } },
  spec: { servers: [{ hosts: [HOST] }] },
};
const policy = {
  kind: "AuthorizationPolicy",
  metadata: { name: "federation-shop", namespace: "istio-system" },
};
const own = { kind: "AuthorizationPolicy", metadata: { name: "mine", namespace: "istio-system" } };
const meshConfig = {
  ...{ kind: "ConfigMap", metadata: { name: "istio", namespace: "istio-system" } },
  data: { mesh: "caCertificates:\n- pem: x\n  trustDomains:\n  - shop.example\n" },
};

const what = "exchange of bank";

/** The same after a change of the export. */
function after(change: (federation: Thing) => void): TopologyDescription {
  const description = structuredClone(shared);
  change(description.federation);
  return description;
}

/** In the order of taking back: first what is exported, then the export. */
const emptied = after(({ exports }) => (exports.payments.services = {}));
const parted = after((federation) => {
  federation.exports = {};
  federation.gateways = {};
});

describe("verify, of what meshes exchange", () => {
  it("says what a gateway leads to, whom policies are for and whose roots are accepted", async () => {
    assert.deepEqual(await found(shared, [gateway, policy, own, meshConfig]), [
      ["right", what, `leads to ${HOST}`],
      ["right", what, "refuses what is not exported to shop"],
      ["right", what, "accepts roots for shop.example"],
    ]);
  });

  it("finds what lacks", async () => {
    assert.deepEqual(await found(shared, [own]), [
      ["wrong", what, `nothing leads to ${HOST}, which is planned`],
      ["wrong", what, "nothing refuses what is not exported to shop, which is planned"],
      ["wrong", what, "nothing accepts roots for shop.example, which is planned"],
    ]);
  });

  it("finds a host that was taken back and is still led to, and no fault once it is not", async () => {
    const rest = [
      ["right", what, "refuses what is not exported to shop"],
      ["right", what, "accepts roots for shop.example"],
    ];
    assert.deepEqual(await found(emptied, [gateway, policy, meshConfig]), [
      ["wrong", what, `leads to ${HOST}, which is not planned`],
      ...rest,
    ]);
    assert.deepEqual(await found(emptied, [policy, meshConfig]), rest);
  });

  it("finds a policy and roots that outlive an exchange, and is silent once they are gone", async () => {
    assert.deepEqual(await found(parted, [policy, meshConfig]), [
      ["wrong", what, "refuses what is not exported to shop, which is not planned"],
      ["wrong", what, "accepts roots for shop.example, which is not planned"],
    ]);
    assert.deepEqual(await found(parted, []), []);
  });

  it("finds nothing wrong with roots that extra values of an istiod name", async () => {
    const description = structuredClone(parted);
    const anchor = { pem: "x", trustDomains: ["corp.example"] };
    for (const mesh of Object.values(description.meshes))
      mesh.values = { istiod: { meshConfig: { caCertificates: [anchor] } } };
    const both = structuredClone(meshConfig);
    both.data.mesh += "- pem: y\n  trustDomains:\n  - corp.example\n";
    assert.deepEqual(await found(description, [both]), [
      ["wrong", what, "accepts roots for shop.example, which is not planned"],
    ]);
  });

  it("says nothing of roots that another stack says, which it does not read", async () => {
    const description = after((federation) => {
      const output = { stack: "acme/mesh/shops", name: "federation" };
      federation.peers = { shops: { output } };
      federation.exports.payments.to = ["shops"];
      federation.exports.payments.services[HOST].allow = ["shops/frontend"];
    });
    const theirs = structuredClone(policy);
    theirs.metadata.name = "federation-shops";
    assert.deepEqual(await found(description, [gateway, theirs, meshConfig]), [
      ["right", what, `leads to ${HOST}`],
      ["right", what, "refuses what is not exported to shops"],
    ]);
  });
});
