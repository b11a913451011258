/** What the plans of control planes, remotes and gateways ask of a member. */
import { find } from "../records";
import { ReaderRights } from "../topology";
import type { ChartValues, Member, Mesh } from "../topology";
import { mergeValues } from "./values";

/** Whether some istiod of the mesh reads its configuration in this cluster. */
export function holdsConfiguration({ rights }: Member): boolean {
  return rights !== ReaderRights.Serve;
}

/** Extra values of an istiod: those of its cluster, and over them its revision's. */
export function istiodExtras(
  values: ChartValues = {},
  revision: ChartValues["istiod"] = {},
): NonNullable<ChartValues["istiod"]> {
  return mergeValues(values.istiod ?? {}, revision);
}

/** Extra values in a cluster: the mesh's, and over them the member's own. A cluster that only runs istiod has none of its own. */
export function valuesAt({ values, members }: Mesh, cluster: string): ChartValues {
  return mergeValues({ ...values }, { ...find(members, cluster)?.values });
}
