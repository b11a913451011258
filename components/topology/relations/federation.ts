/** Which meshes exchange services, and where they come in. */
import type { Topology } from "../topology";
import type { Export, MeshRelation } from "./types";

/** Lets meshes know what they export and import. Rules of the foundation hold that all names lead somewhere. */
export function federate({ federation }: Topology, meshes: MeshRelation[]): void {
  const called = (name: string) => meshes.find(({ mesh }) => mesh.name === name)!;
  for (const [mesh, { clusters }] of Object.entries(federation.gateways)) {
    const { members } = called(mesh);
    called(mesh).federationGateways = members.filter(({ at }) =>
      clusters.includes(at.cluster.name),
    );
  }
  for (const [name, { from, to, services }] of Object.entries(federation.exports)) {
    const importing = [...new Set(to)].map(called);
    const exported: Export = { name, from: called(from), to: importing, services };
    exported.from.exports.push(exported);
    for (const mesh of importing) mesh.imports.push(exported);
  }
}

/** Meshes that it exchanges services with, whichever way. */
export function peersOf(mesh: Pick<MeshRelation, "exports" | "imports">): MeshRelation[] {
  const importing = mesh.exports.flatMap(({ to }) => to);
  const exporting = mesh.imports.map(({ from }) => from);
  const peers = [...new Set([...importing, ...exporting])];
  return peers.sort((a, b) => (a.mesh.name < b.mesh.name ? -1 : 1));
}

/** Whether gateways of a mesh take Gateways of their own namespace alone: one of another that selects their pods would add hosts. */
export function scopesGateways({ exports, tenants }: MeshRelation): boolean {
  return exports.length > 0 || tenants.length > 0;
}

/** Namespaces of one importing mesh that a service is exported to. */
export function allowedIn({ allow }: { allow: string[] }, { mesh }: MeshRelation): string[] {
  const own = allow.map((one) => one.split("/")).filter(([name]) => name === mesh.name);
  return [...new Set(own.flatMap(([, namespace]) => namespace ?? []))].sort();
}
