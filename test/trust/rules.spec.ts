import assert from "node:assert/strict";
import { Severity, type TopologyDescription } from "../../components/topology";
import { trustRules } from "../../components/trust";
import { ask, type Claim, testEveryRule, testRules } from "../support/rules";
import { patterns, topologyOf } from "../support/topologies";

const good: TopologyDescription = {
  istio: { version: "1.31.3" },
  networks: { shared: { cidr: "10.10.0.0/16" } },
  clusters: {
    east: { network: "shared" },
    west: { network: "shared" },
    south: { network: "shared" },
  },
  meshes: {
    bank: { clusters: { west: {} }, trust: {}, trustDomain: "bank.example" },
    shop: { clusters: { east: {} }, trustDomain: "shop.example" },
  },
};
const provided = (name: string, secret: string) => ({ roots: { [name]: { secret } } });

const SHARED_ROOT =
  'meshes.shop.trust: got a root of mesh bank, with trust domain "shop.example" beside "bank.example"; allowed: a root of its own, or the same trust domain; fix: set meshes.shop.trust to {} for one that is generated';
const SHARED_IDENTITY =
  'meshes.shop.trustDomain: got "cluster.local"; allowed: a trust domain or a root of its own; fix: workloads of meshes bank and shop can pass for each other: give one a trustDomain, or a trust of its own';

/** Leaves both meshes with the default trust domain. */
function forgetTrustDomains({ meshes: { bank, shop } }: TopologyDescription): void {
  delete bank.trustDomain;
  delete shop.trustDomain;
}

/** Lets the meshes share the stack's roots, of which several are accepted. */
function shareSeveral(description: TopologyDescription): void {
  description.trust = { roots: { old: {}, new: {} }, signing: "old" };
  delete description.meshes.bank.trust;
}
const ORDER =
  "allowed: one root, or several while one takes another's place; fix: one that comes may sign once every proxy accepts it:";

const claims: Claim[] = [
  [
    "trust-several-roots",
    "a root that comes or goes, once for all meshes that share it",
    shareSeveral,
    `trust.roots: got new beside old, which signs; ${ORDER} sidecars and gateways do some minutes after \`up\`; one that goes may leave a lifetime of certificates (24 hours) after old began to sign everywhere; docs/roots.md has the steps`,
  ],
  [
    "trust-several-roots",
    "a mesh's own, where ztunnel hears of none while it runs",
    ({ meshes }) => {
      meshes.bank.dataPlane = "ambient";
      meshes.bank.trust = { roots: { a: {}, c: {}, b: {} }, signing: "b" };
    },
    `meshes.bank.trust.roots: got a, c beside b, which signs; ${ORDER} ztunnels, waypoints and gateways do once they have restarted, or half a lifetime of certificates (12 hours) after \`up\`; one that goes may leave a lifetime of certificates (24 hours) after b began to sign everywhere; docs/roots.md has the steps`,
  ],
  [
    "trust-several-roots",
    "the slowest of several meshes",
    (description) => {
      shareSeveral(description);
      description.meshes.bank.dataPlane = "ambient";
    },
    `trust.roots: got new beside old, which signs; ${ORDER} ztunnels, waypoints and gateways do once they have restarted, or half a lifetime of certificates (12 hours) after \`up\`, sidecars and gateways do some minutes after \`up\`; one that goes may leave a lifetime of certificates (24 hours) after old began to sign everywhere; docs/roots.md has the steps`,
  ],
  [
    "trust-several-roots",
    "nothing is said of one root, nor of several that no mesh has",
    (description) => {
      description.trust = { roots: { old: {}, new: {} }, signing: "old" };
      description.meshes.shop.trust = { roots: { own: {} }, signing: "own" };
    },
  ],
  [
    "trust-shared-root",
    "a root that one mesh signs with and another still accepts",
    ({ meshes }) => {
      const { main } = provided("main", "meshRoot").roots;
      meshes.bank.trust = { roots: { main, next: {} }, signing: "next" };
      meshes.shop.trust = provided("own", "meshRoot");
    },
    SHARED_ROOT,
  ],
  [
    "trust-shared-root",
    "two trust domains below the stack's root",
    ({ meshes }) => delete meshes.bank.trust,
    SHARED_ROOT,
  ],
  [
    "trust-shared-root",
    "two trust domains below trusts of their own that name one secret, each by another name",
    ({ meshes }) => {
      meshes.bank.trust = provided("main", "meshRoot");
      meshes.shop.trust = provided("own", "meshRoot");
    },
    SHARED_ROOT,
  ],
  [
    "trust-shared-root",
    "a trust of its own that names the secret of the stack's root",
    (description) => {
      description.trust = provided("main", "meshRoot");
      description.meshes.bank.trust = provided("own", "meshRoot");
    },
    SHARED_ROOT,
  ],
  [
    "trust-shared-root",
    "nothing is said of roots from two secrets, whatever their names",
    ({ meshes }) => {
      meshes.bank.trust = provided("own", "bankRoot");
      meshes.shop.trust = provided("own", "shopRoot");
    },
  ],
  [
    "trust-shared-root",
    "nothing is said of two roots that are generated",
    ({ meshes }) => (meshes.shop.trust = {}),
  ],
  [
    "trust-shared-root",
    "nothing is said of one trust domain",
    ({ meshes }) => {
      delete meshes.bank.trust;
      meshes.bank.trustDomain = "shop.example";
    },
  ],
  [
    "shared-identity",
    "one trust domain below the stack's root",
    (description) => {
      forgetTrustDomains(description);
      delete description.meshes.bank.trust;
    },
    SHARED_IDENTITY,
  ],
  [
    "shared-identity",
    "one trust domain below trusts of their own that name one secret",
    (description) => {
      forgetTrustDomains(description);
      description.meshes.bank.trust = provided("main", "meshRoot");
      description.meshes.shop.trust = provided("own", "meshRoot");
    },
    SHARED_IDENTITY,
  ],
  [
    "shared-identity",
    "nothing is said of one trust domain below two roots",
    (description) => forgetTrustDomains(description),
  ],
  [
    "shared-identity",
    "nothing is said of two trust domains below one root",
    ({ meshes }) => delete meshes.bank.trust,
  ],
  [
    "shared-identity",
    "a mesh is compared with all before it, not with the first alone",
    ({ meshes }) => {
      delete meshes.bank.trust;
      meshes.third = { clusters: { south: {} }, trustDomain: "shop.example" };
    },
    'meshes.third.trustDomain: got "shop.example"; allowed: a trust domain or a root of its own; fix: workloads of meshes shop and third can pass for each other: give one a trustDomain, or a trust of its own',
  ],
];

describe("the rules of trust", () => {
  testRules(trustRules, good, claims);
  testEveryRule(trustRules, claims);

  it("only warn", () => {
    assert.deepEqual(
      trustRules.map(({ severity }) => severity),
      [Severity.Warning, Severity.Warning, Severity.Warning],
    );
  });

  it("are content with the ready patterns", () => {
    for (const description of Object.values(patterns))
      assert.deepEqual(ask(trustRules, topologyOf(description)), []);
  });
});
