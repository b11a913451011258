/** What must hold for meshes of other stacks that services are exchanged with. */
import { X509Certificate } from "node:crypto";
import { allowedIn, below, isPeer, LinkVia, oneOf, pathOf, Severity, written } from "../topology";
import type { Export, PeerRelation, Problem, Relations, Rule, Topology } from "../topology";
import { contains, isCidr, isPrivate, networkOf } from "../topology/cidr";
import { when } from "../topology/rules/support";

/** Exports of meshes here and to them, each once. */
function exchanges({ meshes }: Relations): Export[] {
  return [...new Set(meshes.flatMap(({ exports, imports }) => [...exports, ...imports]))];
}

function importedFrom(relations: Relations): [Export, PeerRelation][] {
  return exchanges(relations).flatMap((exported): [Export, PeerRelation][] =>
    isPeer(exported.from) ? [[exported, exported.from]] : [],
  );
}

/** Peers that services are imported from. */
function exporting(relations: Relations): PeerRelation[] {
  return [...new Set(importedFrom(relations).map(([, from]) => from))];
}

function exportedTo(relations: Relations): PeerRelation[] {
  const peers = exchanges(relations).flatMap(({ from, to }) => (isPeer(from) ? [] : to));
  return [...new Set(peers.filter((peer) => isPeer(peer)))];
}

/** Where something that is known of a peer stands, as far as the description holds it. */
function placeOf({ peer }: PeerRelation, ...keys: (string | number)[]): string {
  return peer.output ? below(peer.path, "output") : below(peer.path, "given", ...keys);
}

function checkUsed({ federation }: Topology): Problem[] {
  const named = Object.values(federation.exports).flatMap(({ from, to }) => [from, ...to]);
  return Object.values(federation.peers)
    .filter(({ name }) => !named.includes(name))
    .map(({ name, path }) => ({
      path,
      got: "a peer that no export names",
      allowed: "peers that export or import",
      fix: `name ${name} in an export, or remove it`,
    }));
}

function checkGateways(_: Topology, relations: Relations): Problem[] {
  return exporting(relations).flatMap((from) => {
    const { gateways } = from.peer.published;
    const all = Object.entries(gateways ?? {});
    return [
      ...when(all.length === 0, {
        path: placeOf(from, "gateways"),
        got: "no gateway",
        allowed: "at least one: services are imported from it",
        fix: "let its stack export first, and then plan this one again",
      }),
      ...all.flatMap(([cluster, { addresses }]) =>
        when(addresses.length === 0 || !addresses.every((one) => isCidr(`${one}/32`)), {
          path: placeOf(from, "gateways", cluster, "addresses"),
          got: addresses.join(", ") || "none",
          allowed: "IPv4 addresses of its load balancer, at least one",
          fix: "write its addresses, not a name: clients are told them as they are",
        }),
      ),
    ];
  });
}

function checkRanges(_: Topology, relations: Relations): Problem[] {
  return exportedTo(relations).flatMap((to) => {
    const { cidrs } = to.peer.published;
    return when(!to.peer.isUnread && (cidrs.length === 0 || !cidrs.every(isRange)), {
      path: placeOf(to, "cidrs"),
      got: cidrs.join(", ") || "none",
      allowed:
        "private ranges that its workloads have addresses in, without host bits, at least one",
      fix: "write them as 10.20.0.0/16: the gateway lets nobody else in",
    });
  });
}

const isRange = (text: string) => isCidr(text) && isPrivate(text) && networkOf(text) === text;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Certificates of authorities and nothing else: one that istiod cannot read keeps it from taking any (istio, pkg/trustbundle, UpdateTrustAnchor). */
function areRoots(pem: string): boolean {
  const all = pem.match(CERTIFICATE) ?? [];
  return all.length > 0 && pem.replace(CERTIFICATE, "").trim() === "" && all.every(isAuthority);
}

function isAuthority(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).ca;
  } catch {
    return false;
  }
}

function checkRoots(_: Topology, relations: Relations): Problem[] {
  const all = new Set([...exportedTo(relations), ...exporting(relations)]);
  return [...all].flatMap((peer) =>
    when(!peer.peer.isUnread && !areRoots(peer.peer.published.roots), {
      path: placeOf(peer, "roots"),
      got: written(peer.peer.published.roots.slice(0, 40)),
      allowed: "certificates of authorities as PEM, and nothing beside them",
      fix: "write those that its istiods sign below",
    }),
  );
}

