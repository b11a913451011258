/** Which gateways a mesh has. */
import type { Ingress } from "../topology";
import type { Member, MeshRelation } from "./types";

/** Whether its networks reach each other through gateways. */
export function hasEastWest({ networks }: MeshRelation): boolean {
  return networks.length > 1;
}

/** Ingress gateways of a mesh in one of its clusters, by name. */
export function ingressesAt({ in: { mesh }, at }: Member): [name: string, ingress: Ingress][] {
  return Object.entries(mesh.ingress).filter(([, { clusters }]) =>
    clusters.includes(at.cluster.name),
  );
}
