import * as assert from "node:assert/strict";
import { until } from "../machine/processes";
import { ambient, sidecar, type Check } from "../run/check";
import type { Istiod } from "../run/istiod";
import type { Session } from "../run/session";
import { endpointsFor, workloadsFor, type Proxy } from "../run/xds";
import { echoPod, host, namespace, port } from "../run/workload";

/** HBONE's and the sidecars' port on an east-west gateway. */
const gatewayPort = 15443;

/** Address that a cluster's east-west gateway has for other networks. */
async function gatewayOf(session: Session, name: string): Promise<string> {
  const services = await session.cluster(name).kube.list("/api/v1/services");
  const found = services.filter(
    ({ metadata }) => metadata.labels?.["topology.istio.io/network"] === session.networkOf(name),
  );
  assert.equal(found.length, 1, `${name}: expected one Service to be its network's gateway`);
  const [ingress] = found[0].status.loadBalancer?.ingress ?? [];
  const balancers = session.machine.store.outputs("lb.LoadBalancer");
  const mine = balancers.find(({ dnsName }) => dnsName === ingress?.hostname);
  assert.ok(mine, `${name}: the gateway's Service has no load balancer`);
  // istiod resolves the name; proxies get addresses.
  return mine.subnetMappings[0].privateIpv4Address;
}

/** Pod addresses on the asker's network, the gateway's address on any other. */
async function expectedFor(session: Session, asker: string): Promise<string[]> {
  const addresses = session.members.map(async (name) => {
    if (session.networkOf(name) === session.networkOf(asker)) {
      return `${(await echoPod(session.cluster(name))).status.podIP}:${port}`;
    }
    return `${await gatewayOf(session, name)}:${gatewayPort}`;
  });
  return (await Promise.all(addresses)).sort();
}

const proxyOf = (session: Session, kind: Proxy["kind"], cluster: string): Proxy => ({
  kind,
  cluster,
  network: session.networkOf(cluster),
  namespace,
});

/** Waits until a sidecar in one cluster gets exactly these endpoints; says what it got last. */
async function demandEndpoints(session: Session, istiod: Istiod): Promise<void> {
  const proxy = proxyOf(session, "sidecar", istiod.name);
  const expected = await expectedFor(session, istiod.name);
  let seen: string[] = [];
  await until(`${istiod.name}: endpoints ${expected.join(", ")}`, 30, async () => {
    const address = (await istiod.pod()).status.podIP;
    seen = (await endpointsFor(address, proxy, host, port)).sort();
    return seen.join() === expected.join();
  }).catch((error: Error) => {
    throw new Error(`${error.message}; istiod gives a sidecar there: ${seen.join(", ") || "none"}`);
  });
}

/** Clusters whose pod, or whose network's gateway, stands behind the service. */
async function ambientClusters(session: Session, istiod: Istiod): Promise<string[]> {
  const address = (await istiod.pod()).status.podIP;
  const all = await workloadsFor(address, proxyOf(session, "ztunnel", istiod.name));
  const mine = all.filter(({ services }) => services.includes(`${namespace}/${host}`));
  const own = session.networkOf(istiod.name);
  return mine
    .filter(({ network, gateway, addresses }) => (network === own ? addresses.length > 0 : gateway))
    .map(({ cluster }) => cluster)
    .sort();
}

/** Waits until a ztunnel in one cluster gets the workloads of every member. */
async function demandWorkloads(session: Session, istiod: Istiod): Promise<void> {
  const expected = [...session.members].sort();
  let seen: string[] = [];
  await until(`${istiod.name}: workloads of ${expected.join(", ")}`, 30, async () => {
    seen = await ambientClusters(session, istiod);
    return seen.join() === expected.join();
  }).catch((error: Error) => {
    throw new Error(`${error.message}; a ztunnel there gets those of: ${seen.join(", ")}`);
  });
}

const ways = { sidecar: demandEndpoints, ambient: demandWorkloads };

/** Every istiod gives its proxies all members' endpoints, the way their network asks for. */
export async function demandServing(session: Session): Promise<void> {
  for (const istiod of session.istiods) await ways[session.mesh.dataPlane](session, istiod);
}

const sidecars: Check = {
  key: "sidecars",
  point: 4,
  title: "a sidecar gets pods of its own network and gateways of others",
  skip: sidecar,
  run: demandServing,
};

const ztunnels: Check = {
  key: "ztunnels",
  point: 4,
  title: "a ztunnel gets pods of its own network and gateways of others",
  skip: ambient,
  run: demandServing,
};

/** Pods that nothing has labelled, as in ambient, are on the network that this label says. */
const labelled: Check = {
  key: "labelled",
  point: 4,
  title: "istiod's namespace says the network of its cluster",
  async run({ istiods, networkOf }) {
    for (const { name, cluster } of istiods) {
      const { metadata } = await cluster.kube.get("/api/v1/namespaces/istio-system");
      const label = metadata.labels["topology.istio.io/network"];
      assert.equal(label, networkOf(name), `${name}: topology.istio.io/network of istio-system`);
    }
  },
};

export const endpointChecks = [labelled, sidecars, ztunnels] as const satisfies readonly Check[];