/** What an import asks for beyond what the other side says that it exports. */
function checkOffered(_: Topology, relations: Relations): Problem[] {
  return importedFrom(relations).flatMap(([exported, from]) =>
    Object.keys(exported.services).flatMap((host) => checkOffer(exported, from, host)),
  );
}

function checkOffer({ name, to, services }: Export, from: PeerRelation, host: string): Problem[] {
  const { exports } = from.peer.published;
  if (exports === undefined) return [];
  const at = pathOf("federation", "exports", name, "services", host);
  const offer = exports[host];
  const { mesh } = from;
  if (!offer)
    return [
      {
        path: at,
        got: written(host),
        allowed: oneOf(Object.keys(exports)),
        fix: `let the stack of ${mesh.name} export it to ${to.map((one) => one.mesh.name).join(", ")}, or correct the name`,
      },
    ];
  const { ports, serviceAccounts, allow } = services[host]!;
  const callers = to.flatMap((one) =>
    allowedIn({ allow }, one).map((namespace) => `${one.mesh.trustDomain}/${namespace}`),
  );
  const beyond = (key: string, asked: string[], offered: string[]): Problem[] => {
    const more = asked.filter((one) => !offered.includes(one));
    return when(more.length > 0, {
      path: below(at, key),
      got: more.join(", "),
      allowed: `what ${mesh.name} exports: ${oneOf(offered)}`,
      fix: "let its stack say it first, or leave it out",
    });
  };
  const numbers = (named: Record<string, number>) => Object.values(named).map(String);
  return [
    ...beyond("allow", callers, offer.allow),
    ...beyond("ports", numbers(ports), numbers(offer.ports)),
    ...beyond("serviceAccounts", serviceAccounts, offer.serviceAccounts),
  ];
}

/** Routes to what is in no description are somebody else's, but for those that transit gateways are told. */
function checkRoutes({ links }: Topology, relations: Relations): Problem[] {
  if (links.via === LinkVia.Existing) return [];
  const reachable = Object.values(links.reachable).flat();
  const gateways = exporting(relations).flatMap((from) =>
    Object.values(from.peer.published.gateways).flatMap(({ addresses }) =>
      addresses.map((one) => [from, `${one}/32`] as const),
    ),
  );
  const callers = exportedTo(relations).flatMap((to) =>
    to.peer.published.cidrs.map((one) => [to, one] as const),
  );
  const named = links.via === LinkVia.TransitGateway ? "name it under links.reachable, or " : "";
  return [...gateways, ...callers]
    .filter(([{ peer }, range]) => !peer.isUnread && isCidr(range) && !contains(reachable, [range]))
    .map(([{ peer }, range]) => ({
      path: peer.path,
      got: `${range.replace("/32", "")}, which no route here leads to`,
      allowed: "ranges of links.reachable, or routes of your own",
      fix: `${named}make the routes yourself`,
    }));
}

const severity = Severity.Problem;

export const federationPeerRules: Rule[] = [
  {
    id: "federation-peer-unused",
    summary: "A peer exports or imports.",
    why: "It would have no effect.",
    severity,
    check: checkUsed,
  },
  {
    id: "federation-peer-gateways",
    summary: "A peer that services are imported from has gateways at addresses.",
    why: "Clients are led to these, and nothing resolves a name for them (istio, pilot/pkg/serviceregistry/serviceentry/conversion.go).",
    severity,
    check: checkGateways,
  },
  {
    id: "federation-peer-ranges",
    summary: "A peer that services are exported to says where its workloads are.",
    why: "The gateway's security group lets in these ranges alone.",
    severity,
    check: checkRanges,
  },
  {
    id: "federation-peer-roots",
    summary: "A peer has root certificates.",
    why: "Nobody of it is believed without them.",
    severity,
    check: checkRoots,
  },
  {
    id: "federation-peer-offer",
    summary: "What is imported from a peer is what it says that it exports.",
    why: "Its gateways and policies refuse everything else.",
    severity,
    check: checkOffered,
  },
  {
    id: "federation-peer-route",
    summary: "Something leads to a peer.",
    why: "Two stacks share no link of this package's.",
    severity: Severity.Warning,
    check: checkRoutes,
  },
];
