import * as fs from "node:fs";
import * as path from "node:path";
import type { Template } from "./cloudFormation/template";
import { written } from "./cloudFormation/template";
import { asked, laidOut, type Court, type Finding } from "./findings";

/** As `--format json` prints it: https://github.com/aws-cloudformation/cfn-lint/blob/main/src/cfnlint/formatters/__init__.py */
interface Match {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly (string | number)[] | null };
}

/** Nothing, errors, warnings, both. */
const codes = [0, 2, 4, 6];

/** What the schemas of AWS's resources, which cfn-lint holds, say of templates. */
export async function lint(court: Court, templates: readonly Template[]): Promise<Finding[]> {
  const exhibits = templates.map((template, index) => ({
    name: `${index}`,
    text: written(template),
  }));
  const folder = laidOut(court, exhibits, ".json");
  const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
  const output = await asked(
    court,
    ["-m", "cfnlint.runner.cli", "--format", "json", ...files],
    codes,
  );
  return (JSON.parse(output) as Match[]).map((match) => {
    const template = templates[Number(path.basename(match.Filename, ".json"))];
    return findingOf(match, template);
  });
}

function findingOf({ Message, Rule, Location }: Match, template: Template): Finding {
  const [, name, , ...rest] = Location.Path ?? [];
  const { subject, resources, planned } = template;
  const found = planned[String(name)];
  const thing = found
    ? `${resources[String(name)].Type} ${found.resource.name} ${rest.join(".")}`
    : "template";
  return { judge: "cfn-lint", rule: Rule.Id, where: thing.trim(), subject, message: Message };
}
