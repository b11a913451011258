/** Tags that the stack's config gives to every AWS resource. */
import { isMap } from "../istio/values";

/**
 * The tags of `aws:defaultTags`. None where the text is not of its form: the AWS provider says so.
 *
 * @param text value of the config key, absent where nothing is said
 */
export function stackTagsOf(text?: string): Record<string, string> {
  const { tags } = asMap(fromJson(text ?? ""));
  return Object.fromEntries(
    Object.entries(asMap(tags)).map(([key, value]) => [key, String(value)]),
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asMap(value: unknown): Record<string, unknown> {
  return isMap(value) ? value : {};
}
