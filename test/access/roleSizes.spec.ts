import assert from "node:assert/strict";
import type { TopologyDescription } from "../../components/topology";
import { planAccess } from "../../components/access";
import { lengthOf, roleSizeRules } from "../../components/access/roleSizes";
import { runDescription } from "../support/program";
import { said } from "../support/rules";
import { relationsOf } from "../support/topologies";

/** One mesh whose clusters are each in an account of their own, all of whose istiods watch all others. */
function spread(accounts: number, more: Partial<TopologyDescription> = {}): TopologyDescription {
  const names = Array.from({ length: accounts }, (_, index) => `c${index}`);
  const each = <T>(make: (name: string, index: number) => T) =>
    Object.fromEntries(names.map((name, index) => [name, make(name, index)]));
  return {
    name: "demo",
    istio: { version: "1.31.3" },
    api: { private: { cidrs: ["172.16.0.0/12"] } },
    links: { via: "transit-gateway", owner: { roleArn: "arn:aws:iam::999988887777:role/network" } },
    networks: each((_, index) => ({
      cidr: `10.${index}.0.0/16`,
      account: { roleArn: `arn:aws:iam::${String(111122223333 + index)}:role/deploy` },
    })),
    clusters: each((name) => ({ network: name })),
    meshes: { prod: { clusters: each(() => ({})) } },
    ...more,
  };
}

const messages = (id: string, description: TopologyDescription) =>
  said(roleSizeRules, id, description);

describe("the documents of readers' roles", () => {
  it("are as long as the plan says", async () => {
    const description = spread(3, { iam: { path: "/mesh/" } });
    const graph = await runDescription(description);
    const roles = graph
      .ofType("aws:iam/role:Role")
      .filter(({ inputs }) => String(inputs.name).includes("istio-reader"));
    assert.equal(roles.length, 3);
    const [longest] = messages("quota-trust-policy-length", {
      ...description,
      quotas: { trustPolicyLength: 100 },
    });
    const lengths = roles.map(({ inputs }) => String(inputs.assumeRolePolicy).length);
    assert.match(longest, new RegExp(`got ${Math.max(...lengths)} characters in the trust policy`));
    const policies = graph
      .ofType("aws:iam/rolePolicy:RolePolicy")
      .filter(({ name }) => name.endsWith("-assume"));
    const { roles: plans } = planAccess(relationsOf(description));
    assert.equal(policies.length, Object.keys(plans).length);
    for (const { inputs } of policies) {
      assert.equal(lengthOf(JSON.parse(inputs.policy)), String(inputs.policy).length);
      assert.match(inputs.policy, /:role\/mesh\/demo-istio-reader-prod-/);
    }
  });

  const SHORTEN = "let the mesh's clusters be of fewer accounts, or shorten iam.path";
  const RAISE = `have AWS raise "Role trust policy length" in each account and say so in quotas.trustPolicyLength, or ${SHORTEN}`;
  const trust = (length: number, others: number, allowed: string, fix: string) =>
    `meshes.prod.clusters: got ${length} characters in the trust policy of a reader's role, which names the roles of ${others} other accounts; allowed: ${allowed}; fix: ${fix}`;

  it("fit every account until a mesh has 18 accounts, or fewer where a path makes ARNs longer", () => {
    const id = "standard-quota-trust-policy-length";
    const standard = "2048, what AWS gives every account";
    assert.deepEqual(messages(id, spread(17)), []);
    assert.deepEqual(messages(id, spread(18)), [trust(2130, 17, standard, RAISE)]);
    const iam = { path: `/${"p".repeat(60)}/` };
    assert.deepEqual(messages(id, spread(10, { iam })), []);
    assert.deepEqual(messages(id, spread(11, { iam })), [trust(2054, 10, standard, RAISE)]);
  });

  it("fit accounts with a raised quota, as far as AWS raises it", () => {
    const quotas = { trustPolicyLength: 2130 };
    assert.deepEqual(messages("standard-quota-trust-policy-length", spread(18, { quotas })), []);
    const id = "quota-trust-policy-length";
    assert.deepEqual(messages(id, spread(18, { quotas })), []);
    assert.deepEqual(messages(id, spread(19, { quotas })), [
      trust(2228, 18, "2130, as quotas says", RAISE),
    ]);
    assert.deepEqual(messages(id, spread(79)), []);
    const most = trust(8206, 79, "8192, the most that AWS gives", SHORTEN);
    assert.deepEqual(messages(id, spread(80)), [most]);
    assert.deepEqual(messages(id, spread(80, { quotas: { trustPolicyLength: 9000 } })), [most]);
  });

  it("let one istiod's role take those of so many accounts", () => {
    const id = "access-role-policy-length";
    const described = (accounts: number) => {
      const description = spread(accounts, { iam: { path: `/${"p".repeat(510)}/` } });
      description.meshes.prod.controlPlane = { runsIn: ["c0"] };
      return description;
    };
    assert.deepEqual(messages(id, described(18)), []);
    assert.deepEqual(messages(id, described(19)), [
      `meshes.prod.clusters: got 10514 characters in the policy of a reader's role, which names the roles of 18 other accounts; allowed: 10240, the most that AWS takes; fix: ${SHORTEN}`,
    ]);
  });
});
