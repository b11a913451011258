import assert from "node:assert/strict";
import fc from "fast-check";
import type { TenantDescription, TopologyDescription } from "../../components/topology";
import { runDescription } from "../support/program";
import { factsOf } from "../support/topologies";
import { good } from "./good";

/** So many tenants of one mesh and cluster, each with two namespaces and a service that it shares with the next. */
function crowd(count: number): TopologyDescription {
  const tenant = (index: number): TenantDescription => ({
    ...{ mesh: "prod", namespaces: [`n${index}-web`, `n${index}-db`] },
    admins: [`arn:aws:iam::123456789012:role/t${index}`],
    shares: {
      [`web.n${index}-web.svc.cluster.local`]: {
        ...{ to: [`t${(index + 1) % count}`], pods: { app: "web" }, ports: [8080] },
      },
    },
  });
  const { networks, clusters, ...rest } = good;
  return {
    ...rest,
    networks: { "net-east": networks["net-east"]! },
    clusters: { east: clusters.east! },
    meshes: { prod: { trustDomain: "prod.example", clusters: { east: {} } } },
    tenants: {
      model: "namespace",
      of: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`t${index}`, tenant(index)]),
      ),
    },
  };
}

describe("the size of tenancy", () => {
  it("grows by the same number of objects with each tenant, however many there are", async () => {
    const sizes = [];
    for (const count of [2, 3, 4, 12])
      sizes.push((await runDescription(crowd(count))).resources.length);
    const [two, three, four, twelve] = sizes as [number, number, number, number];
    assert.ok(three > two);
    assert.equal(four - three, three - two);
    assert.equal(twelve - four, 8 * (three - two));
  });

  it("changes nothing of one tenant with another that neither shares with it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 8 }), fc.nat(), (count, at) => {
        const index = at % count;
        const all = crowd(count);
        const fewer = structuredClone(all);
        delete fewer.tenants!.of[`t${index}`];
        for (const tenant of Object.values(fewer.tenants!.of))
          for (const [host, { to }] of Object.entries(tenant.shares!))
            if (to.includes(`t${index}`)) delete tenant.shares![host];
        const before = factsOf(all).tenancy.tenants;
        const after = factsOf(fewer).tenancy.tenants;
        const next = [(index + 1) % count, (index + count - 1) % count].map((one) => `t${one}`);
        for (const [key, plan] of Object.entries(after))
          if (!next.includes(plan.tenant)) assert.deepEqual(plan, before[key]);
      }),
    );
  });

  it("lets in by every policy nobody but the tenant and whom it shares with, whatever is shared", () => {
    const names = ["team-a", "team-b", "team-c"];
    fc.assert(
      fc.property(fc.subarray(names.slice(1)), (to) => {
        const description = structuredClone(good);
        description.tenants!.of["team-a"]!.shares!["web.a-web.svc.cluster.local"]!.to = to;
        const { tenants } = factsOf(description).tenancy;
        for (const { tenant, exchange } of Object.values(tenants)) {
          const borrowed = Object.values(exchange.borrows).map((one) => one.tenant);
          assert.deepEqual(borrowed, to.includes(tenant) ? ["team-a"] : [], tenant);
          const shared = Object.values(exchange.shares).flatMap((one) => Object.keys(one.to));
          assert.deepEqual(shared.sort(), tenant === "team-a" ? [...to].sort() : [], tenant);
        }
      }),
    );
  });
});
