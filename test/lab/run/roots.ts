import * as assert from "node:assert/strict";
import type { X509Certificate } from "node:crypto";
import type { Json } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { until } from "../machine/processes";
import { brokenAt, certificatesOf, withoutRoots } from "./certificates";
import { shownToIstiod, type Leaf } from "./handshake";
import { isReady } from "./istiod";
import { askInside, probePod } from "./probe";
import { discoveryName, proxyIn, rootOf } from "./proxy";
import type { Session } from "./session";
import { namespace } from "./workload";
import { trustBundleFor } from "./xds";
import { ownWebhooks } from "./webhooks";

/** How long istiods, webhooks and proxies may take to hear of files that change while they run. */
export const hearSeconds = 120;

/** Subjects of the roots of a bundle. */
export const tell = (bundle: string): string =>
  certificatesOf(bundle)
    .map(({ subject }) => subject.replaceAll("\n", " "))
    .join(", ");

const decoded = (base64: string): string => Buffer.from(base64, "base64").toString();

async function webhookBundles(cluster: Cluster): Promise<string[]> {
  const own = await ownWebhooks(cluster);
  const webhooks: Json[] = own.flatMap((one) => one.webhooks);
  return webhooks.map(({ clientConfig }) => decoded(clientConfig.caBundle));
}

/** The bundle of every place that must have the same: Secrets of istiods, all webhooks, what pods mount, what proxies are sent. */
async function bundlesOf(session: Session): Promise<string[]> {
  const secrets = session.istiods.map(async ({ cluster, namespace: system }) => {
    const { data } = await cluster.kube.get(`/api/v1/namespaces/${system}/secrets/cacerts`);
    return [decoded(data["root-cert.pem"])];
  });
  const members = session.members.map(async (member) => {
    const webhooks = await webhookBundles(session.cluster(member));
    const proxy = { kind: "sidecar", cluster: member, network: session.networkOf(member) } as const;
    const sent = await trustBundleFor(await proxyIn(session, member), { ...proxy, namespace });
    return [...webhooks, await rootOf(session, member), sent];
  });
  return (await Promise.all([...secrets, ...members])).flat();
}

/** Waits until all places have one bundle of these roots, in this order. */
export async function demandBundle(session: Session, roots: readonly string[]): Promise<string> {
  const expected = roots.join("");
  let seen: string[] = [];
  await until(`one bundle everywhere: ${tell(expected)}`, hearSeconds, async () => {
    seen = await bundlesOf(session);
    return seen.every((bundle) => bundle === expected);
  }).catch((error: Error) => {
    throw new Error(`${error.message}; there are ${[...new Set(seen.map(tell))].join(" and ")}`);
  });
  return expected;
}

/** What a running Envoy has: the roots that it accepts, in no order, and the chain that it shows. */
interface Held {
  readonly accepted: string[];
  readonly chain: X509Certificate[];
}

const raw = (bundle: string): string[] =>
  certificatesOf(bundle)
    .map(({ fingerprint256 }) => fingerprint256)
    .sort();

async function heldBy({ kubelet }: Cluster, pod: Json): Promise<Held> {
  const path = "/config_dump?resource=dynamic_active_secrets";
  const { configs = [] }: Json = JSON.parse(
    await askInside(kubelet.processOf(pod).door, 15000, path),
  );
  const secret = (name: string): Json => configs.find((one: Json) => one.name === name)?.secret;
  const roots = secret("ROOTCA")?.validation_context.trusted_ca.inline_bytes ?? "";
  const chain = secret("default")?.tls_certificate.certificate_chain.inline_bytes ?? "";
  return { accepted: raw(decoded(roots)), chain: withoutRoots(certificatesOf(decoded(chain))) };
}

/** Sidecars of the probes and east-west gateways, by what they are called here. */
async function envoysOf(session: Session): Promise<[string, Cluster, Json][]> {
  const system = `/api/v1/namespaces/${session.namespace}`;
  const found = session.members.map(async (member): Promise<[string, Cluster, Json][]> => {
    const cluster = session.cluster(member);
    const probe = await probePod(cluster, { cluster: member, where: "inside" });
    const gateways = await cluster.kube.list(
      `${system}/pods?labelSelector=istio%3Deastwestgateway`,
    );
    assert.ok(gateways.some(isReady), `${member}: expected an east-west gateway`);
    const pods = [probe, ...gateways.filter(isReady)];
    return pods.map((pod) => [`${member} ${pod.metadata.name}`, cluster, pod]);
  });
  return (await Promise.all(found)).flat();
}

/** Which Envoys there are: none of them may restart on the way. */
export async function uidsOf(session: Session): Promise<string[]> {
  return (await envoysOf(session)).map(([, , { metadata }]) => metadata.uid).sort();
}

/** Serial numbers of what the Envoys show, by what they are called here. */
export async function shownNow(session: Session): Promise<Record<string, string>> {
  const found = (await envoysOf(session)).map(async ([name, cluster, pod]) => {
    const { chain } = await heldBy(cluster, pod);
    return [name, chain[0]?.serialNumber ?? "nothing"] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

/** Waits until all Envoys accept exactly the roots of a bundle, and show a certificate below one of them. */
export async function demandEnvoys(session: Session, bundle: string, below: string): Promise<void> {
  const [top] = certificatesOf(below);
  for (const [name, cluster, pod] of await envoysOf(session)) {
    let held: Held = { accepted: [], chain: [] };
    const what = `${name} to accept ${tell(bundle)} and show a certificate below ${tell(below)}`;
    await until(what, hearSeconds, async () => {
      held = await heldBy(cluster, pod);
      const shown = held.chain.length > 0 && brokenAt(held.chain, top) === undefined;
      return shown && held.accepted.join() === raw(bundle).join();
    }).catch((error: Error) => {
      const wrong = held.chain.length > 0 ? brokenAt(held.chain, top) : "it shows nothing";
      throw new Error(`${error.message}; it accepts ${held.accepted.length} roots; ${wrong}`);
    });
  }
}

/** OpenSSL's words for a peer's alert, and for a chain that it does not accept itself. */
export const refusal = /unknown ca|bad certificate|self.signed.cert|unable.to.(verify|get)/i;

/** What every pod of istiod says of a client's certificate. */
async function istiodSays(session: Session, leaf: Leaf, roots: string): Promise<string[]> {
  const servername = discoveryName(session);
  const pods = (await Promise.all(session.istiods.map((istiod) => istiod.pods()))).flat();
  assert.ok(pods.length > 0, "expected pods of istiod");
  return Promise.all(
    pods.map(({ status }) => shownToIstiod(leaf, { address: status.podIP, servername, roots })),
  );
}

export async function demandTaken(session: Session, leaf: Leaf, roots: string): Promise<void> {
  const answers = await istiodSays(session, leaf, roots);
  const others = answers.filter((answer) => answer !== "");
  assert.deepEqual(others, [], "expected istiod to take a client's certificate");
}

export async function demandRefused(session: Session, leaf: Leaf, roots: string): Promise<void> {
  for (const answer of await istiodSays(session, leaf, roots))
    assert.match(answer, refusal, "expected istiod to refuse a client's certificate");
}
