/** Schemas of what the command line prints for machines. Run as a program it writes the committed files. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemaOfTypes } from "./typeSchema";

const ROOT = join(__dirname, "../..");

/** By file: title, and the types of `cli/forms.ts` that it describes. */
const SCHEMAS: Record<string, { title: string; types: string[] }> = {
  "schema/plan.schema.json": {
    title: "What `istio-patterns plan --json` prints, version 1",
    types: ["PlanJson", "RefusalJson"],
  },
  "schema/diff.schema.json": {
    title: "What `istio-patterns diff --json` prints, version 1",
    types: ["DiffJson", "RefusalJson"],
  },
};

/** The text of each file. */
export function jsonSchemas(): Record<string, string> {
  const file = join(ROOT, "cli/forms.ts");
  const entries = Object.entries(SCHEMAS).map(([name, { title, types }]) => [
    name,
    `${JSON.stringify(schemaOfTypes(file, types, title), null, 2)}\n`,
  ]);
  return Object.fromEntries(entries);
}

if (require.main === module) {
  for (const [name, text] of Object.entries(jsonSchemas())) writeFileSync(join(ROOT, name), text);
}
