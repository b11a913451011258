/** Clients outside the mesh come to tenants by hosts of their own at one gateway. */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as https from "node:https";
import type { IncomingMessage } from "node:http";
import type { Json, Kube } from "../machine/kube";
import { until } from "../machine/processes";
import { port } from "../run/applications";
import { only, type Check } from "../run/check";
import { makeRoot, signLeaf } from "../run/handshake";
import { isReady } from "../run/istiod";
import type { Session } from "../run/session";
import { asTenant } from "./p16As";
import { apis, core, gatewayApi } from "./p16Attempt";

export const shown = "05-tenancy-namespace";

export const asAdmin = (session: Session, tenant: string): Kube =>
  asTenant(session, tenant, session.cluster("main"));

/** The gateway's namespace, and what is made of its name. */
const gateway = "istio-ingress-shared";

/** A tenant as the file has it: its host, and the namespace of its application and certificate. */
interface Tenant {
  readonly name: string;
  readonly host: string;
  readonly namespace: string;
  readonly secret: string;
}
const a: Tenant = { name: "team-a", host: "a.example", namespace: "a-web", secret: "a-tls" };
const b: Tenant = { name: "team-b", host: "b.example", namespace: "b-web", secret: "b-tls" };

/** A namespace that is no tenant's, of another check. */
const nobodys = "elsewhere";

/** A root for each host: whose certificate is shown is whose root it takes. */
async function makeCertificate(session: Session, kube: Kube, tenant: Tenant): Promise<string> {
  const { host, namespace, secret } = tenant;
  const { cert: root } = await makeRoot(session.work, host);
  const { cert, key } = await signLeaf(session.work, host, `DNS:${host}`);
  const data = { "tls.crt": cert, "tls.key": key };
  await kube.apply(core(namespace, `secrets/${secret}`), {
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name: secret } },
    ...{ type: "kubernetes.io/tls", stringData: data },
  });
  return root;
}

const parent = (name: string, more: Json = {}) => ({ namespace: gateway, name, ...more });

function applyRoute(kube: Kube, namespace: string, name: string, host: string, parents: Json[]) {
  const rules = [{ backendRefs: [{ name: "web", port }] }];
  return kube.apply(apis(gatewayApi, namespace, `httproutes/${name}`), {
    ...{ apiVersion: gatewayApi, kind: "HTTPRoute", metadata: { name } },
    spec: { parentRefs: parents, hostnames: [host], rules },
  });
}

/** Why a route is not taken by its parents, once istiod has said so. */
async function demandRefused(kube: Kube, namespace: string, name: string, reason: string) {
  const path = apis(gatewayApi, namespace, `httproutes/${name}`);
  let seen: Json;
  await until(`${namespace}/${name}: ${reason}`, 60, async () => {
    seen = (await kube.get(path)).status?.parents ?? [];
    const accepted = seen.map(({ conditions }: Json) =>
      conditions.find(({ type }: Json) => type === "Accepted"),
    );
    return (
      accepted.length > 0 &&
      accepted.every((one: Json) => one?.status === "False" && one.reason === reason)
    );
  }).catch((error: Error) => {
    throw new Error(`${error.message}; it says ${JSON.stringify(seen)}`);
  });
}

/** What a client asks: a name in its TLS, and a host in what it says then. The application answers with what it was sent. */
interface Question {
  readonly name: string;
  readonly host?: string;
  /** What it takes certificates by. */
  readonly root: string;
}

/** What a client of the gateway gets. */
async function ask(
  session: Session,
  { name, host = name, root }: Question,
): Promise<{ status: number; body: string }> {
  const pods = await session.cluster("main").kube.list(core(gateway, "pods"));
  const pod = pods.find((one) => isReady(one) && !one.metadata.deletionTimestamp);
  if (!pod) throw new Error(`no pod of ${gateway} is ready`);
  const request = https.get({
    ...{
      host: pod.status.podIP as string,
      port: 443,
      path: "/header",
      agent: false,
      timeout: 10_000,
    },
    ...{ servername: name, headers: { host }, ca: root },
  });
  request.on("timeout", () => request.destroy(new Error("timeout")));
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk as string;
  return { status: response.statusCode!, body };
}

/**
 * Waits until the application of a tenant answers at its host, and sees the gateway: its sidecar says of itself and of the caller who they are
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert).
 */
