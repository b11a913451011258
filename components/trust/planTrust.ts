/** Which roots there are, which mesh trusts which, and which control planes sign below them. */
import { memberKey, shortened } from "../topology";
import type { Mesh, Topology, Trust } from "../topology";
import type { IntermediatePlan, RootPlan, TrustPlan } from "./plan";

/** Root of the meshes that do not name one of their own. */
export const SHARED_ROOT = "shared";

/** RFC 5280, appendix A.1: ub-common-name. Longer names are refused by parsers that keep to it. */
const LONGEST_COMMON_NAME = 64;

export function planTrust(topology: Topology): TrustPlan {
  const meshes = Object.values(topology.meshes);
  return {
    roots: Object.fromEntries(meshes.map((mesh) => [rootKey(mesh), planRoot(topology, mesh)])),
    rootOf: Object.fromEntries(meshes.map((mesh) => [mesh.name, rootKey(mesh)])),
    intermediates: Object.fromEntries(
      meshes.flatMap((mesh) =>
        mesh.runsIn.map((cluster) => [
          memberKey(mesh.name, cluster),
          planIntermediate(topology, mesh, cluster),
        ]),
      ),
    ),
  };
}

/** Key of the root of a mesh. The prefix keeps a mesh that is called "shared" apart. */
export function rootKey(mesh: Mesh): string {
  return mesh.trust ? `mesh-${mesh.name}` : SHARED_ROOT;
}

/** Where the root of a mesh comes from. */
export function trustOf(topology: Topology, mesh: Mesh): Trust {
  return mesh.trust ?? topology.trust;
}

function planRoot(topology: Topology, mesh: Mesh): RootPlan {
  const { root, secret } = trustOf(topology, mesh);
  const owner = mesh.trust ? `${topology.name} ${mesh.name}` : topology.name;
  return { commonName: commonName(`${owner} root`), source: root, secret };
}

function planIntermediate(topology: Topology, mesh: Mesh, cluster: string): IntermediatePlan {
  return {
    mesh: mesh.name,
    cluster,
    root: rootKey(mesh),
    commonName: commonName(`${topology.name} ${mesh.name} istiod ${cluster}`),
  };
}

/** Names must differ: a certificate is found by its issuer's. */
function commonName(name: string): string {
  return shortened(name, LONGEST_COMMON_NAME, " ");
}
