import assert from "node:assert/strict";
import { istioRules } from "../../components/istio/rules";
import { versionRules } from "../../components/versions/istioRules";
import { formatProblem, Severity, today } from "../../components/topology";
import type { Rule, Topology, TopologyDescription } from "../../components/topology";
import { relate } from "../../components/topology/relations/relate";
import { ask, said as messages } from "../support/rules";
import { topologyOf } from "../support/topologies";
import { pair, planOf, single } from "./support";

function ruleOf(rules: readonly Rule[], id: string): Rule {
  const found = rules.filter((rule) => rule.id === id);
  assert.equal(found.length, 1, id);
  return found[0];
}

/** What a rule says of a topology with versions that the table does not have. */
function ofAnyVersion(id: string, topology: Topology): string[] {
  const rule = ruleOf(versionRules(today), id);
  assert.ok(!rule.foundation);
  return rule.check(topology, relate(topology), undefined).map(formatProblem);
}

/** One cluster in a mesh that picks the first of several revisions. */
const withIstio = (istio: TopologyDescription["istio"]): TopologyDescription => {
  const [revision] = Object.keys(istio?.revisions ?? {});
  return { ...single({ revision }), istio };
};

const KNOWN =
  "1.31.4, 1.31.3, 1.31.2, 1.31.1, 1.31.0, 1.30.8, 1.30.7, 1.30.6, 1.30.5, 1.30.4, or a newer patch of these";

describe("rules about Istio versions", () => {
  it("ask for one, of the stack or of each mesh, and name the newest", () => {
    const say = "allowed: a version, or";
    const fix = 'fix: say "1.31.4", the newest that this package knows';
    assert.deepEqual(messages(istioRules, "istio-version-required", withIstio(undefined)), [
      `istio.version: got nothing; ${say} istio.revisions; ${fix}`,
    ]);
    const own = (istio: TopologyDescription["istio"]) => ({
      ...single({ istio }),
      istio: undefined,
    });
    assert.deepEqual(messages(istioRules, "istio-version-required", own({})), [
      `meshes.dev.istio.version: got nothing; ${say} meshes.dev.istio.revisions; ${fix}`,
    ]);
    const version = "1.31.3";
    for (const istio of [{ version }, { revisions: { r31: { version } } }]) {
      assert.deepEqual(messages(istioRules, "istio-version-required", own(istio)), []);
      assert.deepEqual(messages(istioRules, "istio-version-required", withIstio(istio)), []);
    }
    assert.equal(ruleOf(versionRules(today), "istio-version-required").foundation, true);
  });

  it("refuse a version that the table does not have, and name the closest", () => {
    const unknown = (istio: TopologyDescription["istio"]) =>
      messages(istioRules, "istio-version-unknown", withIstio(istio));
    const fix = (version: string) =>
      `allowed: ${KNOWN}; fix: say "${version}", or upgrade the package for newer versions`;
    assert.deepEqual(unknown({ version: "1.30.3" }), [
      `istio.version: got "1.30.3"; ${fix("1.30.8")}`,
    ]);
    for (const version of ["2.0", "2.31.9", "1.31", "1.31.x", "v1.31.4"])
      assert.deepEqual(unknown({ revisions: { canary: { version } } }), [
        `istio.revisions.canary.version: got "${version}"; ${fix("1.31.4")}`,
      ]);
    assert.deepEqual(messages(istioRules, "istio-version-unknown", single()), []);
    assert.equal(ruleOf(versionRules(today), "istio-version-unknown").foundation, true);
  });

  it("take a patch that is newer than the package, and say so", () => {
    const newer = withIstio({ version: "1.31.12" });
    assert.deepEqual(messages(istioRules, "istio-version-unknown", newer), []);
    assert.deepEqual(messages(istioRules, "istio-version-newer", newer), [
      'istio.version: got "1.31.12", which is newer than this package; allowed: 1.31.4, or a newer patch; fix: look at Istio\'s notes of what it changes, and upgrade the package when you can',
    ]);
    assert.equal(ruleOf(istioRules as Rule[], "istio-version-newer").severity, Severity.Warning);
    const { controlPlanes } = planOf(newer);
    assert.equal(controlPlanes["dev/main"].version, "1.31.12");
  });

  it("warn of a version with a known hole, and name the patch", () => {
    const id = "istio-version-hole";
    assert.deepEqual(messages(istioRules, id, withIstio({ version: "1.31.0" })), [
      'istio.version: got "1.31.0", with a known hole: a BackendTLSPolicy without its CA sends plaintext (https://istio.io/latest/news/releases/1.31.x/announcing-1.31.1/); allowed: a later patch; fix: say "1.31.4"',
    ]);
    assert.deepEqual(messages(istioRules, id, withIstio({ version: "1.31.9" })), []);
    assert.deepEqual(messages(istioRules, id, single()), []);
    assert.equal(ruleOf(istioRules as Rule[], id).severity, Severity.Warning);
  });

  it("warn from sixty days before the end of life on, and refuse nothing by the mere passing of time", () => {
    const description = withIstio({
      revisions: { new: { version: "1.31.3" }, old: { version: "1.30.4" } },
    });
    const at = (day: string) =>
      messages(
        versionRules(() => day),
        "istio-version-end-of-life",
        description,
      );
    const rest =
      'on 2026-12-31; allowed: 1.31.4, 1.31.3, 1.31.2, 1.31.1, 1.31.0; fix: move to "1.31.4"';
    assert.deepEqual(at("2026-10-31"), []);
    assert.deepEqual(at("2026-11-01"), [
      `istio.revisions.old.version: got "1.30.4", whose support ends ${rest}`,
    ]);
    assert.deepEqual(at("2027-01-15"), [
      `istio.revisions.old.version: got "1.30.4", whose support ended ${rest}`,
    ]);
    assert.equal(at("2029-01-01").length, 2);
    assert.deepEqual(
      messages(
        versionRules(() => "2029-01-01"),
        "istio-version-end-of-life",
        single(),
      ),
      [
        'istio.version: got "1.31.3", whose support ended on 2027-04-01; allowed: a newer minor version; fix: upgrade the package for a newer Istio',
      ],
    );
    const { severity } = ruleOf(versionRules(today), "istio-version-end-of-life");
    assert.equal(severity, Severity.Warning);
  });

  it("refuse control planes side by side that are two minor versions apart, whatever members pick", () => {
    const topology = topologyOf(
      pair(
        "same",
        { clusters: { east: { revision: "old" }, west: { revision: "next" } } },
        { istio: { revisions: { next: { version: "1.31.2" }, old: { version: "1.30.7" } } } },
      ),
    );
    assert.deepEqual(ofAnyVersion("istio-revision-skew", topology), []);
    topology.istio.revisions.next.version = "1.32.0";
    assert.deepEqual(ofAnyVersion("istio-revision-skew", topology), [
      'istio.revisions.next.version: got "1.32.0"; allowed: at most one minor version from istio.revisions.old, "1.30.7"; fix: move one minor version at a time: remove the oldest revision first',
    ]);
  });

  it("let each mesh have a minor version of its own: nothing of one serves the other", () => {
    const topology = topologyOf({
      ...pair("same", { clusters: { east: {} } }),
      istio: { version: "1.31.3" },
    });
    topology.meshes.other = { ...topology.meshes.prod, name: "other", members: {}, runsIn: [] };
    topology.meshes.other.istio = {
      ...topology.istio,
      path: "meshes.other.istio",
      version: "1.33.0",
    };
    assert.deepEqual(ofAnyVersion("istio-revision-skew", topology), []);
  });

  it("warn of one directory of charts for two versions", () => {
    const istio = { revisions: { same: { version: "1.31.3" }, other: { version: "1.31.2" } } };
    const directory = { source: "directory", location: "./charts" } as const;
    const id = "istio-charts-directory-versions";
    const asked = (charts?: typeof directory) =>
      messages(istioRules, id, { ...single({ revision: "same" }), istio: { ...istio, charts } });
    assert.deepEqual(asked(directory), [
      'istio.revisions.other.version: got "1.31.2"; allowed: "1.31.3" with istio.charts.source "directory"; fix: use source "repository" or "oci", which hold every version of a chart',
    ]);
    assert.deepEqual(asked(), []);
  });
});

