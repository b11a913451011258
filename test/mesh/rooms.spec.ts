import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkTopology } from "../../components/mesh/check";
import { room, rooms } from "../../components/mesh/rooms";
import { formatProblem } from "../../components/topology";
import type { TopologyDescription } from "../../components/topology";
import { patterns } from "../support/topologies";
import { throwawayOpenings } from "./throwaway/openings";
import { throwawayRules } from "./throwaway/rules";
import { throwawaySettings } from "./throwaway/settings";

const COMPONENTS = join(__dirname, "../../components");
const context = { name: "test", region: "eu-west-1" };
const pair = patterns["02-multi-primary-same-network"];

/** A new room: its folder, and this row. */
const throwaway = room({
  name: "throwaway",
  rules: throwawayRules,
  ask: ({ clusters }) => Object.keys(clusters).length,
  openings: throwawayOpenings,
  settings: throwawaySettings,
});
const withThrowaway = [...rooms, throwaway];

describe("rooms", () => {
  it("have a row each, in the order of imports, and no folder without one", () => {
    const folders = readdirSync(COMPONENTS, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const names = rooms.map(({ name }) => name);
    assert.deepEqual(names, [
      "topology",
      "network",
      "cluster",
      "trust",
      "access",
      "istio",
      "vm",
      "ecs",
      "federation",
      "tenancy",
    ]);
    const lint = readFileSync(join(COMPONENTS, "../eslint.config.mjs"), "utf8");
    const [, listed] = /const ROOMS = \[([^;]*)\];/.exec(lint)!;
    const ordered = [...listed.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual(
      ordered.filter((name) => !["versions", "mesh", "index.ts"].includes(name)),
      names,
    );
    // What is data for all of them, and what puts them together, is no room.
    assert.deepEqual(folders.sort(), [...names, "mesh", "versions"].sort());
  });

  it("have rules of ids that no other has", () => {
    const ids = rooms.flatMap(({ rules }) => rules.map(({ id }) => id));
    assert.ok(ids.length > 100, `${ids.length} rules`);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("settle no value of istiod's that another room settles too", () => {
    const paths = rooms.flatMap(({ settings }) =>
      settings.flatMap(({ owned }) => Object.keys(owned)),
    );
    assert.ok(paths.length > 0);
    const clash = paths.filter((path, index) =>
      paths.some((other, at) => at !== index && `${path}.`.startsWith(`${other}.`)),
    );
    assert.deepEqual(clash, []);
  });
});

describe("a room that is added by a folder and a row", () => {
  const { planned, warnings } = checkTopology(pair, context, withThrowaway);

  it("has its rules asked with its own facts", () => {
    const found = warnings.filter(({ rule }) => rule === "throwaway-clusters");
    assert.deepEqual(found.map(formatProblem), [
      "clusters: got many; allowed: fewer than 2; fix: remove one",
    ]);
    assert.deepEqual(
      checkTopology(pair, context).warnings.filter(({ rule }) => rule === "throwaway-clusters"),
      [],
    );
  });

  it("has its ports opened on the groups of the clusters", () => {
    for (const cluster of ["east", "west"]) {
      const { in: rules } = planned!.facts.network.firewall.groups[`cluster/${cluster}`];
      assert.deepEqual(rules.at(-1), {
        name: "throwaway-192.168.7.0-24",
        side: { kind: "cidr", cidr: "192.168.7.0/24" },
        ports: [7000, 7001],
        protocol: "udp",
        reason: "a test looks for it",
        alsoFor: [],
      });
    }
  });

  it("has its values set on the istiods that need them, beside those of other rooms", () => {
    const { controlPlanes } = planned!.facts.istio;
    const valuesOf = (key: string) => controlPlanes[key].istiods[0].neededValues;
    const { version } = planned!.topology.istio;
    assert.deepEqual(valuesOf("prod/east")?.env, {
      PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS: "tokenFile",
      THROWAWAY: `test,${version}`,
    });
    const volumes = valuesOf("prod/east")?.volumes as { name: string }[];
    assert.deepEqual(
      volumes.map(({ name }) => name),
      ["eks-tokens", "token-refresher-config", "pod-identity-token", "throwaway"],
    );
    assert.deepEqual(Object.keys(valuesOf("prod/west")?.env ?? {}), [
      "PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS",
    ]);
  });

  it("has its values guarded against the user's", () => {
    const mine: TopologyDescription = structuredClone(pair);
    mine.meshes.prod.values = { istiod: { env: { THROWAWAY: "x" } } };
    assert.deepEqual(checkTopology(mine, context, withThrowaway).problems.map(formatProblem), [
      'meshes.prod.values.istiod.env.THROWAWAY: got "x"; allowed: nothing, the plan sets this value; fix: remove it: it is the throwaway room\'s',
    ]);
    assert.deepEqual(checkTopology(mine, context).problems, []);
  });
});
