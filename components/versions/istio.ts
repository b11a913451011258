/**
 * The Istio versions that this package installs, and what goes with each.
 *
 * 1.30.3 and older rebuild their view of a remote cluster wrongly when its credentials change
 * (https://github.com/istio/istio/issues/60612), and 1.30.4 fixes ISTIO-SECURITY-2026-006: the table starts there.
 */
import * as semver from "semver";
import { find, lookUp } from "../records";

/** A chart that is not Istio's own, at the version that goes with an Istio version. */
export interface CompanionChart {
  /** Helm repository that its project publishes to. Absent where there is only an OCI registry. */
  repository?: string;
  /** OCI registry that its project publishes to, without `oci://`. Absent where there is only a repository. */
  oci?: string;
  version: string;
}

/** What goes with one Istio version. */
export interface IstioVersion {
  /** Helm repository of Istio's charts. */
  repository: string;
  /** OCI registry of Istio's charts, without `oci://`. */
  oci: string;
  /** Registry of Istio's images. */
  hub: string;
  /** Tag of Istio's images. */
  tag: string;
  /** Kubernetes minor versions that Istio supports, oldest and newest. EKS offers all of them. */
  kubernetes: { oldest: string; newest: string };
  /** Day (UTC) after which Istio no longer patches this minor version. */
  endOfLife: string;
  /** A known vulnerability that the next patch closes, and the page that says so; absent: none is known. */
  hole?: string;
  /** CRDs of the Gateway API. */
  gatewayApi: CompanionChart;
  /** Makes load balancers on managed nodes. */
  loadBalancerController: CompanionChart;
  /** Image that holds the AWS CLI, for the token refresher beside istiod. */
  refresherImage: string;
  /** Image that holds socat with SOCKS 5, for tasks whose applications know none. */
  forwarderImage: string;
}

/** Image of socat (https://hub.docker.com/r/alpine/socat). */
export const FORWARDER_IMAGE = "docker.io/alpine/socat:1.8.0.3";

/**
 * What all versions here share.
 *
 * Charts, images and packages left their Google-hosted addresses, which are switched off in December 2026
 * (https://istio.io/latest/news/releases/1.31.x/announcing-1.31/upgrade-notes/). The charts of 1.30 still name the
 * old registry as their default, so the hub is always written out.
 */
const common = {
  repository: "https://blob.istio.io/istio-release/charts",
  oci: "ghcr.io/istio/release/charts",
  hub: "docker.io/istio",
  // Istio 1.30 ignores Gateway API CRDs older than 1.5 (IST0176); this chart carries 1.5.1, the older ones 1.4.
  gatewayApi: { oci: "docker.io/envoyproxy", version: "1.8.3" },
  loadBalancerController: { repository: "https://aws.github.io/eks-charts", version: "3.6.0" },
  refresherImage: "public.ecr.aws/aws-cli/aws-cli:2.35.19",
  forwarderImage: FORWARDER_IMAGE,
};

/**
 * Istio supports a minor version until six weeks after the second one that follows it
 * (https://istio.io/latest/docs/releases/supported-releases/). Until that one is out the day is an estimate from
 * Istio's quarterly rhythm; correct it when the release is announced.
 */
const istio130 = {
  ...common,
  kubernetes: { oldest: "1.32", newest: "1.36" },
  endOfLife: "2026-12-31",
};
const istio131 = {
  ...common,
  kubernetes: { oldest: "1.32", newest: "1.36" },
  endOfLife: "2027-04-01",
};

/** Versions by name, newest first. */
export const istioVersions: Readonly<Record<string, IstioVersion>> = {
  "1.31.4": { ...istio131, tag: "1.31.4" },
  "1.31.3": { ...istio131, tag: "1.31.3" },
  "1.31.2": { ...istio131, tag: "1.31.2" },
  "1.31.1": { ...istio131, tag: "1.31.1" },
  "1.31.0": {
    ...istio131,
    tag: "1.31.0",
    hole: "a BackendTLSPolicy without its CA sends plaintext (https://istio.io/latest/news/releases/1.31.x/announcing-1.31.1/)",
  },
  "1.30.8": { ...istio130, tag: "1.30.8" },
  "1.30.7": { ...istio130, tag: "1.30.7" },
  "1.30.6": { ...istio130, tag: "1.30.6" },
  "1.30.5": { ...istio130, tag: "1.30.5" },
  "1.30.4": { ...istio130, tag: "1.30.4" },
} satisfies Record<string, IstioVersion>;

/** The newest version that this package knows. */
export function newestVersion(): string {
  return newestFirst(Object.keys(istioVersions))[0]!;
}

/**
 * What goes with a version; undefined where that is not known.
 *
 * A patch of a known minor version that is newer than all of its rows is taken to have what the newest of them has, so that a fix can
 * be installed on the day that it is out.
 */
export function findVersion(version: string): IstioVersion | undefined {
  const row = find(istioVersions, version);
  if (row || !/^\d+\.\d+\.\d+$/.test(version)) return row;
  const newest = newestPatch(version);
  return newest !== undefined && compareVersions(version, newest) > 0
    ? { ...lookUp(istioVersions, newest), tag: version, hole: undefined }
    : undefined;
}

/** What goes with a version that is known or taken for the patch of one; fails for any other. */
export function versionOf(version: string): IstioVersion {
  const row = findVersion(version);
  if (row) return row;
  throw new Error(
    `Istio version: got ${JSON.stringify(version)}; allowed: ${Object.keys(istioVersions).join(", ")}, or a newer patch of these; ` +
      `fix: say ${JSON.stringify(newestPatch(version) ?? newestVersion())}`,
  );
}

/** The newest known patch of a version's minor; undefined where no row is of that minor. */
export function newestPatch(version: string): string | undefined {
  const { major, minor } = parsed(version);
  const same = Object.keys(istioVersions).filter((known) => known.startsWith(`${major}.${minor}.`));
  return newestFirst(same)[0];
}

/** Newest Kubernetes minor version that some Istio versions all support; unknown ones say nothing. */
export function newestKubernetes(versions: string[]): string {
  const known = versions.flatMap((version) => findVersion(version) ?? []);
  const rows = known.length > 0 ? known : [istioVersions[newestVersion()]!];
  return newestFirst(rows.map(({ kubernetes }) => kubernetes.newest)).at(-1)!;
}

/** Registry and tag of a version's images. */
export function imagesOf<Leaf>(version: string, hub?: Leaf): { hub: Leaf | string; tag: string } {
  const { hub: published, tag } = versionOf(version);
  return { hub: hub ?? published, tag };
}

/** Negative where `a` is older than `b`, positive where it is newer. A minor version counts as its first patch. */
export function compareVersions(a: string, b: string): number {
  return semver.compare(parsed(a), parsed(b));
}

/** The newest of some versions; undefined where there is none. */
export function newestOf(versions: readonly string[]): string | undefined {
  return newestFirst([...versions])[0];
}

/** How many minor versions lie between two. */
export function minorsApart(a: string, b: string): number {
  return Math.abs(minorsUp(a, b));
}

/** By how many minor versions the second is newer; negative where it is older. */
export function minorsUp(before: string, after: string): number {
  return semver.minor(parsed(after)) - semver.minor(parsed(before));
}

/** What is no version at all is older than everything. */
function parsed(version: string): semver.SemVer {
  return semver.coerce(version) ?? new semver.SemVer("0.0.0");
}

function newestFirst(versions: string[]): string[] {
  return [...versions].sort((a, b) => compareVersions(b, a));
}
