/** Which roots there are, which mesh trusts which, and which control planes sign below them. */
import { keyed } from "../records";
import { memberKey, rootKey, shortened } from "../topology";
import type { ControlPlane, Mesh, MeshRelation, Relations, Topology, Trust } from "../topology";
import type { IntermediatePlan, RootPlan, TrustPlan } from "./facts";

/** RFC 5280, appendix A.1: ub-common-name. Longer names are refused by parsers that keep to it. */
const LONGEST_COMMON_NAME = 64;

export function planTrust({ topology, meshes }: Relations): TrustPlan {
  const intermediates = meshes
    .flatMap(({ controlPlanes }) => controlPlanes)
    .map((controlPlane) => planIntermediate(topology, controlPlane));
  return {
    roots: Object.assign({}, ...meshes.map((mesh) => planRoots(topology, mesh))),
    rootOf: Object.fromEntries(
      meshes.map((relation) => [relation.mesh.name, signingRoot(topology, relation)]),
    ),
    intermediates: keyed(intermediates, ({ mesh, cluster }) => memberKey(mesh, cluster)),
  };
}

function trustOf(topology: Topology, mesh: Mesh): Trust {
  return mesh.trust ?? topology.trust;
}

function signingRoot(topology: Topology, { mesh, trust }: MeshRelation): string {
  return rootKey(trust, trustOf(topology, mesh).signing);
}

/** Every root that a mesh accepts, by key; those of the shared trust are the same for all that share it. */
function planRoots(topology: Topology, { mesh, trust }: MeshRelation): Record<string, RootPlan> {
  const owner = mesh.trust ? `${topology.name} ${mesh.name}` : topology.name;
  const { roots } = trustOf(topology, mesh);
  return Object.fromEntries(
    Object.entries(roots).map(([root, { secret }]) => [
      rootKey(trust, root),
      { commonName: commonName(rootKey(`${owner} root`, root)), secret },
    ]),
  );
}

function planIntermediate(topology: Topology, { of, at }: ControlPlane): IntermediatePlan {
  const [mesh, cluster] = [of.mesh.name, at.cluster.name];
  return {
    mesh,
    cluster,
    root: signingRoot(topology, of),
    commonName: commonName(`${topology.name} ${mesh} istiod ${cluster}`),
  };
}

/** Names must differ: a certificate is found by its issuer's. */
function commonName(name: string): string {
  return shortened(name, LONGEST_COMMON_NAME, " ");
}
