import { pathOf, Severity, written } from "../topology";
import type { MeshRelation, Relations, Rule, Topology } from "../topology";

/** Rules about roots of trust. */
export const trustRules: Rule[] = [
  {
    id: "trust-shared-root",
    summary: "Meshes with different trust domains have roots of their own.",
    why: "Every intermediate of a root can sign for every trust domain: a shared root does not separate meshes.",
    severity: Severity.Warning,
    check: (_: Topology, relations) =>
      sharing(relations, (a, b) => a !== b).map(({ mesh: { mesh }, other: { mesh: other } }) => ({
        path: pathOf("meshes", mesh.name, "trust"),
        got: `the root of mesh ${other.name}, with trust domain ${written(mesh.trustDomain)} beside ${written(other.trustDomain)}`,
        allowed: "a root of its own, or the same trust domain",
        fix: `set ${pathOf("meshes", mesh.name, "trust")} to {} for one that is generated`,
      })),
  },
  {
    id: "shared-identity",
    summary: "Two meshes with one root and one trust domain are one to a verifier.",
    why: "A SPIFFE id holds the trust domain and no mesh id.",
    severity: Severity.Warning,
    check: (_: Topology, relations) =>
      sharing(relations, (a, b) => a === b).map(({ mesh: { mesh }, other: { mesh: other } }) => ({
        path: pathOf("meshes", mesh.name, "trustDomain"),
        got: written(mesh.trustDomain),
        allowed: "a trust domain or a root of its own",
        fix: `workloads of meshes ${other.name} and ${mesh.name} can pass for each other: give one a trustDomain, or a trust of its own`,
      })),
  },
];

/** Meshes whose root an earlier mesh has too, with that one, where their trust domains compare so. */
function sharing(
  { meshes }: Relations,
  compare: (a: string, b: string) => boolean,
): { mesh: MeshRelation; other: MeshRelation }[] {
  return meshes.flatMap((mesh, index) => {
    const other = meshes
      .slice(0, index)
      .filter(({ root }) => root === mesh.root)
      .find((earlier) => compare(earlier.mesh.trustDomain, mesh.mesh.trustDomain));
    return other ? [{ mesh, other }] : [];
  });
}
