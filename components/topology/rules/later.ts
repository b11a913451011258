/** Parts of the description that can be written but not built yet. Each goes when its room comes. */
import { TenancyModel } from "../description";
import { type Rule, Severity } from "../rule";
import { when } from "./support";

const NOT_BUILT = "not built yet";

const severity = Severity.Problem;
const why = "The schema is settled before all of its rooms are there.";

export const laterRules: Rule[] = [
  {
    id: "not-built-tenants",
    summary: "Tenants are separated by namespaces.",
    why,
    severity,
    check: ({ tenants }) =>
      when(tenants !== undefined && tenants.model !== TenancyModel.Namespace, {
        path: "tenants.model",
        got: `${tenants?.model}`,
        allowed: `${TenancyModel.Namespace}: tenants by ${tenants?.model} are ${NOT_BUILT}`,
        fix: "say namespace, or give each tenant a mesh of its own under meshes and remove tenants",
      }),
  },
];
