import * as assert from "node:assert/strict";
import * as tls from "node:tls";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import { only, type Check } from "../run/check";
import type { Istiod } from "../run/istiod";
import { discoveryName, proxyIn, resolve, rootOf } from "../run/proxy";
import type { Session } from "../run/session";
import { Sidecar } from "../run/sidecar";
import { addedPrimary, streamSeconds } from "../run/stackFile";
import { underCalls } from "../run/underCalls";
import { echoPod, host, namespace, port } from "../run/workload";
import { Subscription } from "../run/xds";
import { demandSynced } from "./p2IstiodsSee";
import { demandServing, expectedFor } from "./p4Endpoints";

/** What is promised: clients of an istiod that is gone are with the next one, and back, within this time. */
const moveSeconds = 30;

/** A sidecar of a remote over a new connection; it may be led to another istiod than those before. */
async function subscribe(session: Session, remote: string, address?: string) {
  const proxy = { kind: "sidecar", cluster: remote, network: session.networkOf(remote) } as const;
  const connection = await proxyIn(session, remote, { address });
  return new Subscription(connection, { ...proxy, namespace }, host, port);
}

async function answered(remote: string, subscription: Subscription): Promise<Subscription> {
  const { last } = await until(`${remote}: an answer`, moveSeconds, () =>
    subscription.end || subscription.last ? subscription : undefined,
  );
  if (!last) throw new Error(`${remote}: no answer, but ${subscription.end}`);
  return subscription;
}

/** Name of who signed the certificate that a port shows. */
async function signerAt(address: string, at: number, servername: string, ca: string) {
  return new Promise<string>((done, fail) => {
    const socket = tls.connect({ host: address, port: at, servername, ca }, () => {
      done(String(socket.getPeerCertificate().issuer.CN));
      socket.destroy();
    });
    socket.on("error", fail).setTimeout(2000, () => socket.destroy(new Error("no answer")));
  });
}

const isOf = (istiod: Istiod, signer: string): boolean => signer.endsWith(`istiod ${istiod.name}`);

/** Where new connections through one relay lead: by the certificates for xDS and webhooks, and by what xDS gives. */
async function behind(session: Session, remote: string, address: string) {
  const root = await rootOf(session, remote);
  const subscription = await answered(remote, await subscribe(session, remote, address));
  subscription.close();
  const webhook = await signerAt(address, 15017, discoveryName(session), root);
  return { signers: [subscription.connection.signer, webhook], endpoints: subscription.last! };
}

/** Waits until new connections through every relay of a remote end at one istiod, which knows all endpoints. */
async function demandAt(session: Session, remote: string, istiod: Istiod): Promise<void> {
  const expected = await expectedFor(session, remote);
  let seen = "";
  const moved = async () => {
    const addresses = await resolve(session, remote, discoveryName(session));
    const all = await Promise.all(addresses.map((one) => behind(session, remote, one)));
    seen = JSON.stringify(all);
    return all.every(
      ({ signers, endpoints }) =>
        signers.every((signer) => isOf(istiod, signer)) && endpoints.join() === expected.join(),
    );
  };
  await until(`${remote}: the istiod of ${istiod.name}`, moveSeconds, moved).catch((error) => {
    throw new Error(`${error.message}; its relays lead to ${seen}`);
  });
}

/** A pod that is not kept, as admission leaves it. */
function admit(session: Session, cluster: string): Promise<Json> {
  const containers = [{ name: "one", image: "registry.invalid/one:1" }];
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "one" }, spec: { containers } };
  const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
  return session.cluster(cluster).kube.request("POST", path, pod);
}

async function demandInjection(session: Session, remote: string): Promise<void> {
  await until(`${remote}: injection`, moveSeconds, async () => {
    const { spec } = await admit(session, remote);
    const containers: Json[] = [...(spec.initContainers ?? []), ...spec.containers];
    return containers.some(({ name }) => name === "istio-proxy");
  });
}

/** Waits until an Envoy has exactly these endpoints and is, or is no longer, with an istiod. */
async function demandSidecar(sidecar: Sidecar, expected: readonly string[], connected: boolean) {
  let seen: string[] = [];
  const what = `the sidecar ${connected ? "with" : "without"} istiod: ${expected.join(", ")}`;
  await until(what, moveSeconds, async () => {
    seen = await sidecar.endpoints();
    return (await sidecar.connected()) === connected && seen.join() === expected.join();
  }).catch((error: Error) => {
    throw new Error(`${error.message}; it has ${seen.join(", ") || "none"}`);
  });
}

async function outage(session: Session, remote: string, sidecar: Sidecar): Promise<void> {
  const [istiod] = session.istiods;
  const expected = await expectedFor(session, remote);
  await demandSidecar(sidecar, expected, true);
  await istiod.scale(0);
  await demandSidecar(sidecar, expected, false);
  await echoPod(session.cluster(remote));
  const message = `${remote}: expected no pod without a sidecar in a labelled namespace`;
  await assert.rejects(admit(session, remote), /failed calling webhook/, message);
  await istiod.scale(1);
  await demandInjection(session, remote);
  await demandSynced(session);
  await demandServing(session);
  await demandSidecar(sidecar, expected, true);
}

const down: Check = {
  key: "down",
  point: 7,
  title:
    "without its only primary a remote's Envoy keeps its endpoints, no call is lost and no pod is let in bare",
  skip: only("02-primary-remote-different-networks"),
  async run(session) {
    const [remote] = session.remotes;
    const sidecar = await Sidecar.start(session, remote);
    await underCalls(session, () => outage(session, remote, sidecar)).finally(() => sidecar.stop());
  },
};

/** A stream ends a tenth sooner or later, and gets ten seconds more (istio, pkg/keepalive/options.go). */
const endSeconds = streamSeconds * 1.1 + 10 + 5;

async function moveOver(session: Session): Promise<void> {
  const [first, second] = session.istiods;
  const [remote] = session.remotes;
  assert.ok(second, "expected a second primary to have been added before");
  await demandAt(session, remote, first);
  const left = await answered(remote, await subscribe(session, remote));
  await first.scale(0);
  await demandAt(session, remote, second);
  await demandInjection(session, remote);
  await until(`${remote}: the end of its stream`, moveSeconds, () => left.end);
  const held = await answered(remote, await subscribe(session, remote));
  assert.ok(isOf(second, held.connection.signer), `${remote}: expected a stream of the second`);
  await first.scale(1);
  await demandAt(session, remote, first);
  await demandInjection(session, remote);
  await until(`${remote}: the end of its stream`, endSeconds, () => held.end);
  const again = await answered(remote, await subscribe(session, remote));
  const { signer } = again.connection;
  assert.ok(isOf(first, signer), `${remote}: the stream after it is served by ${signer}`);
  again.close();
  await demandSynced(session);
}

const failover: Check = {
  key: "failover",
  point: 7,
  title:
    "a remote of two primaries is with the second while the first is away, then with the first; no call is lost",
  skip: only(addedPrimary),
  run: (session) => underCalls(session, () => moveOver(session)),
};

export const downChecks = [down] as const satisfies readonly Check[];
export const failoverChecks = [failover] as const satisfies readonly Check[];
