import * as assert from "node:assert/strict";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import { only, type Check } from "../run/check";
import { plain } from "../run/connection";
import type { Session } from "../run/session";
import { preferring } from "../run/stackFile";
import { echoPods, host, namespace, port, scaleEcho } from "../run/workload";
import { placesFor } from "../run/xds";
import { expectedFor } from "./p4Endpoints";

const ZONE = "topology.kubernetes.io/zone";

/** Priorities of a service's endpoints for a sidecar in one zone, by address. */
async function prioritiesIn(session: Session, name: string, zone: string) {
  const istiod = session.istiods.find((one) => one.clusterId === name)!;
  const region = zone.slice(0, -1);
  const connection = plain((await istiod.pod()).status.podIP);
  const place = { cluster: name, network: session.networkOf(name), locality: { region, zone } };
  const asked = await placesFor(connection, { kind: "sidecar", namespace, ...place }, host, port);
  return Object.fromEntries(asked.map(({ address, priority }) => [address, priority]));
}

/** Zones by the address of the pods that run there. */
async function zonesOf(session: Session, name: string, pods: readonly Json[]) {
  const nodes = await session.cluster(name).kube.list("/api/v1/nodes");
  const zones = new Map(nodes.map(({ metadata }) => [metadata.name, metadata.labels[ZONE]]));
  return new Map(
    pods.map(({ spec, status }) => [`${status.podIP}:${port}`, zones.get(spec.nodeName) as string]),
  );
}

/** What a zone's sidecar should be told: its own zone, the region's other zones, gateways of other networks. */
function expectedIn(zone: string, zones: Map<string, string>, gateways: string[]) {
  const near = [...zones].map(([address, own]): [string, number] => [
    address,
    own === zone ? 0 : 1,
  ]);
  return Object.fromEntries([...near, ...gateways.map((one): [string, number] => [one, 2])]);
}

/** With three pods of the service in one cluster, each in a zone of its own. */
async function withThree(session: Session, use: (zones: Map<string, string>) => Promise<void>) {
  const [name] = session.members;
  const cluster = session.cluster(name);
  await scaleEcho(cluster, 3);
  try {
    const zones = await zonesOf(session, name, await echoPods(cluster, 3));
    assert.equal(new Set(zones.values()).size, 3, `${name}: expected a pod in every zone`);
    await use(zones);
  } finally {
    await scaleEcho(cluster, 1);
    await echoPods(cluster, 1);
  }
}

async function gatewaysFor(session: Session, name: string, zones: Map<string, string>) {
  return (await expectedFor(session, name)).filter((address) => !zones.has(address));
}

const near: Check = {
  key: "near",
  point: 4,
  title: "a sidecar's endpoints go by zone, then region, and gateways of other networks come last",
  skip: only(preferring),
  async run(session) {
    const [name] = session.members;
    await withThree(session, async (zones) => {
      const gateways = await gatewaysFor(session, name, zones);
      assert.equal(gateways.length, 1, `${name}: expected one gateway of another network`);
      for (const zone of zones.values()) {
        const expected = expectedIn(zone, zones, gateways);
        let seen: Record<string, number> = {};
        await until(`${name}: priorities for ${zone}`, 30, async () => {
          seen = await prioritiesIn(session, name, zone);
          return JSON.stringify(sorted(seen)) === JSON.stringify(sorted(expected));
        }).catch((error: Error) => {
          const [is, should] = [seen, expected].map((one) => JSON.stringify(one));
          throw new Error(`${error.message}; expected ${should}, istiod gives ${is}`);
        });
      }
    });
  },
};

const sorted = (record: Record<string, number>) => Object.entries(record).sort();

const ruleName = "locality";

/** Runs something while istiod has the outlier detection of the mesh config and no DestinationRule for it. */
async function withMeshConfigAlone(session: Session, use: () => Promise<void>): Promise<void> {
  const { kube } = session.cluster(session.members[0]);
  const map = `/api/v1/namespaces/${session.namespace}/configmaps/istio`;
  const rules = `/apis/networking.istio.io/v1/namespaces/${session.namespace}/destinationrules`;
  const rule = await kube.get(`${rules}/${ruleName}`);
  const { mesh } = (await kube.get(map)).data;
  const { spec, metadata } = rule;
  const policy = JSON.stringify(spec.trafficPolicy);
  await kube.patch(map, { data: { mesh: `${mesh}\ndefaultTrafficPolicy: ${policy}\n` } });
  await kube.delete(`${rules}/${ruleName}`);
  try {
    await use();
  } finally {
    const { labels, annotations, name, namespace: at } = metadata;
    const { apiVersion, kind } = rule;
    const again = {
      apiVersion,
      kind,
      metadata: { name, namespace: at, labels, annotations },
      spec,
    };
    await kube.apply(`${rules}/${ruleName}`, again);
    await kube.patch(map, { data: { mesh } });
  }
}

/** Why there is a DestinationRule: once this fails, the mesh config alone does it. */
const byMeshConfig: Check = {
  key: "near-by-mesh-config",
  point: 4,
  title: "the mesh config's own outlier detection gives endpoints no priorities",
  skip: only(preferring),
  async run(session) {
    const [name] = session.members;
    await withThree(session, async (zones) => {
      const [zone] = zones.values();
      await withMeshConfigAlone(session, async () => {
        const istiod = session.istiods.find((one) => one.clusterId === name)!;
        await until(`${name}: the changed mesh config`, 60, async () =>
          JSON.stringify(await istiod.debug("mesh")).includes("outlierDetection"),
        );
        await until(`${name}: endpoints without priorities`, 30, async () => {
          const all = Object.values(await prioritiesIn(session, name, zone));
          return all.length === 4 && all.every((priority) => priority === 0);
        });
      });
    });
  },
};

export const localityChecks = [near, byMeshConfig] as const satisfies readonly Check[];
