import * as assert from "node:assert/strict";
import { gatewayKey } from "../../../components/topology";
import { plain } from "../../../cli/text/style";
import { isAsPlanned } from "../../../cli/verify/verified";
import { renderVerified } from "../../../cli/verify/words";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import { only, proxied, type Check } from "../run/check";
import { isReady } from "../run/istiod";
import { hostOf, inside, probePod, type Place } from "../run/probe";
import type { Session } from "../run/session";
import { everyCell, verifyStack } from "../run/verifying";
import { balancerOf } from "./p4Endpoints";
import { wish } from "./p6Wishes";
import { DESTROY_SECONDS } from "./p9Destroy";

const inAmbient = only("02-multi-primary-different-networks-ambient");

/** The gateway's name in the description, that of what is made of it, and where it stands. */
const gateway = "entrance";
const name = `istio-ingress-${gateway}`;
const near = "east";
const far = "west";

/** None of them is one that a gateway has by itself. */
const ports = { http: 8080, "tcp-broker": 9093 };

const containers = (more: Json) => ({
  spec: { template: { spec: { containers: [{ name: "istio-proxy", ...more }] } } },
});
const resources = { requests: { cpu: "150m" } };
const variable = { name: "OF_ONE_CLUSTER", value: near };

const wished: Check = {
  key: "entrance",
  point: 6,
  title:
    "an ambient mesh that runs takes an ingress gateway with ports of its own, and values of its east-west gateways",
  skip: inAmbient,
  async run(session) {
    const own = { deployment: containers({ env: [variable] }) };
    await wish(session, {
      ingress: { [gateway]: { clusters: [near], ports } },
      clusters: { [near]: { values: { ambientEastWest: own } }, [far]: {} },
      values: {
        ...session.mesh.values,
        ambientEastWest: {
          deployment: containers({ resources }),
          podDisruptionBudget: { spec: { unhealthyPodEvictionPolicy: "AlwaysAllow" } },
        },
      },
    });
  },
};

const took: Check = {
  key: "no-entrance",
  point: 6,
  title: "and goes back",
  skip: inAmbient,
  async run(session) {
    const { kubelet } = session.cluster(near);
    // The gateway would serve on for two minutes.
    kubelet.mostSeconds = DESTROY_SECONDS;
    await wish(session, {}).finally(() => (kubelet.mostSeconds = Infinity));
  },
};

const ported: Check = {
  key: "entrance-ports",
  point: 8,
  title: "the Service and the security group of its load balancer have these ports and no other",
  skip: inAmbient,
  async run({ machine, cluster }) {
    const { kube } = cluster(near);
    const { metadata, spec } = await kube.get(`/api/v1/namespaces/${name}/services/${name}`);
    const made = spec.ports.map((one: Json) => [one.name, one.port]);
    assert.deepEqual(Object.fromEntries(made), ports, "ports of the Service");
    const prefix = "service.beta.kubernetes.io/aws-load-balancer";
    const group = metadata.annotations[`${prefix}-security-groups`];
    const rules = machine.store
      .outputs("vpc.SecurityGroupIngressRule")
      .filter(({ securityGroupId }) => securityGroupId === group)
      .map(({ fromPort, toPort }) => `${fromPort}-${toPort}`);
    const expected = Object.values(ports).map((port) => `${port}-${port}`);
    assert.deepEqual([...new Set(rules)].sort(), expected.sort(), "rules of the security group");
  },
};

const overlaid: Check = {
  key: "overlaid",
  point: 6,
  title:
    "istiod lays the values over the east-west gateways that it makes, those of one cluster in it alone",
  skip: inAmbient,
  async run(session) {
    for (const at of [near, far]) {
      const object = `istio-eastwestgateway-${at}`;
      const { kube } = session.cluster(at);
      const system = `namespaces/${session.namespace}`;
      await until(`${at}: values on the Deployment ${object}`, 60, async () => {
        const { spec } = await kube.get(`/apis/apps/v1/${system}/deployments/${object}`);
        const [proxy, ...others] = spec.template.spec.containers;
        const isOwn = proxy.env.some((one: Json) => one.name === variable.name);
        return (
          others.length === 0 &&
          proxy.resources.requests?.cpu === resources.requests.cpu &&
          // The plan's own is still there.
          proxy.lifecycle.preStop.sleep.seconds > 0 &&
          isOwn === (at === near)
        );
      });
      const { spec } = await kube.get(`/apis/policy/v1/${system}/poddisruptionbudgets/${object}`);
      assert.equal(spec.unhealthyPodEvictionPolicy, "AlwaysAllow", `${at}: disruption budget`);
      assert.equal(spec.minAvailable, 1, `${at}: disruption budget`);
    }
  },
};

