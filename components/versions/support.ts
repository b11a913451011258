/** What is to be said of a version: the rules of a description and the policy pack ask the same. Imports no schema. */
import { daysUntil } from "../topology/days";
import { written } from "../topology/problem";
import type { Problem } from "../topology/problem";
import { findVersion, istioVersions, newestPatch, newestVersion, versionOf } from "./istio";
import { eksVersions } from "./kubernetes";

/** A version, and where it is named. */
export interface NamedVersion {
  path: string;
  version: string;
}

/** How long before the end of life the warning starts. */
const ISTIO_NOTICE = 60;

/** How long before the end of standard support the warning starts. */
const KUBERNETES_NOTICE = 30;

export function unknownIstio({ path, version }: NamedVersion): Problem[] {
  if (findVersion(version)) return [];
  return [
    {
      path,
      got: written(version),
      allowed: `${Object.keys(istioVersions).join(", ")}, or a newer patch of these`,
      fix: `say ${written(newestPatch(version) ?? newestVersion())}, or upgrade the package for newer versions`,
    },
  ];
}

export function holeOfIstio({ path, version }: NamedVersion): Problem[] {
  const { hole } = versionOf(version);
  if (hole === undefined) return [];
  const fix = `say ${written(newestPatch(version))}`;
  const got = `${written(version)}, with a known hole: ${hole}`;
  return [{ path, got, allowed: "a later patch", fix }];
}

export function endOfIstio({ path, version }: NamedVersion, today: string): Problem[] {
  const { endOfLife: end } = versionOf(version);
  if (daysUntil(end, today) > ISTIO_NOTICE) return [];
  const supported = Object.keys(istioVersions).filter((other) => versionOf(other).endOfLife > end);
  const hasNewer = supported.length > 0;
  return [
    {
      path,
      got: `${written(version)}, whose support ${today > end ? "ended" : "ends"} on ${end}`,
      allowed: hasNewer ? supported.join(", ") : "a newer minor version",
      fix: hasNewer
        ? `move to ${written(newestVersion())}`
        : "upgrade the package for a newer Istio",
    },
  ];
}

export function unknownKubernetes({ path, version }: NamedVersion): Problem[] {
  if (Object.hasOwn(eksVersions, version)) return [];
  return [
    {
      path,
      got: written(version),
      allowed: Object.keys(eksVersions).join(", "),
      fix: "say one of these, or remove it for the newest that fits",
    },
  ];
}

export function endOfKubernetes({ path, version }: NamedVersion, today: string): Problem[] {
  const until = eksVersions[version]?.standardSupport;
  if (until === undefined || daysUntil(until, today) > KUBERNETES_NOTICE) return [];
  return [
    {
      path,
      got: `${written(version)}, whose standard support ${today > until ? "ended" : "ends"} on ${until}`,
      allowed: "a version in standard support",
      fix: "move to the next minor version; an EKS cluster moves one at a time",
    },
  ];
}
