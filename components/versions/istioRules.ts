import { lookUp } from "../records";
import { ChartSource, daysUntil, pathOf, Severity, written } from "../topology";
import type { MeshRelation, Problem, Revision, Rule, Topology } from "../topology";
import { compareVersions, istioVersions, minorsApart, newestVersion } from "./istio";

/** A version that a description names, and where. */
interface NamedVersion {
  path: string;
  version: string;
}

/** The rules about Istio versions on a given day (UTC, `2026-11-22`). */
export function versionRules(today: () => string): Rule[] {
  return [
    unknownVersion,
    endOfLife(today),
    endOfLifeNear(today),
    revisionSkew,
    meshSkew,
    oneDirectory,
  ];
}

/** How long before the end of life the warning starts. */
const NOTICE_DAYS = 60;

const SUPPORT = "https://istio.io/latest/docs/releases/supported-releases/";

const unknownVersion: Rule = {
  id: "istio-version-unknown",
  summary: "Every Istio version is a row of the package's table.",
  why: "Charts, images, Kubernetes range and values are known to go together for these versions only; 1.30.3 and older lose remote clusters when credentials change (istio/istio#60612).",
  severity: Severity.Problem,
  foundation: true,
  check: (topology) =>
    namedVersions(topology)
      .filter(({ version }) => !Object.hasOwn(istioVersions, version))
      .map(({ path, version }) => ({
        path,
        got: written(version),
        allowed: Object.keys(istioVersions).join(", "),
        fix: `say ${written(closest(version))}, or upgrade the package for newer versions`,
      })),
};

function endOfLife(today: () => string): Rule {
  return {
    id: "istio-version-end-of-life",
    summary: "No Istio version is past its end of life while the table has one that is not.",
    why: `Istio no longer fixes its vulnerabilities (${SUPPORT}).`,
    severity: Severity.Problem,
    check: (topology) =>
      namedVersions(topology)
        .filter(({ version }) => today() > lookUp(istioVersions, version).endOfLife)
        .filter(() => today() <= lookUp(istioVersions, newestVersion()).endOfLife)
        .map((named) => versionProblem(named, "ended", `say ${written(newestVersion())}`)),
  };
}

function endOfLifeNear(today: () => string): Rule {
  const newest = () => lookUp(istioVersions, newestVersion());
  return {
    id: "istio-version-end-of-life-near",
    summary: "No Istio version is near its end of life.",
    why: `Moving to the next minor version takes time, and after that day vulnerabilities stay open (${SUPPORT}).`,
    severity: Severity.Warning,
    check: (topology) =>
      namedVersions(topology)
        .filter(({ version }) => {
          const { endOfLife } = lookUp(istioVersions, version);
          const past = today() > endOfLife;
          return past ? today() > newest().endOfLife : daysUntil(endOfLife, today()) <= NOTICE_DAYS;
        })
        .map((named) => {
          const { endOfLife } = lookUp(istioVersions, named.version);
          const fix =
            endOfLife < newest().endOfLife
              ? `move to ${written(newestVersion())}`
              : "upgrade the package for a newer Istio";
          return versionProblem(named, today() > endOfLife ? "ended" : "ends", fix);
        }),
  };
}

const revisionSkew: Rule = {
  id: "istio-revision-skew",
  summary: "Control planes side by side are at most one minor version apart.",
  why: "They share CRDs and node agents, which Istio tests over one minor version (https://istio.io/latest/docs/setup/upgrade/canary/).",
  severity: Severity.Problem,
  check: ({ istio }) =>
    Object.entries(istio.revisions)
      .filter(([, { version }]) => minorsApart(version, istio.version) > 1)
      .map(([revision, { version }]) => ({
        path: pathOf("istio", "revisions", revision, "version"),
        got: written(version),
        allowed: `at most one minor version from istio.version ${written(istio.version)}`,
        fix: "move one minor version at a time",
      })),
};

const meshSkew: Rule = {
  id: "istio-mesh-skew",
  summary: "The control planes that serve one mesh are at most one minor version apart.",
  why: "They answer the same proxies' services in turn and read each other's clusters, which Istio tests over one minor version (https://istio.io/latest/docs/setup/upgrade/canary/).",
  severity: Severity.Problem,
  check: (_, { meshes }) =>
    meshes.flatMap((relation) => {
      const versions = versionsOf(relation);
      const [oldest, newest] = [versions[0]!, versions.at(-1)!];
      if (minorsApart(oldest.version, newest.version) <= 1) return [];
      return [
        {
          path: pathOf("meshes", relation.mesh.name),
          got: `${named(oldest)} and ${named(newest)}`,
          allowed: "versions at most one minor version apart",
          fix: "let its clusters pick revisions nearer to each other, and move one minor version at a time",
        },
      ];
    }),
};

const oneDirectory: Rule = {
  id: "istio-charts-directory-versions",
  summary: "A directory of charts serves one Istio version.",
  why: "It holds one copy of each chart; another version's images may not know the values that it writes.",
  severity: Severity.Warning,
  check: (topology) =>
    topology.istio.charts.source !== ChartSource.Directory
      ? []
      : namedVersions(topology)
          .slice(1)
          .filter(({ version }) => version !== topology.istio.version)
          .map(({ path, version }) => ({
            path,
            got: written(version),
            allowed: `${written(topology.istio.version)} with istio.charts.source "directory"`,
            fix: 'use source "repository" or "oci", which hold every version of a chart',
          })),
};

/** What serves a mesh: the default control plane always, and the revisions that its members picked; oldest first. */
function versionsOf({ members }: MeshRelation): Revision[] {
  const serving = new Set(members.flatMap(({ revisions }) => revisions));
  return [...serving].sort((a, b) => compareVersions(a.version, b.version));
}

function named({ name, version }: Revision): string {
  return name === undefined
    ? `istio.version ${written(version)}`
    : `revision ${written(name)} at ${written(version)}`;
}

/** The default control plane's version, then those of the revisions. */
function namedVersions({ istio }: Topology): NamedVersion[] {
  return [
    { path: "istio.version", version: istio.version },
    ...Object.entries(istio.revisions).map(([revision, { version }]) => ({
      path: pathOf("istio", "revisions", revision, "version"),
      version,
    })),
  ];
}

function versionProblem({ path, version }: NamedVersion, verb: string, fix: string): Problem {
  const supported = Object.keys(istioVersions).filter(
    (other) => lookUp(istioVersions, other).endOfLife > lookUp(istioVersions, version).endOfLife,
  );
  return {
    path,
    got: `${written(version)}, whose support ${verb} on ${lookUp(istioVersions, version).endOfLife}`,
    allowed: supported.length > 0 ? supported.join(", ") : "a newer minor version",
    fix,
  };
}

/** The newest patch of the minor version meant, or the newest of all. */
function closest(version: string): string {
  const same = Object.keys(istioVersions)
    .filter((known) => minorsApart(known, version) === 0)
    .sort(compareVersions);
  return same.at(-1) ?? newestVersion();
}