async function demandOwn(session: Session, tenant: Tenant, root: string): Promise<void> {
  const { host, namespace } = tenant;
  const as = (of: string, account: string) =>
    `spiffe://${session.mesh.trustDomain}/ns/${of}/sa/${account}`;
  const said = [`By=${as(namespace, "web")}`, `URI=${as(gateway, gateway)}`];
  let last = "";
  await until(`${host} is answered by ${namespace}/web, for the gateway`, 120, async () => {
    const { body, status } = await ask(session, { name: host, root }).catch((error: Error) => ({
      ...{ body: error.message, status: 0 },
    }));
    last = `${status} ${body}`;
    return said.every((part) => body.includes(part));
  }).catch((error: Error) => {
    throw new Error(`${error.message}; last: ${last}`);
  });
}

/** A Gateway of a stranger's namespace, by whoever administers the cluster: istiod alone is in its way. */
async function demandNoListener(session: Session, host: string): Promise<void> {
  const { kube } = session.cluster("main");
  const path = apis(gatewayApi, nobodys, "gateways/tried");
  const certificateRefs = [{ name: b.secret, namespace: b.namespace }];
  const listener = { name: "tried", hostname: host, port: 443, protocol: "HTTPS" };
  await kube.apply(path, {
    ...{ apiVersion: gatewayApi, kind: "Gateway", metadata: { name: "tried" } },
    spec: {
      gatewayClassName: "istio",
      addresses: [{ type: "Hostname", value: `${gateway}.${gateway}.svc.cluster.local` }],
      listeners: [{ ...listener, tls: { certificateRefs } }],
    },
  });
  let seen: Json;
  await until(`${nobodys}/tried: the certificate is refused`, 60, async () => {
    const [status] = (await kube.get(path)).status?.listeners ?? [];
    seen = status;
    const resolved = status?.conditions?.find(({ type }: Json) => type === "ResolvedRefs");
    return resolved?.status === "False" && resolved.reason === "RefNotPermitted";
  }).catch((error: Error) => {
    throw new Error(`${error.message}; it says ${JSON.stringify(seen)}`);
  });
}

/** What nobody may have of the gateway. */
async function demandClosed(session: Session, ofA: Kube, roots: { a: string; b: string }) {
  const { kube } = session.cluster("main");
  // At its own listeners, which no other host leads to.
  await applyRoute(ofA, a.namespace, "claimed", b.host, [parent(a.name)]);
  await demandRefused(ofA, a.namespace, "claimed", "NoMatchingListenerHostname");
  // At another's, from a namespace that admission does not look at: whole, and by a listener's name.
  const listeners = (await kube.get(apis(gatewayApi, gateway, `gateways/${b.name}`))).spec;
  const sectionName = listeners.listeners[0].name as string;
  const claims = { whole: parent(b.name), listener: parent(b.name, { sectionName }) };
  for (const [name, claimed] of Object.entries(claims)) {
    await applyRoute(kube, nobodys, name, b.host, [claimed]);
    await demandRefused(kube, nobodys, name, "NotAllowedByListeners");
  }
  await demandNoListener(session, "c.example");
  const other = await ask(session, { name: a.host, host: b.host, root: roots.a });
  assert.equal(other.status, 404, `${b.host} over ${a.host}: ${other.body}`);
  await assert.rejects(ask(session, { name: "c.example", root: roots.b }), /reset|hang up|closed/i);
  await assert.rejects(ask(session, { name: b.host, root: roots.a }), /verify|self.signed|issuer/i);
}

export const entered: Check = {
  key: "tenants-entered",
  whole: true,
  point: 16,
  title:
    "clients come to each tenant by its host, certificate and routes at one gateway, and nobody claims another's there",
  skip: only(shown),
  async run(session) {
    const [ofA, ofB] = [asAdmin(session, a.name), asAdmin(session, b.name)];
    const roots = {
      a: await makeCertificate(session, ofA, a),
      b: await makeCertificate(session, ofB, b),
    };
    await applyRoute(ofA, a.namespace, "web", a.host, [parent(a.name)]);
    await applyRoute(ofB, b.namespace, "web", b.host, [parent(b.name)]);
    await demandOwn(session, a, roots.a);
    await demandOwn(session, b, roots.b);
    await demandClosed(session, ofA, roots);
    await demandOwn(session, b, roots.b);
    for (const [kube, { namespace }] of [[ofA, a] as const, [ofB, b] as const])
      await kube.request("DELETE", apis(gatewayApi, namespace, "httproutes"));
  },
};
