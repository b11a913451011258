/** What meshes export to each other. */
import { entrancesOf, identitiesOf } from "../../components/federation/exchange";
import type { Facts } from "../../components/mesh";
import { allowedIn, isPeer } from "../../components/topology";
import type { Export, Partner, Relations } from "../../components/topology";
import type { ExportReport } from "./report";

/** One for each exported service and mesh that imports it; of meshes elsewhere what they exchange with those here. */
export function reportExports({ meshes }: Relations, facts: Facts): ExportReport[] {
  const imported = meshes.flatMap(({ imports }) => imports.filter(({ from }) => isPeer(from)));
  const all = [...meshes.flatMap(({ exports }) => exports), ...new Set(imported)];
  return all.flatMap((exported) => exported.to.flatMap((to) => reportExport(exported, to, facts)));
}

function reportExport(exported: Export, to: Partner, { federation }: Facts): ExportReport[] {
  const { name, from, services } = exported;
  const gateways = entrancesOf(exported, Object.values(federation.gateways));
  return Object.entries(services).map(([host, service]) => ({
    ...{ name, from: from.mesh.name, to: to.mesh.name, host, as: service.alias ?? host },
    ports: Object.values(service.ports),
    allow: allowedIn(service, to),
    identities: identitiesOf(exported, host),
    gateways: Object.fromEntries(gateways.map(({ cluster, addresses }) => [cluster, addresses])),
  }));
}
