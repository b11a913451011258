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
    summary: "Tenants are separated by namespaces or meshes.",
    why,
    severity,
    check: ({ tenants }) =>
      when(tenants?.model === TenancyModel.Cluster, {
        path: "tenants.model",
        got: TenancyModel.Cluster,
        allowed: `${TenancyModel.Namespace} or ${TenancyModel.Mesh}: tenants by cluster are ${NOT_BUILT}`,
        fix: "say one of these",
      }),
  },
];
