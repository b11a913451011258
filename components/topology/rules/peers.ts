/** What must be known of meshes elsewhere before anything can be related to them. */
import { isTrustDomain, TRUST_DOMAIN } from "../names";
import { below } from "../path";
import { PUBLISHED_VERSION } from "../peers";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import type { Peer, Topology } from "../topology";
import { when } from "./support";

/** Of everything that is known of peers. */
function perPeer(check: (peer: Peer, topology: Topology) => Problem[]) {
  return (topology: Topology): Problem[] =>
    Object.values(topology.federation.peers).flatMap((peer) => check(peer, topology));
}

const ONE_OF_TWO = "one of the two: the output of another stack, or what it would say";

const checkSource = perPeer(({ name, path, isReadToo = false }, { description }) => {
  const { output, given } = description.federation!.peers![name]!;
  return [
    ...when((output === undefined) === (given === undefined), {
      path,
      got: output ? "output and given" : "neither output nor given",
      allowed: ONE_OF_TWO,
      fix: output
        ? "remove one"
        : "say output: { stack: <organization/project/stack>, name: federation }",
    }),
    ...when(isReadToo && output === undefined, {
      path,
      got: "given, and what was read for it in `existing.peers` of the args",
      allowed: ONE_OF_TWO,
      fix: "leave it out of `existing.peers`, or say output in place of given",
    }),
  ];
});

const checkName = perPeer(({ name, path }, { meshes }) =>
  when(Object.hasOwn(meshes, name), {
    path,
    got: written(name),
    allowed: "a name that no mesh of this description has",
    fix: "rename it, and say the mesh's name there as output.mesh",
  }),
);

/** What `output` says has been read before: nothing could be planned without it. */
const checkRead = perPeer(({ path, output, published }) =>
  when(output !== undefined && published === undefined, {
    path: below(path, "output"),
    got: `output ${output?.name} of stack ${output?.stack}, which nobody has read`,
    allowed: "what `readPeers` returns, as `existing.peers` of the args",
    fix: "read it before the MeshTopology is made, or write what it says under given",
  }),
);

const checkVersion = perPeer(({ path, output, published }) =>
  when(published !== undefined && published.version !== PUBLISHED_VERSION, {
    path: output ? below(path, "output") : below(path, "given", "version"),
    got: `version ${published?.version}`,
    allowed: String(PUBLISHED_VERSION),
    fix: "use one version of this package in both stacks",
  }),
);

/** Policies name it before `/ns/`: one with a path would match others, and that of every new mesh is rewritten to this one's. */
const checkDomain = perPeer(({ path, output, published }) => {
  const { trustDomain = "" } = published ?? {};
  const isGood = isTrustDomain(trustDomain) && trustDomain !== TRUST_DOMAIN;
  return when(published !== undefined && !isGood, {
    path: output ? below(path, "output") : below(path, "given", "trustDomain"),
    got: written(trustDomain),
    allowed: `a trust domain such as bank.example, without scheme or path; not ${TRUST_DOMAIN}, which every new mesh has`,
    fix: "say that of its workloads, between spiffe:// and /ns/; a mesh that has the default needs another one first",
  });
});

const foundation = { severity: Severity.Problem, foundation: true } as const;

/** Before anything can be told of peers. */
export const peerRead = {
  id: "federation-peer-read",
  summary: "What a peer's stack puts out has been read.",
  why: "Policies, addresses and security groups follow from it.",
  ...foundation,
  check: checkRead,
} satisfies Rule;

export const peerFormRules: Rule[] = [
  peerRead,
  {
    id: "federation-peer-source",
    summary: "A peer is what another stack puts out, or what is written of it.",
    why: "Of two that differ nobody could tell which holds.",
    ...foundation,
    check: checkSource,
  },
  {
    id: "federation-peer-name",
    summary: "A peer has a name that no mesh of the description has.",
    why: "Exports name both alike.",
    ...foundation,
    check: checkName,
  },
  {
    id: "federation-peer-version",
    summary: "What is known of a peer has the form that this package reads.",
    why: "What another version says in another form would be misread.",
    ...foundation,
    check: checkVersion,
  },
  {
    id: "federation-peer-domain",
    summary: "A peer has a trust domain of its own.",
    why: "Who a policy means is known by it (istio, pilot/pkg/security/trustdomain/bundle.go).",
    ...foundation,
    check: checkDomain,
  },
];
