import { asProps } from "../base/values";
import type { Draft } from "./table";

/**
 * What all services refuse in the tags of a resource
 * (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices).
 */
const MOST = 50;
/** Of a hosted zone (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html). */
const MOST_OF_ZONE = 10;
const LONGEST = { key: 128, value: 256 };

/** EC2 takes any sign (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions). */
const ANY_SIGN = ["ec2", "ec2transitgateway", "vpc"];

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html, and the same of KMS, EKS and load balancers. */
const SIGNS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** What AWS answers to the tags of a resource, those of its provider among them; undefined when it accepts. */
export function refusedTags({ type }: Draft, tags: unknown): string | undefined {
  const service = type.split(".")[0];
  const entries = Object.entries(asProps(tags));
  const most = service === "route53" ? MOST_OF_ZONE : MOST;
  if (entries.length > most) return `TagLimitExceeded: ${entries.length} tags, at most ${most}`;
  const keys = new Set(entries.map(([key]) => key.toLowerCase()));
  if (service === "iam" && keys.size < entries.length)
    return "InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.";
  const bad = entries.find(([key, value]) => isRefused(service, key, String(value)));
  return bad && `InvalidParameterValue: tag '${bad[0]}' = '${String(bad[1])}'`;
}

function isRefused(service: string, key: string, value: string): boolean {
  const isLong = [...key].length > LONGEST.key || [...value].length > LONGEST.value;
  if (key === "" || isLong || /^aws:/i.test(key)) return true;
  return !ANY_SIGN.includes(service) && !(SIGNS.test(key) && SIGNS.test(value));
}
