import { pathOf, RootSource, Severity, written } from "../topology";
import type { Mesh, Problem, Rule, Topology, Trust } from "../topology";
import { rootKey, trustOf } from "./planTrust";

/** Rules about roots of trust. */
export const trustRules: Rule[] = [
  {
    id: "trust-acm-pca",
    summary: "A root is generated or provided.",
    why: "Intermediates from AWS Private CA are not built yet.",
    severity: Severity.Problem,
    check: (topology) =>
      trustsOf(topology)
        .filter(({ trust }) => trust.root === RootSource.AcmPca)
        .map(({ path, trust }) => ({
          path: `${path}.root`,
          got: written(trust.root),
          allowed: `${RootSource.Generated}, ${RootSource.Provided}`,
          fix: "acm-pca is not built yet: provide a root that your own PKI signed, or have one generated",
        })),
  },
  {
    id: "trust-provided-secret",
    summary: "A provided root says which config key holds it.",
    why: "Secrets never stand in the description: it names the key.",
    severity: Severity.Problem,
    check: (topology) =>
      trustsOf(topology)
        .filter(({ trust }) => trust.root === RootSource.Provided && trust.secret === undefined)
        .map(({ path }) => ({
          path: `${path}.secret`,
          got: "nothing",
          allowed:
            "the config key of a secret that holds the root's certificate and private key as PEM",
          fix: "run `cat root.pem | pulumi config set --secret meshRoot` and put meshRoot here",
        })),
  },
  {
    id: "trust-unused-secret",
    summary: "Only a provided root names a config key.",
    why: "A generated root beside a provided secret would be another root than the one meant.",
    severity: Severity.Problem,
    check: (topology) =>
      trustsOf(topology)
        .filter(({ trust }) => trust.root === RootSource.Generated && trust.secret !== undefined)
        .map(({ path, trust }) => ({
          path: `${path}.secret`,
          got: written(trust.secret),
          allowed: "nothing, since the root is generated",
          fix: `set ${path}.root to provided, or remove the secret`,
        })),
  },
  {
    id: "trust-shared-root",
    summary: "Meshes with different trust domains have roots of their own.",
    why: "Every intermediate of a root can sign for every trust domain: a shared root does not separate meshes.",
    severity: Severity.Warning,
    check: checkSharedRoot,
  },
];

interface Located {
  path: string;
  trust: Trust;
}

/** Every place where the description says where a root comes from. */
function trustsOf(topology: Topology): Located[] {
  const meshes = Object.values(topology.meshes);
  const own = meshes.flatMap((mesh) =>
    mesh.trust ? [{ path: pathOf("meshes", mesh.name, "trust"), trust: mesh.trust }] : [],
  );
  return [{ path: "trust", trust: topology.trust }, ...own];
}

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
