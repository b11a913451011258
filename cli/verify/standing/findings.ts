/** What is found of a cluster, beside what is planned. */
import { certificateFindings, rootFindings } from "./certificates";
import { exchangeFindings } from "./exchange";
import type { ExpectedCluster, ExpectedControlPlane, ExpectedGateway } from "./expected";
import { Level, said, told } from "./finding";
import type { Finding, Said } from "./finding";
import type {
  ObservedCluster,
  ObservedControlPlane,
  ObservedDebug,
  ObservedGateway,
  ObservedIstiod,
  ObservedMember,
  ObservedService,
} from "./observed";

/** Everything that is found of some clusters at a time. */
export function findingsOf(
  expected: ExpectedCluster[],
  observed: ObservedCluster[],
  now: Date,
): Finding[] {
  const found = observed.flatMap((one) => {
    const { name } = one;
    const planned = expected.find((other) => other.name === name)!;
    return ofCluster(planned, one, now).map((said) => ({ cluster: name, ...said }));
  });
  return [...found, ...rootFindings(observed)];
}

function ofCluster(expected: ExpectedCluster, observed: ObservedCluster, now: Date): Said[] {
  const { unreachable, controlPlanes, members, exchanges } = observed;
  if (unreachable !== undefined) return [said("API server", Level.Unread, unreachable)];
  return [
    ...controlPlanes.flatMap((one) =>
      ofControlPlane(
        expected.controlPlanes.find(({ mesh }) => mesh === one.mesh)!,
        one,
        now,
      ),
    ),
    ...members.flatMap((one) => {
      const { network, gateways } = expected.members.find(({ mesh }) => mesh === one.mesh)!;
      return [
        ...networkFindings(network, one),
        ...one.gateways.flatMap((gateway) =>
          gatewayFindings(
            gateways.find(({ key }) => key === gateway.key)!,
            gateway,
          ),
        ),
      ];
    }),
    ...exchanges.flatMap((one) =>
      exchangeFindings(
        expected.exchanges.find(({ mesh }) => mesh === one.mesh)!,
        one,
      ),
    ),
  ];
}

function ofControlPlane(
  { mesh, istiods, watches }: ExpectedControlPlane,
  { pods, signing }: ObservedControlPlane,
  now: Date,
): Said[] {
  const istiod = `istiod of ${mesh}`;
  return [
    ...told(istiod, pods, (all) => [
      ...istiods.flatMap((planned) => revisionFindings(istiod, planned, all)),
      ...strangers(istiod, istiods, all),
      ...all.flatMap((pod) => debugFindings(istiod, watches, pod, now)),
    ]),
    ...certificateFindings(mesh, signing, now),
  ];
}

/** One line for each revision that is planned. */
function revisionFindings(
  istiod: string,
  { revision, version }: ExpectedControlPlane["istiods"][number],
  all: ObservedIstiod[],
): Said[] {
  const what = `${istiod}, revision ${revision}`;
  const own = all.filter((pod) => pod.revision === revision);
  if (own.length === 0) return [said(what, Level.Wrong, "no pod")];
  const ready = own.filter((pod) => pod.ready).length;
  const count = `${ready} of ${own.length} ready`;
  const seen = [...new Set(own.flatMap((pod) => pod.version ?? []))];
  const others = seen.filter((one) => one !== version);
  if (others.length > 0)
    return [said(what, Level.Wrong, `runs ${others.join(", ")}, planned ${version}; ${count}`)];
  const runs = seen.length === 0 ? "an image that says no version" : version;
  return [said(what, ready === 0 ? Level.Wrong : Level.Right, `${runs}, ${count}`)];
}

function strangers(
  istiod: string,
  planned: ExpectedControlPlane["istiods"],
  all: ObservedIstiod[],
): Said[] {
  const revisions = new Set(all.map(({ revision }) => revision));
  return [...revisions]
    .filter((revision) => !planned.some((one) => one.revision === revision))
    .map((revision) => said(`${istiod}, revision ${revision}`, Level.Wrong, "not planned"));
}

function debugFindings(
  istiod: string,
  watches: string[],
  { name, debug }: ObservedIstiod,
  now: Date,
): Said[] {
  if (!debug) return [];
  return told(`${istiod}, ${name}`, debug, (value) => [
    ...watches.map((cluster) => watchFinding(`${istiod}, ${name}`, cluster, value)),
    proxyFinding(`${istiod}, ${name}`, value, now),
  ]);
}

/** Words of istiod's own (istio, pkg/kube/multicluster/cluster.go, SyncStatus). */
function watchFinding(what: string, cluster: string, { clusters }: ObservedDebug): Said {
  const status = clusters.find(({ id }) => id === cluster)?.status;
  const about = { kind: "watch", of: cluster } as const;
  if (status === "synced") return said(what, Level.Right, `sees ${cluster}`, about);
  const why = status === undefined ? "it has no Secret for it" : status;
  return said(what, Level.Wrong, `does not see ${cluster}: ${why}`, about);
}

/** What is sent is accepted within moments: after this long it is not on its way any more. */
const PATIENCE = 30_000;

/** Proxies that are written out; more are only counted. */
const MOST_PROXIES = 3;

function proxyFinding(what: string, { proxies }: ObservedDebug, now: Date): Said {
  const isLate = (since: string) => now.getTime() - Date.parse(since) > PATIENCE;
  const behind = proxies.filter((proxy) =>
    proxy.behind.some(({ since, refused }) => refused !== undefined || isLate(since)),
  );
  if (behind.length === 0)
    return said(what, Level.Right, `${proxies.length} of ${proxies.length} proxies in sync`);
  const lines = behind.slice(0, MOST_PROXIES).map(({ id, behind: kinds }) => {
    const refusals = kinds.map(({ kind, refused }) => `${kind}${refused ? ` (${refused})` : ""}`);
    return `${id} lacks ${refusals.join(", ")}`;
  });
  const more = behind.length - lines.length;
  const rest = more > 0 ? `; and ${more} more` : "";
  const inSync = `${proxies.length - behind.length} of ${proxies.length} proxies in sync`;
  return said(what, Level.Wrong, `${inSync}: ${lines.join("; ")}${rest}`);
}

function networkFindings(network: string, { mesh, network: label }: ObservedMember): Said[] {
  const what = `network of ${mesh}`;
  const about = { kind: "network", of: mesh } as const;
  return told(what, label, (value) => {
    if (value === network) return [said(what, Level.Right, network, about)];
    const got = value === undefined ? "no label" : `label ${value}`;
    return [said(what, Level.Wrong, `${got} topology.istio.io/network, planned ${network}`, about)];
  });
}

function gatewayFindings({ key }: ExpectedGateway, { service }: ObservedGateway): Said[] {
  const what = `gateway ${key}`;
  const about = { kind: "gateway", of: key } as const;
  return told(what, service, (value) => [said(what, ...stateOf(value), about)]);
}

function stateOf(service?: ObservedService): [Level, string] {
  if (!service) return [Level.Wrong, "has no Service"];
  const { addresses, ready } = service;
  if (addresses.length === 0) return [Level.Wrong, "has no address"];
  if (ready === 0) return [Level.Wrong, "has no ready pod behind it"];
  const pods = `${ready} ready ${ready === 1 ? "pod" : "pods"}`;
  return [Level.Right, `${addresses.join(", ")}, ${pods}`];
}