describe("the rule about the revision of node agents", () => {
  it("warns where the mesh has none, of the mesh's and of a member's", () => {
    const id = "istio-agent-revision-unused";
    const mesh = {
      revision: "b",
      agentRevision: "a",
      clusters: { east: {}, west: { agentRevision: "b" } },
    };
    const istio = { revisions: { a: { version: "1.31.2" }, b: { version: "1.31.3" } } };
    const rest =
      'allowed: nothing: node agents come with dataPlane "ambient" or injection "cni"; fix: remove it';
    assert.deepEqual(messages(istioRules, id, pair("different", mesh, { istio })), [
      `meshes.prod.agentRevision: got "a" in a mesh without node agents; ${rest}`,
      `meshes.prod.clusters.west.agentRevision: got "b" in a mesh without node agents; ${rest}`,
    ]);
    const ambient = { ...mesh, dataPlane: "ambient" as const };
    assert.deepEqual(messages(istioRules, id, pair("different", ambient, { istio })), []);
    assert.equal(ruleOf(istioRules as Rule[], id).severity, Severity.Warning);
  });
});

describe("the rule about names of ingress gateways", () => {
  it("leaves room for the release's name", () => {
    const name = "a".repeat(40);
    const description = (gateway: string) =>
      single({ ingress: { [gateway]: { clusters: ["main"] } } });
    assert.deepEqual(messages(istioRules, "istio-ingress-name", description(name)), [
      `meshes.dev.ingress.${name}: got "${name}" (40 characters); allowed: at most 39 characters; fix: shorten it`,
    ]);
    assert.deepEqual(messages(istioRules, "istio-ingress-name", description("a".repeat(39))), []);
  });
});

describe("Istio's rules", () => {
  it("have ids of their own, a reason and a summary", () => {
    const ids = istioRules.map(({ id }) => id);
    assert.equal(ids.length, 29);
    assert.equal(new Set(ids).size, ids.length);
    for (const { summary, why } of istioRules) {
      assert.match(summary, /\.$/);
      assert.match(why, /\.$/);
    }
  });

  it("find nothing in good descriptions but an end of life that comes near", () => {
    for (const description of [single(), pair("same"), pair("different")]) {
      const rules = istioRules.filter(({ id }) => id !== "istio-version-end-of-life");
      assert.deepEqual(ask(rules, topologyOf(description)), []);
    }
  });
});