/** A pod of the gateway, once it is Ready. */
async function gatewayPod({ cluster }: Session): Promise<Json> {
  const path = `/api/v1/namespaces/${name}/pods?labelSelector=istio%3Dingress-${gateway}`;
  return until(`${near}: a pod of ${name}`, 90, async () =>
    (await cluster(near).kube.list(path)).find(
      (pod) => isReady(pod) && !pod.metadata.deletionTimestamp,
    ),
  );
}

/** Leads all requests to the probe on the other network. */
async function route({ cluster }: Session): Promise<void> {
  const { kube } = cluster(near);
  const objects = `/apis/networking.istio.io/v1/namespaces/${name}`;
  const metadata = { name: gateway };
  const port = { number: ports.http, name: "http", protocol: "HTTP" };
  await kube.apply(`${objects}/gateways/${gateway}`, {
    ...{ apiVersion: "networking.istio.io/v1", kind: "Gateway", metadata },
    spec: { selector: { istio: `ingress-${gateway}` }, servers: [{ port, hosts: ["*"] }] },
  });
  const destination = { host: hostOf(inside(far)), port: { number: 8080 } };
  await kube.apply(`${objects}/virtualservices/${gateway}`, {
    ...{ apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata },
    spec: { hosts: ["*"], gateways: [gateway], http: [{ route: [{ destination }] }] },
  });
}

/** The page of the gateway's own Envoy. */
async function adminPage(session: Session, page: string): Promise<Json> {
  const running = session.cluster(near).kubelet.processOf(await gatewayPod(session));
  return (await fetch(`${running.loopback(15000)}/${page}`)).json();
}

/** Endpoints behind a probe's Service: of a tunnel, the listener that begins it and whom it leads to. */
async function endpointsBehind(session: Session, to: Place): Promise<string[]> {
  const { cluster_statuses: all } = await adminPage(session, "clusters?format=json");
  const mine = all.find((one: Json) => one.name === `outbound|8080||${hostOf(to)}`);
  return (mine?.host_statuses ?? []).map(({ address }: Json) => {
    const { server_listener_name: listener, endpoint_id: id } = address.envoy_internal_address;
    return `${listener} ${id}`;
  });
}

const sees: Check = {
  key: "entrance-sees",
  point: 4,
  title:
    "its proxy gets pods of its network and the gateway of the other, and listeners that lead to both",
  skip: inAmbient,
  async run(session) {
    await route(session);
    const { status } = await probePod(session.cluster(near), inside(near));
    const [{ privateIpv4Address }] = (await balancerOf(session, far)).subnetMappings;
    const expected = {
      [near]: [`connect_originate ${status.podIP}:8080`],
      [far]: [`inner_connect_originate ${privateIpv4Address}:15008`],
    };
    let seen: Json = {};
    await until(`${name}: endpoints ${JSON.stringify(expected)}`, 60, async () => {
      const page = await adminPage(session, "config_dump?resource=dynamic_listeners");
      const listeners = (page.configs ?? []).filter((one: Json) => one.active_state);
      const found = {
        [near]: await endpointsBehind(session, inside(near)),
        [far]: await endpointsBehind(session, inside(far)),
      };
      seen = { found, listeners: listeners.map((one: Json) => one.name) };
      const begun = ["connect_originate", "inner_connect_originate", "outer_connect_originate"];
      return (
        JSON.stringify(found) === JSON.stringify(expected) &&
        begun.every((one) => seen.listeners.includes(one))
      );
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it has ${JSON.stringify(seen)}`);
    });
  },
};

/** Who the server sees is the gateway, wherever clients come from. */
const asked: Check = {
  key: "entrance-verified",
  point: 11,
  title: "verify finds that its clients reach pods of its network and of the other, as the gateway",
  skip: (pattern) => inAmbient(pattern) ?? proxied(pattern),
  async run(session) {
    const { mesh } = session;
    const from = gatewayKey(mesh.name, near, gateway);
    const cells = [near, far].map((to) => `${from}:${mesh.name}/${to}`);
    const found = await verifyStack(session, { ...everyCell(), cells });
    const text = renderVerified(found, plain);
    assert.ok(isAsPlanned(found), text);
    const ways = found.asked?.verdicts.map(({ cell: { way } }) => way.kind);
    assert.deepEqual(ways, ["gateways", "gateways"], text);
  },
};

export const gatewayChecks = [
  wished,
  ported,
  overlaid,
  sees,
  asked,
  took,
] as const satisfies readonly Check[];
