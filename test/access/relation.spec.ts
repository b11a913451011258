import assert from "node:assert/strict";
import fc from "fast-check";
import { planAccess, revisionsIn, rightsIn } from "../../components/access";
import { ControlPlaneMode, memberKey, type TopologyDescription } from "../../components/topology";
import { topologyOf } from "../support/topologies";

interface Shape {
  mode: ControlPlaneMode;
  servers: number;
  remotes: number;
  /** Accounts of management clusters' and of members' networks. */
  accounts: (string | undefined)[];
  tokens: boolean[];
  canary: boolean;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  mode: fc.constantFrom(...Object.values(ControlPlaneMode)),
  servers: fc.integer({ min: 1, max: 3 }),
  remotes: fc.integer({ min: 1, max: 4 }),
  accounts: fc.array(fc.constantFrom(undefined, "111122223333", "444455556666"), {
    minLength: 2,
    maxLength: 2,
  }),
  tokens: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
  canary: fc.boolean(),
});

/** One mesh of a mode: `s0`... run istiod, `r0`... do not. */
function describeMesh({
  mode,
  servers,
  remotes,
  accounts,
  tokens,
  canary,
}: Shape): TopologyDescription {
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const runsIn = names("s", servers);
  const others = mode === ControlPlaneMode.MultiPrimary ? [] : names("r", remotes);
  const members = mode === ControlPlaneMode.External ? others : [...runsIn, ...others];
  const account = (id?: string) =>
    id === undefined ? undefined : { roleArn: `arn:aws:iam::${id}:role/deploy` };
  const networkOf = (name: string) => (name.startsWith("s") ? "control" : "apps");
  return {
    name: "demo",
    api: { private: { cidrs: ["172.16.0.0/12"] } },
    istio: canary ? { revisions: { canary: { version: "1.31.3" } } } : undefined,
    networks: {
      control: { cidr: "10.0.0.0/16", account: account(accounts[0]) },
      apps: { cidr: "10.10.0.0/16", account: account(accounts[1]) },
    },
    clusters: Object.fromEntries(
      [...runsIn, ...others].map((name, index) => [
        name,
        {
          network: networkOf(name),
          remoteAccess: tokens[index] ? "service-account-token" : undefined,
        },
      ]),
    ),
    meshes: {
      prod: {
        controlPlane: {
          runsIn,
          configCluster: mode === ControlPlaneMode.External ? "r0" : undefined,
        },
        clusters: Object.fromEntries(
          members.map((name, index) => [
            name,
            { revision: canary && index === members.length - 1 ? "canary" : undefined },
          ]),
        ),
      },
    },
  };
}

function property(claim: (topology: ReturnType<typeof topologyOf>, shape: Shape) => void): void {
  fc.assert(
    fc.property(shapes, (shape) =>
      claim(topologyOf(JSON.parse(JSON.stringify(describeMesh(shape)))), shape),
    ),
    { numRuns: 200 },
  );
}

describe("access in every mode of the control plane", () => {
  it("lets every istiod watch every member but its own cluster, the config cluster by kubeconfig", () => {
    property((topology, { mode }) => {
      const { prod } = topology.meshes;
      assert.equal(prod.mode, mode);
      const { watchers } = planAccess(topology);
      for (const watcher of prod.runsIn) {
        const watches = watchers[memberKey("prod", watcher)]?.watches ?? [];
        const members = Object.keys(prod.members).filter((member) => member !== watcher);
        assert.deepEqual(
          watches.map(({ cluster }) => cluster),
          members,
        );
        const configured = watches.filter(({ rights }) => rights === "configure");
        assert.deepEqual(
          configured.map(({ cluster }) => cluster),
          mode === ControlPlaneMode.External ? ["r0"] : [],
        );
      }
    });
  });

  it("gives readers the right to serve exactly where nobody else does", () => {
    property((topology) => {
      const { prod } = topology.meshes;
      for (const { cluster, rights } of Object.values(planAccess(topology).readers)) {
        assert.equal(rights, rightsIn(prod, cluster));
        const expected = prod.runsIn.includes(cluster)
          ? "read"
          : cluster === prod.configCluster
            ? "configure"
            : "serve";
        assert.equal(rights, expected);
      }
    });
  });

  it("has one role per account that watches or is watched by identity, each assumed only by watchers", () => {
    property((topology) => {
      const { roles, watchers } = planAccess(topology);
      const places = Object.values(roles).map(({ account }) => account);
      assert.equal(new Set(places).size, places.length);
      const chained = Object.values(watchers).flatMap(({ role, watches }) =>
        watches.flatMap(({ assume }) => (assume ? [`${role} ${assume}`] : [])),
      );
      const trusted = Object.entries(roles).flatMap(([key, { assumedBy }]) =>
        assumedBy.map((by) => `${by} ${key}`),
      );
      assert.deepEqual([...new Set(chained)].sort(), trusted.sort());
      for (const { namespace } of [...Object.values(roles), ...Object.values(watchers)]) {
        const external = topology.meshes.prod.mode === ControlPlaneMode.External;
        assert.equal(namespace, external ? "external-istiod-prod" : "istio-system");
      }
    });
  });

  it("gives identities to the default istiod and to every revision that it runs for others", () => {
    property((topology, { mode, canary }) => {
      const { prod } = topology.meshes;
      const last = Object.keys(prod.members).at(-1)!;
      for (const server of prod.runsIn) {
        const picked = canary && (mode === ControlPlaneMode.MultiPrimary ? server === last : true);
        assert.deepEqual(revisionsIn(prod, server), picked ? ["", "canary"] : [""]);
      }
    });
  });

  it("grows by one reader per remote and one watch per istiod", () => {
    property((topology, shape) => {
      if (shape.mode === ControlPlaneMode.MultiPrimary) return;
      const larger = topologyOf(
        JSON.parse(
          JSON.stringify(describeMesh({ ...shape, remotes: shape.remotes + 1, canary: false })),
        ),
      );
      const [before, after] = [
        planAccess(
          relationsOf(JSON.parse(JSON.stringify(describeMesh({ ...shape, canary: false })))),
        ),
        planAccess(larger),
      ];
      const watches = ({ watchers }: typeof before) =>
        Object.values(watchers).flatMap((watcher) => watcher.watches).length;
      assert.equal(Object.keys(after.readers).length - Object.keys(before.readers).length, 1);
      assert.equal(watches(after) - watches(before), shape.servers);
      for (const [key, reader] of Object.entries(before.readers))
        assert.deepEqual(after.readers[key], reader);
    });
  });
});
