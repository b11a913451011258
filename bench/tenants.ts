/** How a plan grows with tenants that share a mesh of one cluster. */
import { table } from "../cli/text/layout";
import { checkTenants, perResource } from "./limits";
import type { Check } from "./limits";
import { measure } from "./measure";

const SIZES = [5, 20, 100];

/** Plans each size in a process of its own. */
export async function measureTenants(print: (...lines: string[]) => void): Promise<Check[]> {
  print("tenants of one mesh, in one cluster\n");
  const measured = [];
  for (const tenants of SIZES)
    measured.push({ tenants, ...(await measure({ clusters: 1, tenants })) });
  const rows = measured.map(({ tenants, ...plan }) => [
    ...[tenants, plan.resources].map(String),
    ...[plan.planning, plan.processor, perResource(plan)].map((number) => number.toFixed(2)),
    String(plan.makespan),
  ]);
  const heading = ["tenants", "resources", "planning s", "processor s", "ms each", "up s"];
  print(...table([heading, ...rows]), "");
  return checkTenants(measured);
}
