import assert from "node:assert/strict";
import { buildDiff } from "../../../cli/diff/build";
import { Fate } from "../../../cli/diff/change";
import type { Change } from "../../../cli/diff/change";
import { dangerOf } from "../../../cli/diff/dangers";
import { diffRows } from "../../../cli/diff/words";
import { planStack } from "../../../cli/planFile";
import type { TopologyDescription } from "../../../components/topology";
import { diffOf, TWO } from "./support";

const OURS = "istio-patterns:index:";

/** A resource in a component of the package, and what becomes of it. */
function change(type: string, inside: string, fate: Fate): Change {
  return {
    ...{ urn: `urn:pulumi:s::p::${OURS}${inside}$${type}::it`, type, name: "it", room: "mesh" },
    ...{ fate, inputs: [], follows: [], protected: false, retained: false },
  };
}

const plan = (description: TopologyDescription) =>
  planStack({
    ...{ stack: "test", region: "eu-west-1", description, secretKeys: [] },
    config: { "aws:region": "eu-west-1" },
  });

describe("what is dangerous", () => {
  const ADDRESS = "the gateway's load balancer gets another address";
  const [BALANCER, RELEASE] = ["aws:lb/loadBalancer:LoadBalancer", "kubernetes:helm.sh/v3:Release"];
  const cases: [type: string, inside: string, why: string | undefined][] = [
    ["aws:ec2/vpc:Vpc", "Vpc", "with everything in it"],
    ["aws:ec2/subnet:Subnet", "Vpc", undefined],
    ["eks:index:Cluster", "EksCluster", "with everything that runs in it"],
    [
      "tls:index/privateKey:PrivateKey",
      "RootCa",
      "no certificate that the root stands for is accepted any more: rotate it (docs/roots.md)",
    ],
    ["tls:index/privateKey:PrivateKey", "IntermediateCa", undefined],
    [
      BALANCER,
      "InternalBalancer",
      "clusters that are served by istiod behind it lose it meanwhile",
    ],
    [
      BALANCER,
      `FederationGateway$${OURS}InternalBalancer`,
      "other meshes call by its addresses, and lose what they import meanwhile",
    ],
    [RELEASE, "EastWestGateway", ADDRESS],
    [RELEASE, "IngressGateway", ADDRESS],
    [RELEASE, "IstioControlPlane", undefined],
    ["kubernetes:gateway.networking.k8s.io/v1:Gateway", "AmbientEastWestGateway", ADDRESS],
  ];
  for (const [type, inside, danger] of cases) {
    it(`is ${danger ? "" : "not "}${type} of ${inside.split("$")[0]} that goes or is made anew`, () => {
      for (const fate of [Fate.Removed, Fate.Replaced])
        assert.equal(dangerOf(change(type, inside, fate)).danger, danger);
      for (const fate of [Fate.Added, Fate.Changed])
        assert.equal(dangerOf(change(type, inside, fate)).danger, undefined);
    });
  }

  it("is no port that closes to the world", async () => {
    const open = structuredClone(TWO);
    open.meshes.prod.ingress = { public: { clusters: ["east"], exposure: "internet" } };
    const { dangers, ports } = await diffOf(open, ({ meshes }) => {
      delete meshes.prod.ingress;
    });
    assert.ok(ports.some(({ world, opened }) => world && !opened));
    assert.deepEqual(
      dangers.filter((danger) => danger.includes("world")),
      [],
    );
  });

  it("is held back by protection where all of it is protected", async () => {
    const [base, head] = [await plan(TWO), await plan(moved())];
    const held = () =>
      buildDiff({ name: "base", plan: base }, { name: "head", plan: head }).dangers[0];
    const said = "Vpc test-net-east, test-net-west replaced: with everything in it";
    assert.equal(held(), `${said} (\`up\` refuses: protected)`);
    base.graph.ofType("aws:ec2/vpc:Vpc")[0]!.protect = false;
    assert.equal(held(), said);
  });

  function moved(): TopologyDescription {
    const copy = structuredClone(TWO);
    copy.networks["net-east"].cidr = "10.98.0.0/16";
    copy.networks["net-west"].cidr = "10.99.0.0/16";
    return copy;
  }
});

describe("a diff in words", () => {
  it("says first what nobody knows to replace or not", async () => {
    const diff = await diffOf(TWO, ({ istio }) => void (istio!.version = "1.31.3"));
    const [first] = diff.resources;
    first!.inputs.push({ path: "colour", before: 1, after: 2, effect: "unknown" });
    assert.deepEqual(diffRows(diff)[0], [
      "not known",
      "whether these replace what they are of: kubernetes:helm.sh/v3:Release colour",
    ]);
    first!.fate = Fate.Replaced;
    assert.notEqual(diffRows(diff)[0]![0], "not known");
  });

  it("compares of the nearest quota only what both plans have", async () => {
    const ingress = (cluster: string) => ({ public: { clusters: [cluster] } });
    const base = structuredClone(TWO);
    base.meshes.prod.ingress = ingress("east");
    const { quotas } = await diffOf(base, ({ meshes }) => {
      meshes.prod.ingress = ingress("west");
    });
    assert.ok(
      quotas.every(
        ({ before, after, what }) => (before > 0 && after > 0) || / in eu-west-1$/.test(what),
      ),
      JSON.stringify(quotas),
    );
  });
});
