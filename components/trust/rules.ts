import { pathOf, Severity, written } from "../topology";
import type { Mesh, Problem, Rule, Topology } from "../topology";
import { rootKey, trustOf } from "./planTrust";

/** Rules about roots of trust. */
export const trustRules: Rule[] = [
  {
    id: "trust-shared-root",
    summary: "Meshes with different trust domains have roots of their own.",
    why: "Every intermediate of a root can sign for every trust domain: a shared root does not separate meshes.",
    severity: Severity.Warning,
    check: checkSharedRoot,
  },
];

function checkSharedRoot(topology: Topology): Problem[] {
  const meshes = Object.values(topology.meshes);
  return meshes.flatMap((mesh, index) => {
    const first = meshes.slice(0, index).find((other) => sharesRoot(topology, mesh, other));
    if (!first || first.trustDomain === mesh.trustDomain) return [];
    return [
      {
        path: pathOf("meshes", mesh.name, "trust"),
        got: `the root of mesh ${first.name}, with trust domain ${written(mesh.trustDomain)} beside ${written(first.trustDomain)}`,
        allowed: "a root of its own, or the same trust domain",
        fix: `set ${pathOf("meshes", mesh.name, "trust", "root")} to generated`,
      },
    ];
  });
}

function sharesRoot(topology: Topology, mesh: Mesh, other: Mesh): boolean {
  if (rootKey(mesh) === rootKey(other)) return true;
  const { secret } = trustOf(topology, mesh);
  return secret !== undefined && secret === trustOf(topology, other).secret;
}
