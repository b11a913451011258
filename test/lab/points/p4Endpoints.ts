import * as assert from "node:assert/strict";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import { ambient, sidecar, type Check } from "../run/check";
import { plain, type Connection } from "../run/connection";
import type { Istiod } from "../run/istiod";
import { proxyIn } from "../run/proxy";
import type { Session } from "../run/session";
import { endpointsFor, identitiesFor, workloadsFor, type Proxy } from "../run/xds";
import { echoPod, host, namespace, port } from "../run/workload";

/** What a data plane's proxies know a pod and a gateway by, and how they ask for both. */
interface Way {
  readonly pod: (pod: Json) => string;
  readonly gateway: (balancer: Json) => string;
  readonly served: (connection: Connection, proxy: Omit<Proxy, "kind">) => Promise<string[]>;
}

const byDataPlane: Readonly<Record<Session["mesh"]["dataPlane"], Way>> = {
  sidecar: {
    pod: ({ status }) => `${status.podIP}:${port}`,
    // istiod resolves the name; sidecars get addresses.
    gateway: ({ subnetMappings: [one] }) => `${one.privateIpv4Address}:15443`,
    served: (istiod, proxy) => endpointsFor(istiod, { ...proxy, kind: "sidecar" }, host, port),
  },
  ambient: {
    pod: ({ status }) => status.podIP,
    gateway: ({ dnsName }) => `${dnsName}:15008`,
    async served(istiod, proxy) {
      const all = await workloadsFor(istiod, { ...proxy, kind: "ztunnel" });
      const mine = all.filter(({ services }) => services.includes(`${namespace}/${host}`));
      return mine.flatMap(({ gateway, addresses }) => gateway || addresses);
    },
  },
};

/** Load balancer of a cluster's east-west gateway, as other networks see it. */
export async function balancerOf(session: Session, name: string): Promise<Json> {
  const services = await session.cluster(name).kube.list("/api/v1/services");
  const found = services.filter(
    ({ metadata }) => metadata.labels?.["topology.istio.io/network"] === session.networkOf(name),
  );
  assert.equal(found.length, 1, `${name}: expected one Service to be its network's gateway`);
  const [ingress] = found[0].status.loadBalancer?.ingress ?? [];
  const balancers = session.machine.store.outputs("lb.LoadBalancer");
  const mine = balancers.find(({ dnsName }) => dnsName === ingress?.hostname);
  assert.ok(mine, `${name}: the gateway's Service has no load balancer`);
  return mine;
}

/** Pods on the asker's network, the gateway of any other. */
export async function expectedFor(session: Session, asker: string): Promise<string[]> {
  const way = byDataPlane[session.mesh.dataPlane];
  const all = session.members.map(async (name) =>
    session.networkOf(name) === session.networkOf(asker)
      ? way.pod(await echoPod(session.cluster(name)))
      : way.gateway(await balancerOf(session, name)),
  );
  return (await Promise.all(all)).sort();
}

/** What stands behind the service for a proxy of a cluster. */
async function givenTo(session: Session, cluster: string, connection: Connection) {
  const { served } = byDataPlane[session.mesh.dataPlane];
  const proxy = { cluster, network: session.networkOf(cluster), namespace };
  return (await served(connection, proxy)).sort();
}

/** How a proxy of its cluster asks an istiod: with TLS and a token where tenants share the mesh, which takes no others. */
async function askingOf(session: Session, istiod: Istiod): Promise<Connection> {
  const address: string = (await istiod.pod()).status.podIP;
  const isShared = session.topology.tenants !== undefined;
  return isShared ? proxyIn(session, istiod.clusterId, { address }) : plain(address);
}

/** What an istiod gives a proxy of the cluster that it reads its configuration from. */
export async function servedBy(session: Session, istiod: Istiod): Promise<string[]> {
  return givenTo(session, istiod.clusterId, await askingOf(session, istiod));
}

async function demandEndpoints(
  session: Session,
  cluster: string,
  ask: () => Promise<string[]>,
  seconds: number,
): Promise<void> {
  const expected = await expectedFor(session, cluster);
  let seen: string[] = [];
  await until(`${cluster}: endpoints ${expected.join(", ")}`, seconds, async () => {
    seen = await ask();
    return seen.join() === expected.join();
  }).catch((error: Error) => {
    throw new Error(`${error.message}; istiod gives a proxy there: ${seen.join(", ") || "none"}`);
  });
}

/** Waits until proxies everywhere are given exactly all members' endpoints, the way their network asks for. */
export async function demandServing(session: Session, seconds = 30): Promise<void> {
  for (const istiod of session.istiods) {
    await demandEndpoints(session, istiod.clusterId, () => servedBy(session, istiod), seconds);
  }
  for (const remote of session.remotes) {
    const ask = async () => givenTo(session, remote, await proxyIn(session, remote));
    await demandEndpoints(session, remote, ask, seconds);
  }
}

const sidecars: Check = {
  key: "sidecars",
  point: 4,
  title: "a sidecar gets pods of its own network and gateways of others",
  skip: sidecar,
  run: (session) => demandServing(session),
};

const ztunnels: Check = {
  key: "ztunnels",
  point: 4,
  title: "a ztunnel gets pods of its own network and gateways of others",
  skip: ambient,
  run: (session) => demandServing(session),
};

/** How proxies of every member ask the istiod that serves them. */
async function askers(session: Session): Promise<[cluster: string, istiod: Connection][]> {
  const own = session.istiods.map(async (istiod): Promise<[string, Connection]> => [
    istiod.clusterId,
    await askingOf(session, istiod),
  ]);
  const remote = session.remotes.map(async (name): Promise<[string, Connection]> => [
    name,
    await proxyIn(session, name),
  ]);
  return Promise.all([...own, ...remote]);
}

/** Whatever istiods take a watched cluster's trust domain from, a server there shows the mesh's. */
const identities: Check = {
  key: "identities",
  point: 4,
  title: "a sidecar takes from servers the identities that pods of all members have, and no others",
  skip: sidecar,
  async run(session) {
    const expected = [`spiffe://${session.mesh.trustDomain}/ns/${namespace}/sa/default`];
    for (const [cluster, istiod] of await askers(session)) {
      const network = session.networkOf(cluster);
      const proxy = { kind: "sidecar", cluster, network, namespace } as const;
      const found = await identitiesFor(istiod, proxy, host, port);
      assert.deepEqual(found, expected, `${cluster}: identities of ${host}`);
    }
  },
};

/** Pods that nothing has labelled, as in ambient, are on the network that this label says. */
const labelled: Check = {
  key: "labelled",
  point: 4,
  title: "istiod's namespace says the network of its cluster",
  async run({ members, cluster, namespace: system, networkOf }) {
    for (const name of members) {
      const { metadata } = await cluster(name).kube.get(`/api/v1/namespaces/${system}`);
      const label = metadata.labels["topology.istio.io/network"];
      assert.equal(label, networkOf(name), `${name}: topology.istio.io/network of ${system}`);
    }
  },
};

export const endpointChecks = [
  labelled,
  sidecars,
  identities,
  ztunnels,
] as const satisfies readonly Check[];
