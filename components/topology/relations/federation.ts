/** Which meshes exchange services, and where they come in. */
import { find, mapValues } from "../../records";
import type { Peer, Topology } from "../topology";
import type { Export, MeshRelation, Partner, PeerRelation } from "./types";

/** Lets meshes know what they export and import. Rules of the foundation hold that all names lead somewhere. */
export function federate({ federation }: Topology, meshes: MeshRelation[]): void {
  const ours = (name: string) => meshes.find(({ mesh }) => mesh.name === name)!;
  const peers = mapValues(federation.peers, relatePeer);
  const called = (name: string): MeshRelation | PeerRelation => find(peers, name) ?? ours(name);
  for (const [mesh, { clusters }] of Object.entries(federation.gateways)) {
    const { members } = ours(mesh);
    ours(mesh).federationGateways = members.filter(({ at }) => clusters.includes(at.cluster.name));
  }
  for (const [name, { from, to, services }] of Object.entries(federation.exports)) {
    const importing = [...new Set(to)].map(called);
    const exported: Export = { name, from: called(from), to: importing, services };
    if (!isPeer(exported.from)) exported.from.exports.push(exported);
    for (const mesh of importing) if (!isPeer(mesh)) mesh.imports.push(exported);
  }
}

/** A rule of the foundation holds that something is known of each. */
function relatePeer(peer: Peer): PeerRelation {
  const published = peer.published!;
  const mesh = { name: peer.name, trustDomain: published.trustDomain };
  return { mesh, peer: { ...peer, published } };
}

/** Whether a mesh that services are exchanged with is not of the description. */
export function isPeer(mesh: MeshRelation | PeerRelation): mesh is PeerRelation {
  return "peer" in mesh;
}

/** Meshes that it exchanges services with, whichever way. */
export function peersOf(
  mesh: Pick<MeshRelation, "exports" | "imports">,
): (MeshRelation | PeerRelation)[] {
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
export function allowedIn({ allow }: { allow: string[] }, { mesh }: Partner): string[] {
  const own = allow.map((one) => one.split("/")).filter(([name]) => name === mesh.name);
  return [...new Set(own.flatMap(([, namespace]) => namespace ?? []))].sort();
}
