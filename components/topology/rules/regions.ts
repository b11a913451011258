/** Places of AWS's that a description names. */
import { below } from "../path";
import { type Problem, written } from "../problem";
import { closestRegion, REGIONS } from "../regions";
import { type Rule, Severity } from "../rule";
import type { Topology } from "../topology";
import { vpcsOf, when } from "./support";

/** A region that stands somewhere, and the command that says it where the description does not. */
interface NamedRegion {
  path: string;
  region: string;
  /** It is the stack's default. */
  isDefault?: boolean;
}

/** Every place of a description that a region stands in; a VPC that names none has the stack's. */
function regionsOf({ description, vpcs, encryptionKeys, links }: Topology): NamedRegion[] {
  const own = new Map(vpcsOf(description).map(({ path, vpc }) => [path, vpc.region]));
  const ofVpcs = Object.values(vpcs).map(({ path, region }) => ({
    path: below(path, "region"),
    region,
    isDefault: own.get(path) === undefined,
  }));
  return [
    ...ofVpcs,
    ...keysOf("encryption.keys", encryptionKeys),
    ...keysOf("links.transitGateways", links.transitGateways),
    // Another rule says where there is none.
  ].filter(({ region }) => region !== "");
}

/** Regions that are the keys of a map. */
function keysOf(path: string, map: object): NamedRegion[] {
  return Object.keys(map).map((region) => ({ path: below(path, region), region }));
}

function fixOf({ region, isDefault }: NamedRegion): string {
  const meant = closestRegion(region);
  if (meant === undefined)
    return isDefault
      ? "`pulumi config set aws:region <region>` with one of these"
      : "name one of these";
  return isDefault
    ? `it comes from aws:region, did you mean \`pulumi config set aws:region ${meant}\`?`
    : `did you mean ${written(meant)}?`;
}

function checkRegion(named: NamedRegion): Problem[] {
  return when(!REGIONS.includes(named.region), {
    path: named.path,
    got: written(named.region),
    allowed: REGIONS.join(", "),
    fix: fixOf(named),
  });
}

export const regionRules: Rule[] = [
  {
    id: "region-unknown",
    summary: "A region is one of AWS's.",
    why: "The provider would look for an endpoint that is not there (https://docs.aws.amazon.com/general/latest/gr/rande.html#region-names-codes).",
    severity: Severity.Problem,
    check: (topology) => regionsOf(topology).flatMap(checkRegion),
  },
];
