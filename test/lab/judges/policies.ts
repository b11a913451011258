import * as path from "node:path";
import type { Value, Values } from "../../../engine";
import { asked, type Court, type Finding } from "./findings";
import type { Subject } from "./subjects";

/** A policy document of IAM. */
export interface Policy {
  readonly subject: string;
  /** Type and name of the resource that holds it. */
  readonly where: string;
  readonly document: Values;
}

/** Inputs of AWS's resources that hold policies. */
const holders = ["policy", "assumeRolePolicy"];

export function policiesOf({ name: subject, resources }: Subject): Policy[] {
  return resources.flatMap(({ resource: { type, name, inputs } }) =>
    holders
      .filter((input) => type.startsWith("aws:") && inputs[input])
      .map((input) => ({
        ...{ subject, where: `${input} ${name}` },
        document: complete(parsed(inputs[input]), name),
      })),
  );
}

const parsed = (value: Value): Values => (typeof value === "string" ? JSON.parse(value) : value);

/** A trust policy names no resource, since it stands at the one that it is about: the role. */
function complete(document: Values, role: string): Values {
  const Resource = `arn:aws:iam::123456789012:role/${role}`;
  const statements: Values[] = [document.Statement].flat();
  const Statement = statements.map((one) => (one.Principal ? { Resource, ...one } : one));
  return { ...document, Statement };
}

interface Answer {
  readonly place: string;
  readonly rule: string;
  readonly message: string;
}

const script = path.join(__dirname, "policies.py");

/** What parliament has against policies. */
export async function audited(court: Court, policies: readonly Policy[]): Promise<Finding[]> {
  const input = JSON.stringify(policies.map(({ document }) => document));
  const answers: Answer[] = JSON.parse(await asked(court, [script], [0], input));
  return answers.map(({ place, rule, message }) => {
    const { subject, where } = policies[Number(place)];
    return { judge: "parliament", rule, where, subject, message };
  });
}
