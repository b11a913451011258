/** What makes a mesh a mesh: members, gateways, one identity. */
import { DataPlane, type MeshDescription, type TopologyDescription } from "../description";
import { isTrustDomain } from "../names";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import type { Relations } from "../relations";
import { type Rule, Severity } from "../rule";
import type { Mesh, Topology } from "../topology";
import { listed, meshesOf, perMesh, perPlannedMesh, type Reference, when } from "./support";

function checkEmpty(mesh: MeshDescription, path: string): Problem[] {
  return when(Object.keys(mesh.clusters).length === 0, {
    path: below(path, "clusters"),
    got: "{}",
    allowed: "at least one cluster",
    fix: "name a cluster of the mesh, or remove the mesh",
  });
}

function checkTwoMeshes({ description }: Topology): Problem[] {
  const members = meshesOf(description).flatMap(([mesh, { clusters }]) =>
    Object.keys(clusters).map((cluster) => ({ mesh, cluster })),
  );
  return members.flatMap(({ mesh, cluster }, index) => {
    const other = members.slice(0, index).find((earlier) => earlier.cluster === cluster);
    return other
      ? [
          {
            path: pathOf("meshes", mesh, "clusters", cluster),
            got: written(cluster),
            allowed: `a cluster of no other mesh; mesh ${other.mesh} has this one`,
            fix: "remove it from one of the two meshes",
          },
        ]
      : [];
  });
}

/** Lists that name what must be there once. */
function listsOf(description: TopologyDescription): Reference[][] {
  return meshesOf(description).flatMap(([name, mesh]) => {
    const path = pathOf("meshes", name);
    return [
      listed(below(path, "controlPlane", "runsIn"), mesh.controlPlane?.runsIn),
      ...Object.entries(mesh.clusters).map(([cluster, { servedBy }]) =>
        listed(below(path, "clusters", cluster, "servedBy"), servedBy),
      ),
      ...Object.entries(mesh.ingress ?? {}).map(([gateway, { clusters }]) =>
        listed(below(path, "ingress", gateway, "clusters"), clusters),
      ),
    ];
  });
}

function checkTwice(list: Reference[]): Problem[] {
  return list.flatMap(({ path, name }, index) =>
    when(
      list.slice(0, index).some((earlier) => earlier.name === name),
      {
        path,
        got: written(name),
        allowed: "each name once",
        fix: "remove it here",
      },
    ),
  );
}

function checkTrustDomain({ trustDomain }: Mesh, path: string): Problem[] {
  return when(!isTrustDomain(trustDomain), {
    path: below(path, "trustDomain"),
    got: written(trustDomain),
    allowed:
      "lower-case letters, digits, dots, hyphens and underscores, at most 255, such as prod.example",
    fix: "choose a name in that form, without scheme or path",
  });
}

function checkAmbientNetwork(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap(({ mesh, members }) => {
    const first = members.find(({ neighbours }) => neighbours.length > 0);
    if (mesh.dataPlane !== DataPlane.Ambient || mesh.experimental || !first) return [];
    const together = members.filter((one) => one === first || first.neighbours.includes(one));
    const names = together.map(({ at }) => at.cluster.name).join(" and ");
    return [
      {
        path: pathOf("meshes", mesh.name, "experimental"),
        got: "false",
        allowed: `true, since ${names} share network ${first.at.cluster.network} in an ambient mesh`,
        fix: "give each cluster a network of its own, or set experimental: true",
      },
    ];
  });
}

function checkIngressEmpty(mesh: MeshDescription, path: string): Problem[] {
  return Object.entries(mesh.ingress ?? {}).flatMap(([gateway, { clusters }]) =>
    when(clusters.length === 0, {
      path: below(path, "ingress", gateway, "clusters"),
      got: "[]",
      allowed: "at least one cluster",
      fix: "name the clusters that get the gateway, or remove it",
    }),
  );
}

const severity = Severity.Problem;
const foundation = true;

export const meshRules: Rule[] = [
  {
    id: "no-mesh",
    summary: "There is a mesh.",
    why: "Without one there is nothing of Istio to build.",
    severity,
    check: ({ description }) =>
      when(Object.keys(description.meshes).length === 0, {
        path: "meshes",
        got: "{}",
        allowed: "at least one mesh",
        fix: "describe a mesh: meshes: { dev: { clusters: { <cluster>: {} } } }",
      }),
  },
  {
    id: "mesh-empty",
    summary: "A mesh has a member.",
    why: "A control plane without members serves nobody.",
    severity,
    foundation,
    check: perMesh(checkEmpty),
  },
  {
    id: "cluster-in-two-meshes",
    summary: "A cluster is a member of one mesh.",
    why: "Istio's webhooks, CRDs, istio-cni and ztunnel are one per cluster (https://istio.io/latest/docs/setup/install/multiple-controlplanes/ is experimental).",
    severity,
    foundation,
    check: checkTwoMeshes,
  },
  {
    id: "named-twice",
    summary: "A list names a cluster once.",
    why: "What is made for each name would be made twice under one name.",
    severity,
    foundation,
    check: ({ description }) => listsOf(description).flatMap(checkTwice),
  },
  {
    id: "trust-domain",
    summary: "A trust domain is a SPIFFE trust domain.",
    why: "It is the authority of every workload's SPIFFE id (https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md#21-trust-domain).",
    severity,
    check: perPlannedMesh(checkTrustDomain),
  },
  {
    id: "ambient-one-network",
    summary: "Ambient clusters that share a network are asked for as experimental.",
    why: "Istio calls ambient with several clusters on one network untested (https://istio.io/latest/docs/ambient/install/multicluster/multi-primary_multi-network/).",
    severity,
    check: checkAmbientNetwork,
  },
  {
    id: "ingress-empty",
    summary: "An ingress gateway stands somewhere.",
    why: "One that no cluster gets was probably meant for one.",
    severity,
    check: perMesh(checkIngressEmpty),
  },
];
