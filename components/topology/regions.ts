/** AWS regions, by the partitions that this package makes ARNs for. */
import { closest } from "./suggest";

/**
 * As AWS's own SDKs have them: `botocore/data/partitions.json` of botocore 1.44.8. A new region is a line here; partitions that
 * are cut off from the rest (`aws-iso` and its kin, `aws-eusc`) are left out, since nothing here has been looked at for them.
 */
const PARTITIONS = {
  aws: [
    "af-south-1",
    ...["ap-east-1", "ap-east-2"],
    ...["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
    ...["ap-south-1", "ap-south-2"],
    ...["ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"],
    ...["ap-southeast-5", "ap-southeast-6", "ap-southeast-7"],
    ...["ca-central-1", "ca-west-1"],
    ...["eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2"],
    ...["eu-west-1", "eu-west-2", "eu-west-3"],
    "il-central-1",
    ...["me-central-1", "me-south-1", "me-west-1"],
    "mx-central-1",
    ...["sa-east-1", "sa-west-1"],
    ...["us-east-1", "us-east-2", "us-west-1", "us-west-2"],
  ],
  "aws-cn": ["cn-north-1", "cn-northwest-1"],
  "aws-us-gov": ["us-gov-east-1", "us-gov-west-1"],
};

/** Every region that is known. */
export const REGIONS: readonly string[] = Object.values(PARTITIONS).flat();

/** How other clouds, and people, call what AWS abbreviates. */
const AREAS: [long: RegExp, short: string][] = [
  [/europe/, "eu"],
  [/asia|pacific/, "ap"],
  [/america/, "us"],
];

/** The region that a name most likely means: `eu-west-1` for `europe-west1`, `eu_west_1` and `eu-west-1a`. */
export function closestRegion(name: string): string | undefined {
  const short = AREAS.reduce((text, [long, area]) => text.replace(long, area), name.toLowerCase());
  const found = closest(withoutSigns(short), REGIONS.map(withoutSigns));
  return REGIONS.find((region) => withoutSigns(region) === found);
}

function withoutSigns(name: string): string {
  return name.replace(/[^a-z0-9]/g, "");
}

/**
 * Whether a zone is one of a region, a local or wavelength zone too: `eu-west-1a`, `us-west-2-lax-1a`
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html).
 */
export function isZoneOf(zone: string, region: string): boolean {
  return zone.startsWith(region) && /^([a-z]|-[a-z0-9-]+[a-z])$/.test(zone.slice(region.length));
}
