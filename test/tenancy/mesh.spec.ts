import assert from "node:assert/strict";
import { guardSpecs } from "../../components/tenancy/namespace/admission";
import type { TopologyDescription } from "../../components/topology";
import { cellsOf } from "../mesh/reach/support";
import { factsOf } from "../support/topologies";
import { ambient, changed, good } from "./good";

const { tenancy } = factsOf(good);
const key = (tenant: string, cluster = "east") => `prod/${cluster}/${tenant}.tenant`;

describe("what meshes that tenants share say to istiod", () => {
  const valuesOf = (description: TopologyDescription) =>
    factsOf(description).istio.controlPlanes["prod/east"]!.istiods[0]!.neededValues as {
      meshConfig?: Record<string, unknown>;
      env?: Record<string, string>;
    };

  it("is that what says nothing is known to its namespace, Services to gateways too", () => {
    const { meshConfig } = valuesOf(good);
    assert.deepEqual(meshConfig!.defaultServiceExportTo, [
      ".",
      "istio-system",
      "istio-ingress-web",
    ]);
    assert.deepEqual(meshConfig!.defaultVirtualServiceExportTo, ["."]);
    assert.deepEqual(meshConfig!.defaultDestinationRuleExportTo, ["."]);
    assert.equal("serviceEntryVisibility" in meshConfig!, false);
  });

  it("is that nobody asks it without TLS, selects others' gateways, or has it fetch keys inside", () => {
    const { env } = valuesOf(good);
    assert.equal(env!.XDS_AUTH_PLAINTEXT, "true");
    assert.equal(env!.PILOT_SCOPE_GATEWAY_TO_NAMESPACE, "true");
    const blocked = env!.BLOCKED_CIDRS_IN_JWKS_URIS!.split(",");
    for (const range of ["10.0.0.0/8", "169.254.0.0/16", "127.0.0.0/8", "::1/128"])
      assert.ok(blocked.includes(range), range);
  });

  it("is that ambient keeps ServiceEntries to their namespace, but where no tenant writes", () => {
    assert.deepEqual(valuesOf(ambient).meshConfig!.serviceEntryVisibility, {
      defaultVisibility: "NAMESPACE",
      policies: [
        {
          visibility: "PUBLIC",
          matchingRules: [
            {
              namespaceSelector: {
                matchExpressions: [{ key: "istio-patterns/tenant", operator: "DoesNotExist" }],
              },
            },
          ],
        },
      ],
    });
  });

  it("is nothing without tenants", () => {
    const { tenants, ...without } = good;
    assert.ok(tenants);
    assert.deepEqual(valuesOf(without).meshConfig, undefined);
  });
});

describe("admission in tenants' namespaces", () => {
  const [guard] = Object.values(tenancy.guards);
  const specs = guardSpecs(guard!);

  it("asks in every tenant's namespace and in no other, and refuses where it cannot be asked", () => {
    assert.equal(Object.keys(specs).length, 8);
    for (const { failurePolicy, matchConstraints } of Object.values(specs)) {
      assert.equal(failurePolicy, "Fail");
      assert.deepEqual(matchConstraints.namespaceSelector, {
        matchExpressions: [{ key: "istio-patterns/tenant", operator: "Exists" }],
      });
    }
  });

  it("is the same however many tenants there are", () => {
    const one = changed(({ tenants }) => {
      const { "team-c": kept } = tenants!.of;
      tenants!.of = { "team-c": kept! };
    });
    assert.deepEqual(guardSpecs(factsOf(one).tenancy.guards.east!), specs);
  });

  it("knows the networks of the description, what AWS has for Services, and itself", () => {
    assert.deepEqual(guard!.closedRanges, [
      ...["0.0.0.0/8", "10.10.0.0/16", "10.20.0.0/16", "10.100.0.0/16", "127.0.0.0/8"],
      ...["169.254.0.0/16", "172.20.0.0/16"],
    ]);
    assert.match(JSON.stringify(specs.serviceentries), /'10\.20\.0\.0\/16'/);
  });
});

describe("the matrix of tenants", () => {
  const cells = cellsOf(good);
  const a = key("team-a");

  it("has cells within a tenant, across networks too, and none between tenants", () => {
    assert.equal(cells[`${a} → ${a}`], "direct as spiffe://prod.example/ns/*/sa/*");
    assert.match(cells[`${a} → ${key("team-a", "west")}`]!, /^through prod\/west\/east-west/);
    for (const other of [key("team-b"), key("team-b", "west"), "prod/east", "east"])
      assert.equal(cells[`${a} → ${other}`], "not at all: other-tenant", other);
    for (const other of ["prod/east", "prod/west", "east", "prod/east/web"])
      assert.equal(cells[`${other} → ${a}`], "not at all: other-tenant", other);
  });

  it("has those whom a service is shared with, as who they are, and nobody else", () => {
    assert.equal(
      cells[`${key("team-b")} → prod/web.a-web`],
      "direct as spiffe://prod.example/ns/b-web/sa/*",
    );
    for (const other of [key("team-c"), "prod/east"])
      assert.equal(cells[`${other} → prod/web.a-web`], "not at all: not-shared", other);
    // A service as any other.
    assert.equal(cells[`${a} → prod/web.a-web`], undefined);
  });
});
