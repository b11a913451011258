/**
 * Whether IAM lets a call pass
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html), as far as the policies that are
 * made here go: another operator or key is an error, not an answer.
 */

export interface Call {
  action: string;
  /** ARN. */
  resource: string;
  /** Tags of the resource. */
  tags: Record<string, string>;
  /** Tags that the call wants it to have. */
  requested?: Record<string, string>;
}

interface Statement {
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface Policy {
  Statement: Statement | Statement[];
}

export function allows({ Statement }: Policy, call: Call): boolean {
  const effects = [Statement]
    .flat()
    .filter((statement) => isAbout(statement, call))
    .map(({ Effect }) => Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}

function isAbout({ Action, Resource, Condition = {} }: Statement, call: Call): boolean {
  const { action, resource } = call;
  return (
    [Action].flat().some((pattern) => isLike(action, pattern, "i")) &&
    [Resource].flat().some((pattern) => isLike(resource, pattern)) &&
    Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, call))
  );
}

/** All keys must hold, each with one of its values; one that the call lacks does not. */
function holds(operator: string, keys: Record<string, string | string[]>, call: Call): boolean {
  if (operator !== "StringEquals") throw new Error(`the condition ${operator} is not known here`);
  return Object.entries(keys).every(([key, values]) => {
    const value = contextOf(key, call);
    return value !== undefined && [values].flat().includes(value);
  });
}

function contextOf(key: string, { tags, requested = {} }: Call): string | undefined {
  const [, of, tag] = /^aws:(Resource|Request)Tag\/(.+)$/.exec(key) ?? [];
  if (tag === undefined) throw new Error(`the condition key ${key} is not known here`);
  return of === "Resource" ? tags[tag] : requested[tag];
}

/** `*` stands for any text and `?` for one character. */
function isLike(text: string, pattern: string, flags = ""): boolean {
  const quoted = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${quoted.replaceAll("*", ".*").replaceAll("?", ".")}$`, flags).test(text);
}
