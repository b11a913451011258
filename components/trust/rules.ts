import { DataPlane, pathOf, rootsInOrder, Severity, trustOf, written } from "../topology";
import type { MeshRelation, Problem, Relations, Rule, Topology } from "../topology";

/** When the proxies of a mesh accept a root that was added, by how they hear of it. */
const ACCEPTED: Record<DataPlane, string> = {
  [DataPlane.Sidecar]: "sidecars and gateways do some minutes after `up`",
  [DataPlane.Ambient]:
    "ztunnels, waypoints and gateways do once they have restarted, or half a lifetime of certificates (12 hours) after `up`",
};

/** What to know of each trust with several roots; meshes that share one are told once. */
function severalRoots(topology: Topology, { meshes }: Relations): Problem[] {
  const trusts = new Map(meshes.map(({ trust, mesh }) => [trust, mesh]));
  return [...trusts].flatMap(([key, mesh]) => {
    const [signing, ...others] = rootsInOrder(trustOf(topology, mesh));
    if (others.length === 0) return [];
    const planes = meshes.filter(({ trust }) => trust === key).map((user) => user.mesh.dataPlane);
    const accepted = [...new Set(planes)].sort().map((plane) => ACCEPTED[plane]);
    return [
      {
        path: pathOf(...(mesh.trust ? ["meshes", mesh.name] : []), "trust", "roots"),
        got: `${others.join(", ")} beside ${signing}, which signs`,
        allowed: "one root, or several while one takes another's place",
        fix:
          `one that comes may sign once every proxy accepts it: ${accepted.join(", ")}; one that goes may leave a lifetime of ` +
          `certificates (24 hours) after ${signing} began to sign everywhere; docs/roots.md has the steps`,
      },
    ];
  });
}

/** Rules about roots of trust. */
export const trustRules: Rule[] = [
  {
    id: "trust-several-roots",
    summary: "Several roots are a step on the way from one to another, with an order.",
    why:
      "A proxy refuses peers below a root that it does not accept yet, or no longer. Sidecars hear of roots from istiod while they run " +
      "(istio, pilot/pkg/xds/pcds.go), ztunnel with its next certificates (https://github.com/istio/ztunnel/pull/730).",
    severity: Severity.Warning,
    check: severalRoots,
  },
  {
    id: "trust-shared-root",
    summary: "Meshes with different trust domains have roots of their own.",
    why: "Every intermediate of a root can sign for every trust domain: a shared root does not separate meshes.",
    severity: Severity.Warning,
    check: (_: Topology, relations) =>
      sharing(relations, (a, b) => a !== b).map(({ mesh: { mesh }, other: { mesh: other } }) => ({
        path: pathOf("meshes", mesh.name, "trust"),
        got: `a root of mesh ${other.name}, with trust domain ${written(mesh.trustDomain)} beside ${written(other.trustDomain)}`,
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

/** Meshes that accept a root of an earlier mesh, with that one, where their trust domains compare so. */
function sharing(
  { meshes }: Relations,
  compare: (a: string, b: string) => boolean,
): { mesh: MeshRelation; other: MeshRelation }[] {
  return meshes.flatMap((mesh, index) => {
    const other = meshes
      .slice(0, index)
      .filter(({ roots }) => roots.some((root) => mesh.roots.includes(root)))
      .find((earlier) => compare(earlier.mesh.trustDomain, mesh.mesh.trustDomain));
    return other ? [{ mesh, other }] : [];
  });
}
