/** What must hold of access, said from the description alone. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AccessPlan, WatcherPlan, WatchPlan } from "../../components/access";
import { planAccess } from "../../components/access";
import type { TopologyDescription } from "../../components/topology";
import { CONTEXT, factsOf, relationsOf } from "../support/topologies";
import {
  accountOf,
  described,
  everyPair,
  isReadByIdentity,
  ofAnyMode,
  type Pair,
  regionOf,
  runsIstiod,
} from "./described";

const planOf = (description: TopologyDescription) => planAccess(relationsOf(description));

/** Asks of any description, and of what access is planned for it. */
function property(
  claim: (description: TopologyDescription, plan: AccessPlan) => void,
  of: fc.Arbitrary<TopologyDescription> = described,
): void {
  fc.assert(
    fc.property(of, (description) => claim(description, planOf(description))),
    { numRuns: 200 },
  );
}

/** Every watch of a plan. */
function watchesIn({
  watchers,
}: AccessPlan): (Pair & { watcher: WatcherPlan; watch: WatchPlan })[] {
  return Object.values(watchers).flatMap((watcher) =>
    watcher.watches.map((watch) => ({
      mesh: watcher.mesh,
      from: watcher.cluster,
      to: watch.cluster,
      watcher,
      watch,
    })),
  );
}

/** Watches by identity. */
function identitiesIn({ clusters }: TopologyDescription, plan: AccessPlan) {
  return watchesIn(plan).filter(({ to }) => isReadByIdentity(clusters[to]));
}

/** The key that a mesh's role has in the account of a cluster. */
function roleIn(description: TopologyDescription, mesh: string, cluster: string): string {
  const { id } = accountOf(description, cluster);
  return id === undefined ? mesh : `${mesh}/${id}`;
}

/** Meshes of which some cluster runs no istiod. */
const withRemotes = ofAnyMode.filter(
  ({ meshes, clusters }) => runsIstiod(meshes.prod).length < Object.keys(clusters).length,
);

