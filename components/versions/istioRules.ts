import { ChartSource, below, istiosOf, Severity, versionsOf, written } from "../topology";
import type { IstioSettings, Problem, Rule, Topology } from "../topology";
import {
  compareVersions,
  istioVersions,
  minorsApart,
  newestOf,
  newestPatch,
  newestVersion,
} from "./istio";
import { endOfIstio, holeOfIstio, unknownIstio } from "./support";
import type { NamedVersion } from "./support";

/** The rules about Istio versions on a given day (UTC, `2026-11-22`). */
export function versionRules(today: () => string): Rule[] {
  return [
    requiredVersion,
    unknownVersion,
    newerPatch,
    knownHole,
    endOfLife(today),
    revisionSkew,
    oneDirectory,
  ];
}

const SUPPORT = "https://istio.io/latest/docs/releases/supported-releases/";

const requiredVersion: Rule = {
  id: "istio-version-required",
  summary: "A description says which Istio it has.",
  why: "A newer package would otherwise move what is deployed, by a minor version or more.",
  severity: Severity.Problem,
  foundation: true,
  check: (topology) =>
    istiosOf(topology)
      .filter((istio) => versionsOf(istio).length === 0)
      .map(({ path }) => ({
        path: below(path, "version"),
        got: "nothing",
        allowed: `a version, or ${below(path, "revisions")}`,
        fix: `say ${written(newestVersion())}, the newest that this package knows`,
      })),
};

const unknownVersion: Rule = {
  id: "istio-version-unknown",
  summary:
    "Every Istio version is of a minor version of the package's table, and none is older than its rows.",
  why: "Charts, images, Kubernetes range and values are known to go together for these minor versions only; 1.30.3 and older lose remote clusters when credentials change (istio/istio#60612).",
  severity: Severity.Problem,
  foundation: true,
  check: (topology) => namedVersions(topology).flatMap(unknownIstio),
};

const newerPatch: Rule = {
  id: "istio-version-newer",
  summary: "The package knows the patch.",
  why: "It was made with the charts of older ones: that the values still mean the same is only likely.",
  severity: Severity.Warning,
  check: (topology) =>
    namedVersions(topology)
      .filter(({ version }) => !Object.hasOwn(istioVersions, version))
      .map(({ path, version }) => ({
        path,
        got: `${written(version)}, which is newer than this package`,
        allowed: `${newestPatch(version)!}, or a newer patch`,
        fix: "look at Istio's notes of what it changes, and upgrade the package when you can",
      })),
};

const knownHole: Rule = {
  id: "istio-version-hole",
  summary: "No Istio version has a known vulnerability that a patch has closed.",
  why: "https://istio.io/latest/news/security/.",
  severity: Severity.Warning,
  check: (topology) => namedVersions(topology).flatMap(holeOfIstio),
};

/** Time passes by itself: what ran yesterday is never refused for it. */
function endOfLife(today: () => string): Rule {
  return {
    id: "istio-version-end-of-life",
    summary: "No Istio version is past its end of life, or near it.",
    why: `Moving to the next minor version takes time, and after that day vulnerabilities stay open (${SUPPORT}).`,
    severity: Severity.Warning,
    check: (topology) => namedVersions(topology).flatMap((named) => endOfIstio(named, today())),
  };
}

const revisionSkew: Rule = {
  id: "istio-revision-skew",
  summary: "Control planes side by side are at most one minor version apart.",
  why: "They share CRDs and node agents, answer the same proxies in turn and read each other's clusters, whichever members pick them; Istio tests that over one minor version (https://istio.io/latest/docs/setup/upgrade/canary/).",
  severity: Severity.Problem,
  check: (topology) => istiosOf(topology).flatMap(skewIn),
};

/** A revision's distance from the oldest beside it. */
function skewIn({ path, revisions }: IstioSettings): Problem[] {
  const all = Object.entries(revisions).sort(([, a], [, b]) =>
    compareVersions(a.version, b.version),
  );
  const [oldest] = all;
  return all
    .filter(([, { version }]) => minorsApart(version, oldest![1].version) > 1)
    .map(([revision, { version }]) => ({
      path: below(path, "revisions", revision, "version"),
      got: written(version),
      allowed: `at most one minor version from ${below(path, "revisions", oldest![0])}, ${written(oldest![1].version)}`,
      fix: "move one minor version at a time: remove the oldest revision first",
    }));
}

const oneDirectory: Rule = {
  id: "istio-charts-directory-versions",
  summary: "A directory of charts serves one Istio version.",
  why: "It holds one copy of each chart; another version's images may not know the values that it writes.",
  severity: Severity.Warning,
  check: (topology) =>
    istiosOf(topology)
      .filter(({ charts }) => charts.source === ChartSource.Directory)
      .flatMap((istio) => {
        const newest = newestOf(versionsOf(istio));
        return namedIn(istio)
          .filter(({ version }) => version !== newest)
          .map(({ path, version }) => ({
            path,
            got: written(version),
            allowed: `${written(newest)} with ${below(istio.path, "charts", "source")} "directory"`,
            fix: 'use source "repository" or "oci", which hold every version of a chart',
          }));
      }),
};

/** Every version that a description names. */
function namedVersions(topology: Topology): NamedVersion[] {
  return istiosOf(topology).flatMap(namedIn);
}

function namedIn({ path, version, revisions }: IstioSettings): NamedVersion[] {
  const lone = version === undefined ? [] : [{ path: below(path, "version"), version }];
  const named = Object.entries(revisions).map(([revision, row]) => ({
    path: below(path, "revisions", revision, "version"),
    version: row.version,
  }));
  return [...lone, ...named];
}
