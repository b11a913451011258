/** What meshes export to each other. */
import type { Facts } from "../../components/mesh";
import type { Export, MeshRelation, Relations } from "../../components/topology";
import type { ExportReport } from "./report";

/** One for each exported service and mesh that imports it. */
export function reportExports({ meshes }: Relations, facts: Facts): ExportReport[] {
  return meshes
    .flatMap(({ exports }) => exports)
    .flatMap((exported) => exported.to.flatMap((to) => reportExport(exported, to, facts)));
}

function reportExport(
  { name, from, services }: Export,
  { mesh: { name: to } }: MeshRelation,
  { federation }: Facts,
): ExportReport[] {
  const configurations = Object.values(federation.configurations);
  const { imports } = configurations.find(({ mesh }) => mesh === to)!;
  const gateways = Object.values(federation.gateways).filter(({ mesh }) => mesh === from.mesh.name);
  return Object.keys(services).map((host) => {
    const imported = Object.values(imports).find(
      (one) => one.from === from.mesh.name && one.original === host,
    )!;
    const { host: as, ports, namespaces: allow, identities } = imported;
    return {
      ...{
        name,
        from: from.mesh.name,
        to,
        host,
        as,
        ports: Object.values(ports),
        allow,
        identities,
      },
      gateways: Object.fromEntries(gateways.map(({ cluster, addresses }) => [cluster, addresses])),
    };
  });
}
