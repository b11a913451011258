/** Roots of trust as they are written. */
import type { TopologyDescription, TrustDescription } from "../description";
import { runsInOf } from "../normalise";
import { rootParts, rootSuffix, trustKey } from "../names";
import { below } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import { checkCollisions, type Joined } from "./names";
import { meshesOf, rootNamesOf, trustsOf, unknown, when } from "./support";

interface Written {
  path: string;
  trust: TrustDescription;
}

function checkSigning({ path, trust }: Written): Problem[] {
  const roots = rootNamesOf(trust);
  const at = below(path, "signing");
  if (trust.signing !== undefined)
    return unknown([{ path: at, name: trust.signing }], roots, "name one of the roots");
  return when(roots.length > 1, {
    path: at,
    got: "nothing",
    allowed: roots.join(", "),
    fix: "name the root that signs; what is listed beside it is only accepted",
  });
}

/** The second of two roots of one trust that are the same certificate. */
function checkTwice({ path, trust: { roots = {} } }: Written): Problem[] {
  const listed = Object.entries(roots).filter(([, { secret }]) => secret !== undefined);
  return listed.flatMap(([root, { secret }], index) => {
    const other = listed.slice(0, index).find(([, earlier]) => earlier.secret === secret);
    return when(other !== undefined, {
      path: below(path, "roots", root, "secret"),
      got: written(secret),
      allowed: `a secret of its own; ${below(path, "roots", other?.[0] ?? "")} is from this one`,
      fix: "keep the new root under a config key of its own, or remove one of the two",
    });
  });
}

/** Roots: the key of the trust that they are in, and their own name where it is not the default one. */
function rootNames(description: TopologyDescription): Joined[] {
  return trustsOf(description).flatMap(({ path, trust, mesh }) =>
    rootNamesOf(trust).map((root) => ({
      parts: rootParts(trustKey(mesh), root),
      path: below(path, "roots", root),
    })),
  );
}

/** Intermediates, also those below roots that only once signed or are yet to: one comes before the other goes. */
function intermediateNames(description: TopologyDescription): Joined[] {
  return meshesOf(description).flatMap(([mesh, written]) => {
    const trusts = trustsOf(description);
    const { path, trust } = trusts.find((own) => own.mesh === mesh) ?? trusts[0]!;
    return runsInOf(written).flatMap((cluster) =>
      rootNamesOf(trust).map((root) => ({
        parts: [mesh, cluster, ...rootSuffix(root)],
        path: below(path, "roots", root),
      })),
    );
  });
}

const severity = Severity.Problem;

export const trustFormRules: Rule[] = [
  {
    id: "trust-signing",
    summary: "One of the roots of a trust signs.",
    why: "Every istiod signs below one root, whatever others its mesh accepts: one that goes while it signs would leave certificates that nobody accepts.",
    severity,
    check: ({ description }) => trustsOf(description).flatMap(checkSigning),
  },
  {
    id: "trust-root-twice",
    summary: "The roots of a trust differ.",
    why: "Two names of one certificate replace nothing: signing would go from a root to itself.",
    severity,
    check: ({ description }) => trustsOf(description).flatMap(checkTwice),
  },
  {
    id: "root-name-collision",
    summary: "Joined names of roots, and of the intermediates below them, are unique.",
    why: "Root c of mesh a-b and root b-c of mesh a would both be mesh-a-b-c, the intermediates of cluster b below root c and of cluster b-c below the default one both a-b-c: a resource's name must be its own.",
    severity,
    check: ({ description }) => [
      ...checkCollisions(rootNames(description)),
      ...checkCollisions(intermediateNames(description)),
    ],
  },
];
