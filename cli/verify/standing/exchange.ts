/**
 * What stands of what meshes exchange, and what still does after it was taken back. The order of that: the host leaves the gateway, policies
 * follow, then security groups, and the roots of the other mesh last.
 */
import { parse } from "yaml";
import { EXIT } from "../../../components/federation/ambientObjects";
import { openedHost } from "../../../components/federation/serverNames";
import { PEER_POLICY } from "../../../components/federation/objects";
import { istiodExtras, valuesAt } from "../../../components/istio/members";
import {
  FEDERATION_NAMESPACE,
  isPeer,
  meshConfigName,
  peersOf,
} from "../../../components/topology";
import type { ClusterRelation, MeshRelation } from "../../../components/topology";
import type { Access, Thing } from "../access";
import { Level, said, told } from "./finding";
import type { Said } from "./finding";
import type { Exchanged, ObservedExchange, Reading } from "./observed";

/** What is read of one mesh in one cluster, as it should be. */
export interface ExpectedExchange {
  mesh: string;
  /** Its root namespace. */
  namespace: string;
  /** Hosts that its gateways lead to, and meshes that its policies refuse the rest to; absent where its configuration is elsewhere. */
  said?: Exchanged;
  /** Trust domains whose roots its istiods tell workloads; absent where none runs, and where they are for another stack to say. */
  anchors?: { configMaps: string[]; domains: string[] };
}

/** Of every mesh that is configured in a cluster, or whose istiods run there. */
export function expectedExchanges(meshes: MeshRelation[], at: ClusterRelation): ExpectedExchange[] {
  return meshes.flatMap((relation) => {
    const { mesh, namespace, controlPlanes, exports, revisions } = relation;
    const isRead = controlPlanes.some(({ configuredIn }) => configuredIn === at);
    const runs = controlPlanes.some((one) => one.at === at);
    if (!isRead && !runs) return [];
    const all = peersOf(relation);
    const isKnown = !all.some((peer) => isPeer(peer) && peer.peer.isUnread);
    const peers = all.map((peer) => peer.mesh);
    const hosts = new Set(exports.flatMap(({ services }) => Object.keys(services)));
    const configMaps = revisions.map(({ name }) => meshConfigName(name));
    const domains = [...peers.map(({ trustDomain }) => trustDomain), ...yourDomains(relation, at)];
    return [
      {
        ...{ mesh: mesh.name, namespace },
        ...(isRead && { said: { hosts: [...hosts], peers: peers.map(({ name }) => name) } }),
        ...(runs && isKnown && { anchors: { configMaps, domains } }),
      },
    ];
  });
}

/** Trust domains that extra values of istiods name roots of, which a mesh may that exchanges nothing. */
function yourDomains({ mesh, revisions }: MeshRelation, { cluster }: ClusterRelation): string[] {
  return revisions.flatMap(({ values }): string[] => {
    const { meshConfig } = istiodExtras(valuesAt(mesh, cluster.name), values);
    const anchors: Thing[] = (meshConfig as Thing | undefined)?.caCertificates ?? [];
    return anchors.flatMap(({ trustDomains = [] }): string[] => trustDomains);
  });
}

/** Without a word where a mesh exchanges nothing: then there is nothing of it. */
export async function readExchange(
  access: Access,
  { mesh, namespace, said: expected, anchors }: ExpectedExchange,
  reading: <T>(read: () => Promise<T>) => Promise<Reading<T>>,
): Promise<ObservedExchange> {
  return {
    mesh,
    ...(expected && { said: await reading(() => readObjects(access, namespace)) }),
    ...(anchors && {
      domains: await reading(() => readDomains(access, namespace, anchors.configMaps)),
    }),
  };
}

async function readObjects(access: Access, namespace: string): Promise<Exchanged> {
  const where = { namespace: FEDERATION_NAMESPACE };
  const gateways = await access.list("networking.istio.io/v1", "Gateway", where);
  const policies = await access.list("security.istio.io/v1", "AuthorizationPolicy", { namespace });
  const entrances = gateways.filter(({ metadata }) => metadata.name !== EXIT);
  const servers: Thing[] = entrances.flatMap(({ spec }) => spec?.servers ?? []);
  const names = policies.map(({ metadata }) => metadata.name as string);
  return {
    hosts: servers.flatMap((server): string[] => (server.hosts ?? []).map(openedHost)),
    peers: names
      .filter((name) => name.startsWith(PEER_POLICY))
      .map((name) => name.slice(PEER_POLICY.length)),
  };
}

async function readDomains(access: Access, namespace: string, names: string[]): Promise<string[]> {
  const all = await Promise.all(
    names.map(async (name) => {
      const found = await access.read("v1", "ConfigMap", name, namespace);
      const anchors: Thing[] = parse(found?.data?.mesh ?? "")?.caCertificates ?? [];
      return anchors.flatMap(({ trustDomains = [] }): string[] => trustDomains);
    }),
  );
  return all.flat();
}

/** One line of each kind, and none where nothing is planned and nothing found. */
export function exchangeFindings(
  expected: ExpectedExchange,
  { mesh, said: objects, domains }: ObservedExchange,
): Said[] {
  const what = `exchange of ${mesh}`;
  return [
    ...(objects && expected.said
      ? told(what, objects, ({ hosts, peers }) => [
          ...compared(what, "leads to", expected.said!.hosts, hosts),
          ...compared(what, "refuses what is not exported to", expected.said!.peers, peers),
        ])
      : []),
    ...(domains && expected.anchors
      ? told(what, domains, (found) =>
          compared(what, "accepts roots for", expected.anchors!.domains, found),
        )
      : []),
  ];
}

function compared(what: string, does: string, planned: string[], found: string[]): Said[] {
  const [all, there] = [new Set(planned), new Set(found)];
  const lacking = [...all].filter((one) => !there.has(one)).sort();
  const left = [...there].filter((one) => !all.has(one)).sort();
  if (all.size + there.size === 0) return [];
  if (lacking.length + left.length === 0)
    return [said(what, Level.Right, `${does} ${[...all].sort().join(", ")}`)];
  const words = [
    ...(left.length > 0 ? [`${does} ${left.join(", ")}, which is not planned`] : []),
    ...(lacking.length > 0 ? [`nothing ${does} ${lacking.join(", ")}, which is planned`] : []),
  ];
  return [said(what, Level.Wrong, words.join("; "))];
}
