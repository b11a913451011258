import * as path from "node:path";
import { Effect, effectOf, effectsOf } from "../../../cli/diff/replacements";
import { capital } from "./cloudFormation/row";
import { propertiesOf } from "./cloudFormation/template";
import { rows } from "./cloudFormation/types";
import { asked, type Court, type Finding } from "./findings";
import type { Subject } from "./subjects";

/** What a schema of AWS's says. */
interface Form {
  readonly properties: readonly string[];
  /** Paths of what no update changes. */
  readonly createOnly: readonly string[];
}

/** An input that is in the table of replacements or in a plan, and the properties that it is in CloudFormation. */
interface Asked {
  readonly type: string;
  readonly input: string;
  readonly properties: readonly string[];
}

/** Type of CloudFormation; a role's policies are properties of the role in templates, and have a schema of their own. */
const typed: Readonly<Record<string, { type: string; names: Readonly<Record<string, string>> }>> = {
  "aws:iam/rolePolicy:RolePolicy": {
    type: "AWS::IAM::RolePolicy",
    names: { name: "PolicyName", policy: "PolicyDocument", role: "RoleName" },
  },
};

const script = path.join(__dirname, "createOnly.py");

/**
 * Where the table of replacements says other than AWS's schemas do, and names no source for it; a type that has no schema needs one.
 *
 * @param told what the table says of a path
 */
export async function disagreements(
  court: Court,
  subjects: readonly Subject[],
  told: typeof effectOf = effectOf,
): Promise<Finding[]> {
  const all = unsourced(subjects);
  const types = [...new Set(all.map(({ type }) => typeOf(type)))];
  const known = types.filter((type) => type !== undefined);
  const answer = await asked(court, [script], [0], JSON.stringify(known));
  const forms: Readonly<Record<string, Form>> = JSON.parse(answer);
  return all.flatMap((one) => {
    const form = forms[typeOf(one.type) ?? ""];
    return form ? compared(one, form, told) : [findingOf(one, "AWS has no schema of it")];
  });
}

const typeOf = (type: string) => (typed[type] ?? rows[type])?.type;

function compared(one: Asked, form: Form, told: typeof effectOf): Finding[] {
  const has = one.properties.filter((each) => form.properties.includes(each.split("/")[0]));
  if (has.length === 0) return [];
  const isFixed = has.some((each) => form.createOnly.some((fixed) => leads(fixed, each)));
  const saying = told(one.type, one.input);
  if (isFixed === (saying === Effect.Replaces)) return [];
  return [
    findingOf(one, `${saying}, but AWS's schema ${isFixed ? "fixes it" : "does not fix it"}`),
  ];
}

/** Whether one of two paths is, or is in, the other. */
const leads = (a: string, b: string) => `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);

function findingOf({ type, input }: Asked, message: string): Finding {
  return {
    judge: "cfn-lint",
    rule: "createOnlyProperties",
    where: `${type} ${input}`,
    subject: "replacements",
    message,
  };
}

/** Every input, each once, of types whose row in the table names no source; tags change in place everywhere. */
function unsourced(subjects: readonly Subject[]): Asked[] {
  const planned = subjects
    .flatMap(({ resources }) => resources)
    .filter(({ expanded }) => !expanded);
  const found = new Map<string, Asked>();
  for (const { type, inputs } of planned.map(({ resource }) => resource)) {
    const effects = type.startsWith("aws:") ? effectsOf(type) : undefined;
    if (!effects || effects.source) continue;
    const listed = [...effects.replaces, ...effects.updates];
    const others = listed.filter((input) => !(input in (rows[type]?.forms ?? {})));
    for (const input of new Set([...others, ...Object.keys(inputs)])) {
      if (input === "tags" || input === "region") continue;
      const properties = namesOf(type, input, inputs[input]);
      found.set(`${type} ${input}`, { type, input, properties });
    }
  }
  return [...found.values()];
}

/** Of an input that stands elsewhere there, what its value in a plan becomes says where. */
function namesOf(type: string, input: string, value: unknown): string[] {
  const names = typed[type]?.names;
  if (names) return [names[input] ?? capital(input)];
  const row = rows[type];
  if (!row) return [];
  if (row.forms?.[input] || row.without?.[input] !== undefined)
    return Object.keys(propertiesOf(row, input, value));
  const [first, ...rest] = input.split(".");
  return [[row.names?.[first] ?? capital(first), ...rest.map(capital)].join("/")];
}
