/** Parts of the description that can be written but not built yet. Each goes when its room comes. */
import { type Rule, Severity } from "../rule";
import { when } from "./support";

const NOT_BUILT = "not built yet";

const severity = Severity.Problem;
const why = "The schema is settled before all of its rooms are there.";

export const laterRules: Rule[] = [
  {
    id: "not-built-tenants",
    summary: "There are no tenants.",
    why,
    severity,
    check: ({ tenants }) =>
      when(tenants !== undefined, {
        path: "tenants",
        got: `model ${tenants?.model}`,
        allowed: `nothing: tenants are ${NOT_BUILT}`,
        fix: "give each tenant a mesh of its own under meshes, or make its namespaces yourself; remove tenants",
      }),
  },
];
