import assert from "node:assert/strict";
import { istioRules } from "../../components/istio/rules";
import { versionRules } from "../../components/versions/istioRules";
import { formatProblem, Severity, today } from "../../components/topology";
import type { Rule, Topology, TopologyDescription } from "../../components/topology";
import { relate } from "../../components/topology/relations/relate";
import { ask, said as messages } from "../support/rules";
import { topologyOf } from "../support/topologies";
import { pair, single } from "./support";

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

const withIstio = (istio: TopologyDescription["istio"]): TopologyDescription => ({
  ...single(),
  istio,
});

/** A day on which 1.30 has ended and 1.31 has not. */
const between = versionRules(() => "2027-01-15");
const early = versionRules(() => "2026-10-01");
const late = versionRules(() => "2029-01-01");

const KNOWN = "1.31.3, 1.31.2, 1.31.1, 1.31.0, 1.30.7, 1.30.6, 1.30.5, 1.30.4";

describe("rules about Istio versions", () => {
  it("refuse a version that the table does not have, and name the closest", () => {
    const description = withIstio({
      version: "1.30.3",
      revisions: { canary: { version: "2.0" } },
    });
    assert.deepEqual(messages(istioRules, "istio-version-unknown", description), [
      `istio.version: got "1.30.3"; allowed: ${KNOWN}; fix: say "1.30.7", or upgrade the package for newer versions`,
      `istio.revisions.canary.version: got "2.0"; allowed: ${KNOWN}; fix: say "1.31.3", or upgrade the package for newer versions`,
    ]);
    assert.deepEqual(messages(istioRules, "istio-version-unknown", single()), []);
    assert.equal(ruleOf(versionRules(today), "istio-version-unknown").foundation, true);
  });

  it("refuse a version past its end of life while the table has a newer one", () => {
    const description = withIstio({ version: "1.30.7" });
    assert.deepEqual(messages(between, "istio-version-end-of-life", description), [
      'istio.version: got "1.30.7", whose support ended on 2026-12-31; allowed: 1.31.3, 1.31.2, 1.31.1, 1.31.0; fix: say "1.31.3"',
    ]);
    assert.deepEqual(messages(early, "istio-version-end-of-life", description), []);
    assert.deepEqual(messages(between, "istio-version-end-of-life", single()), []);
  });

  it("only warn when the whole table is old: no stack stops by the mere passing of time", () => {
    assert.deepEqual(messages(late, "istio-version-end-of-life", single()), []);
    assert.deepEqual(messages(late, "istio-version-end-of-life-near", single()), [
      'istio.version: got "1.31.3", whose support ended on 2027-04-01; allowed: a newer minor version; fix: upgrade the package for a newer Istio',
    ]);
  });

  it("warn sixty days before the end of life", () => {
    const description = withIstio({ version: "1.31.3", revisions: { old: { version: "1.30.4" } } });
    const at = (day: string) =>
      messages(
        versionRules(() => day),
        "istio-version-end-of-life-near",
        description,
      );
    assert.deepEqual(at("2026-10-31"), []);
    assert.deepEqual(at("2026-11-01"), [
      'istio.revisions.old.version: got "1.30.4", whose support ends on 2026-12-31; allowed: 1.31.3, 1.31.2, 1.31.1, 1.31.0; fix: move to "1.31.3"',
    ]);
    assert.deepEqual(at("2027-01-15"), []);
    assert.equal(ruleOf(between, "istio-version-end-of-life-near").severity, Severity.Warning);
  });

  it("refuse control planes side by side that are two minor versions apart", () => {
    const topology = topologyOf(
      withIstio({ version: "1.31.3", revisions: { near: { version: "1.30.7" } } }),
    );
    assert.deepEqual(ofAnyVersion("istio-revision-skew", topology), []);
    topology.istio.revisions.far = { version: "1.33.0", tags: [] };
    assert.deepEqual(ofAnyVersion("istio-revision-skew", topology), [
      'istio.revisions.far.version: got "1.33.0"; allowed: at most one minor version from istio.version "1.31.3"; fix: move one minor version at a time',
    ]);
  });

  it("refuse revisions that serve one mesh and are two minor versions apart", () => {
    const topology = topologyOf(
      pair(
        "same",
        { clusters: { east: { revision: "old" }, west: { revision: "next" } } },
        { istio: { revisions: { old: { version: "1.30.7" }, next: { version: "1.31.2" } } } },
      ),
    );
    assert.deepEqual(ofAnyVersion("istio-mesh-skew", topology), []);
    topology.istio.revisions.next.version = "1.32.0";
    assert.deepEqual(ofAnyVersion("istio-mesh-skew", topology), [
      'meshes.prod: got revision "old" at "1.30.7" and revision "next" at "1.32.0"; allowed: versions at most one minor version apart; fix: let its clusters pick revisions nearer to each other, and move one minor version at a time',
    ]);
    delete topology.meshes.prod.members.east.revision;
    assert.deepEqual(ofAnyVersion("istio-mesh-skew", topology), []);
    topology.meshes.prod.members.east.revision = "next";
    topology.istio.version = "1.30.7";
    assert.deepEqual(ofAnyVersion("istio-mesh-skew", topology), [
      'meshes.prod: got istio.version "1.30.7" and revision "next" at "1.32.0"; allowed: versions at most one minor version apart; fix: let its clusters pick revisions nearer to each other, and move one minor version at a time',
    ]);
  });

  it("warn of one directory of charts for two versions", () => {
    const istio = {
      version: "1.31.3",
      revisions: { same: { version: "1.31.3" }, other: { version: "1.31.2" } },
    };
    const directory = { source: "directory", location: "./charts" } as const;
    assert.deepEqual(
      messages(
        istioRules,
        "istio-charts-directory-versions",
        withIstio({ ...istio, charts: directory }),
      ),
      [
        'istio.revisions.other.version: got "1.31.2"; allowed: "1.31.3" with istio.charts.source "directory"; fix: use source "repository" or "oci", which hold every version of a chart',
      ],
    );
    assert.deepEqual(messages(istioRules, "istio-charts-directory-versions", withIstio(istio)), []);
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
    assert.equal(ids.length, 20);
    assert.equal(new Set(ids).size, ids.length);
    for (const { summary, why } of istioRules) {
      assert.match(summary, /\.$/);
      assert.match(why, /\.$/);
    }
  });

  it("find nothing in good descriptions but an end of life that comes near", () => {
    for (const description of [single(), pair("same"), pair("different")]) {
      const rules = istioRules.filter(({ id }) => id !== "istio-version-end-of-life-near");
      assert.deepEqual(ask(rules, topologyOf(description)), []);
    }
  });
});
