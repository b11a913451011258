import * as assert from "node:assert/strict";
import type { Json } from "../machine/kube";
import type { Stored } from "../machine/store";
import type { Authority } from "./authority";
import type { Istiod } from "./istiod";
import type { Session } from "./session";

/** Gives back what was taken. */
export type Undo = () => Promise<void>;

/** Breaks something, looks, and gives back what was taken, whatever was seen. */
export async function broken(
  breaks: () => Promise<Undo>,
  look: () => Promise<void>,
): Promise<void> {
  const undo = await breaks();
  await look().finally(undo);
}

/** Takes resources away behind the program's back. */
export function withoutStored(session: Session, entries: readonly Stored[]): () => Promise<Undo> {
  const { store } = session.machine;
  return async () => {
    assert.ok(entries.length > 0, "expected something to take away");
    for (const { type, id } of entries) store.remove(type, id);
    return () => Promise.resolve(entries.forEach((entry) => store.write(entry)));
  };
}

/** What AWS holds of a member's cluster. */
export function eksOf({ machine, topology }: Session, member: string): Json {
  const all = machine.store.outputs("eks.Cluster");
  return all.find(({ name }) => name === `${topology.name}-${member}`).vpcConfig;
}

/** Gives an istiod other files to sign with, by hand. */
export async function signWith(
  { cluster, namespace }: Istiod,
  own: Authority,
  root: string,
): Promise<Undo> {
  const path = `/api/v1/namespaces/${namespace}/secrets/cacerts`;
  const { data } = await cluster.kube.get(path);
  const files = {
    "ca-cert.pem": own.certificate,
    "ca-key.pem": own.key,
    "cert-chain.pem": `${own.certificate}${root}`,
    "root-cert.pem": root,
  };
  const encoded = Object.entries(files).map(([name, text]) => [
    name,
    Buffer.from(text).toString("base64"),
  ]);
  await cluster.kube.patch(path, { data: Object.fromEntries(encoded) });
  return () => cluster.kube.patch(path, { data });
}

const label = "topology.istio.io/network";

/** Says of a member another network than its own. */
export async function relabel(session: Session, member: string, network: string): Promise<Undo> {
  const path = `/api/v1/namespaces/${session.namespace}`;
  const say = (value: string) =>
    session.cluster(member).kube.patch(path, { metadata: { labels: { [label]: value } } });
  await say(network);
  return () => say(session.networkOf(member));
}

/** The root that signs, from where the program keeps it. */
export async function signingRoot({ cli }: Session): Promise<Authority> {
  const resources = await cli.resources("--show-secrets");
  const text = (end: string, output: string): string => {
    const { outputs } = resources.find(({ urn }) => urn.endsWith(end))!;
    const value = outputs[output];
    return typeof value === "string" ? value : JSON.parse(value.plaintext);
  };
  return {
    certificate: text("-root-shared-certificate", "certPem"),
    key: text("-root-shared-key", "privateKeyPem"),
  };
}
