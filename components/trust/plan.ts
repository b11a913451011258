/** Which roots there are, which mesh trusts which, and which control planes sign below them. */
import { keyed } from "../records";
import {
  logicalName,
  memberKey,
  rootKey,
  rootsInOrder,
  rootSuffix,
  shortened,
  trustOf,
} from "../topology";
import type { ControlPlane, MeshRelation, Relations, Topology } from "../topology";
import type { IntermediatePlan, RootPlan, TrustPlan } from "./facts";

/** RFC 5280, appendix A.1: ub-common-name. Longer names are refused by parsers that keep to it. */
const LONGEST_COMMON_NAME = 64;

export function planTrust({ topology, meshes }: Relations): TrustPlan {
  const intermediates = meshes
    .flatMap(({ controlPlanes }) => controlPlanes)
    .map((controlPlane) => planIntermediate(topology, controlPlane));
  return {
    roots: Object.assign({}, ...meshes.map((mesh) => planRoots(topology, mesh))),
    rootsOf: Object.fromEntries(
      meshes.map(({ mesh, trust }) => [
        mesh.name,
        rootsInOrder(trustOf(topology, mesh)).map((root) => rootKey(trust, root)),
      ]),
    ),
    intermediates: keyed(intermediates, ({ mesh, cluster }) => memberKey(mesh, cluster)),
  };
}

/** Every root that a mesh accepts, by key; those of the shared trust are the same for all that share it. */
function planRoots(topology: Topology, { mesh, trust }: MeshRelation): Record<string, RootPlan> {
  const owner = mesh.trust ? `${topology.name} ${mesh.name}` : topology.name;
  const { roots, signing } = trustOf(topology, mesh);
  return Object.fromEntries(
    Object.entries(roots).map(([root, { secret }]) => [
      rootKey(trust, root),
      {
        commonName: commonName(rootKey(`${owner} root`, root)),
        secret,
        signs: root === signing,
      },
    ]),
  );
}

function planIntermediate(topology: Topology, { of, at }: ControlPlane): IntermediatePlan {
  const [mesh, cluster] = [of.mesh.name, at.cluster.name];
  const { signing } = trustOf(topology, of.mesh);
  const below = rootSuffix(signing);
  return {
    mesh,
    cluster,
    root: rootKey(of.trust, signing),
    name: logicalName(mesh, cluster, ...below, "ca"),
    commonName: commonName([topology.name, mesh, ...below, "istiod", cluster].join(" ")),
  };
}

/** Names must differ: a certificate is found by its issuer's. */
function commonName(name: string): string {
  return shortened(name, LONGEST_COMMON_NAME, " ");
}