describe("every plan of access", () => {
  it("has one watch from each istiod to each other member of its mesh, and none for another pair", () => {
    property((description, plan) => {
      const watches = watchesIn(plan).map(({ mesh, from, to }) => `${mesh}: ${from} to ${to}`);
      for (const { mesh, from, to } of everyPair(description)) {
        const { [mesh]: described } = description.meshes;
        const isWatched =
          from !== to && runsIstiod(described).includes(from) && to in described.clusters;
        const pair = `${mesh}: ${from} to ${to}`;
        const found = watches.filter((watch) => watch === pair).length;
        assert.equal(found, isWatched ? 1 : 0, pair);
      }
    });
  });

  it("has a reader for each cluster that is watched, and for no other", () => {
    property(({ clusters }, plan) => {
      const watched = watchesIn(plan).map(({ mesh, to }) => `${mesh}/${to}`);
      assert.deepEqual(Object.keys(plan.readers).sort(), [...new Set(watched)].sort());
      for (const { mesh, to, watch } of watchesIn(plan)) {
        const { kind, ...reader } = plan.readers[`${mesh}/${to}`];
        assert.deepEqual([reader.mesh, reader.cluster], [mesh, to]);
        assert.equal(reader.groupName, `istio-reader-${mesh}`);
        assert.equal(
          kind,
          isReadByIdentity(clusters[to]) ? "eks-identity" : "service-account-token",
        );
        assert.deepEqual([watch.kind, watch.rights], [kind, reader.rights]);
      }
    });
  });

  it("has a watcher for each istiod's cluster that watches, under its key, and for no other", () => {
    property((_, plan) => {
      for (const [key, { mesh, cluster, watches }] of Object.entries(plan.watchers)) {
        assert.equal(key, `${mesh}/${cluster}`);
        assert.ok(watches.length > 0, key);
      }
    });
  });

  it("says where a watched cluster is, and what EKS calls it", () => {
    property((description, plan) => {
      for (const { to, watch } of watchesIn(plan)) {
        const { existing } = description.clusters[to];
        assert.equal(watch.region, regionOf(description, to));
        assert.equal(
          watch.eksName,
          existing ? existing.eksName : `${description.name ?? CONTEXT.name}-${to}`,
        );
      }
    });
  });

  it("lets readers configure in the config cluster, read beside an istiod, and serve elsewhere", () => {
    property(({ meshes }, { readers }) => {
      for (const { mesh, cluster, rights } of Object.values(readers)) {
        const { configCluster } = meshes[mesh].controlPlane ?? {};
        const alone = cluster === configCluster ? "configure" : "serve";
        assert.equal(rights, runsIstiod(meshes[mesh]).includes(cluster) ? "read" : alone);
      }
    });
  });

  it("keeps an external istiod's mesh in a namespace of its own", () => {
    property(({ meshes }, { roles, readers, watchers }) => {
      for (const { mesh, namespace } of [roles, readers, watchers].flatMap((plans) =>
        Object.values<{ mesh: string; namespace: string }>(plans),
      )) {
        const isExternal = runsIstiod(meshes[mesh]).every(
          (name) => !(name in meshes[mesh].clusters),
        );
        assert.equal(namespace, isExternal ? `external-istiod-${mesh}` : "istio-system");
      }
    });
  });

  it("has a role in each account from which or in which a mesh reads by identity, and no other", () => {
    property((description, plan) => {
      const ends = identitiesIn(description, plan).flatMap(({ mesh, from, to }) =>
        [from, to].map((cluster) => roleIn(description, mesh, cluster)),
      );
      assert.deepEqual(Object.keys(plan.roles).sort(), [...new Set(ends)].sort());
      for (const [key, { mesh, account, roleName }] of Object.entries(plan.roles)) {
        assert.equal(key, [mesh, account].filter(Boolean).join("/"));
        const joined = `${description.name ?? CONTEXT.name}-istio-reader-${mesh}`;
        assert.match(roleName, new RegExp(`^${joined}-[0-9a-f]{8}$`));
      }
    });
  });

  it("gives readers and watchers the role of their own account, where they need one", () => {
    property((description, plan) => {
      const identities = identitiesIn(description, plan);
      for (const { mesh, cluster, role } of Object.values(plan.readers)) {
        const isNeeded = identities.some((one) => one.mesh === mesh && one.to === cluster);
        assert.equal(role, isNeeded ? roleIn(description, mesh, cluster) : undefined);
      }
      for (const { mesh, cluster, role } of Object.values(plan.watchers)) {
        const isNeeded = identities.some((one) => one.mesh === mesh && one.from === cluster);
        assert.equal(role, isNeeded ? roleIn(description, mesh, cluster) : undefined);
      }
    });
  });

  it("lets roles be assumed for the watches by identity that cross accounts, and for nothing else", () => {
    property((description, plan) => {
      const crossing = new Set<string>();
      for (const { mesh, from, to, watch } of watchesIn(plan)) {
        const [role, assume] = [from, to].map((cluster) => roleIn(description, mesh, cluster));
        const crosses = role !== assume && isReadByIdentity(description.clusters[to]);
        assert.equal(watch.assume, crosses ? assume : undefined);
        if (crosses) crossing.add(`${role} becomes ${assume}`);
      }
      const trusted = Object.entries(plan.roles).flatMap(([key, { assumedBy }]) =>
        assumedBy.map((other) => `${other} becomes ${key}`),
      );
      assert.deepEqual(trusted.sort(), [...crossing].sort());
    });
  });

  it("gives an identity to the istiod of each revision, whoever picks it", () => {
    property(({ istio: stacks, meshes }, { watchers, readers }) => {
      const istiodsOf = (mesh: string) => {
        const names = Object.keys((meshes[mesh].istio ?? stacks)?.revisions ?? {});
        return names.length > 0 ? names.map((name) => `istiod-${name}`) : ["istiod"];
      };
      for (const { mesh, serviceAccounts } of Object.values(watchers))
        assert.deepEqual(serviceAccounts, istiodsOf(mesh));
      for (const { mesh, istiods } of Object.values(readers))
        assert.deepEqual(istiods, istiodsOf(mesh));
    });
  });

  it("refreshes tokens exactly where istiod has the refresher beside it", () => {
    fc.assert(
      fc.property(described, (description) => {
        const {
          access: { watchers },
          istio: { controlPlanes },
        } = factsOf(description);
        for (const [key, { istiods }] of Object.entries(controlPlanes)) {
          const refreshed = istiods.filter(
            ({ neededValues }) => neededValues?.initContainers !== undefined,
          );
          assert.equal(refreshed.length, watchers[key]?.role === undefined ? 0 : istiods.length);
          if (watchers[key]) assert.equal(watchers[key].serviceAccounts.length, istiods.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("grows by one reader and one watch per istiod with a further remote, and changes no reader", () => {
    property((description, before) => {
      const { prod } = description.meshes;
      const after = planOf({
        ...description,
        clusters: { ...description.clusters, extra: { network: "apps" } },
        meshes: { prod: { ...prod, clusters: { ...prod.clusters, extra: {} } } },
      });
      const { "prod/extra": extra, ...readers } = after.readers;
      assert.ok(extra);
      assert.deepEqual(readers, before.readers);
      assert.equal(watchesIn(after).length - watchesIn(before).length, runsIstiod(prod).length);
    }, withRemotes);
  });
});
