import * as assert from "node:assert/strict";
import { Pod } from "../../../cli/verify/probes/names";
import { EAST_WEST_GATEWAY } from "../../../components/topology";
import { Watched, type Json, type Kube } from "../machine/kube";
import { podPath } from "../machine/kubelet/status";
import { until } from "../machine/processes";
import type { Stored } from "../machine/store";
import type { Authority } from "./authority";
import type { Istiod } from "./istiod";
import { Behind } from "./rollout";
import type { Session } from "./session";

/** Gives back what was taken. */
export type Undo = () => Promise<void>;

/** Breaks something, looks, and gives back what was taken, whatever was seen. */
export async function broken<T>(breaks: () => Promise<Undo>, look: () => Promise<T>): Promise<T> {
  const undo = await breaks();
  return look().finally(undo);
}

/** Breaks several things at once. */
export function brokenAll<T>(
  all: readonly (() => Promise<Undo>)[],
  look: () => Promise<T>,
): Promise<T> {
  return all.reduceRight((inner, breaks) => () => broken(breaks, inner), look)();
}

/** Of the policy by which a whole mesh takes no plain text. */
export function strictPath({ namespace }: Session): string {
  return `/apis/security.istio.io/v1/namespaces/${namespace}/peerauthentications/default`;
}

/** Takes an object out of a cluster; it comes back as whoever applied it has it, who can go on to change it. */
export async function withoutObject(kube: Kube, path: string): Promise<Undo> {
  const { apiVersion, kind, metadata, spec } = await kube.get(path);
  const { name, namespace, labels, annotations, managedFields } = metadata;
  const { manager } = managedFields.find(({ operation }: Json) => operation === "Apply");
  await kube.delete(path);
  const body = { apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec };
  return () => kube.patch(`${path}?fieldManager=${manager}`, body, "apply");
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

/** Ends all pods of an east-west gateway, without the time that they ask for: no load balancer is to send to them. */
export async function emptyGateway(session: Session, member: string): Promise<Undo> {
  const gateway = new Behind(session, session.cluster(member), EAST_WEST_GATEWAY);
  const { kube } = gateway.cluster;
  const { spec } = await kube.get(gateway.deployment);
  const scale = async (replicas: number) => {
    await kube.patch(gateway.deployment, { spec: { replicas } });
    if (replicas === 0) for (const pod of await gateway.pods()) await kube.delete(podPath(pod));
    await until(`${member}: ${replicas} pods of its gateway`, 60, async () => {
      const { status } = await kube.get(gateway.deployment);
      return (status.readyReplicas ?? 0) === replicas;
    });
  };
  await scale(0);
  return () => scale(spec.replicas);
}

const denial = {
  apiVersion: "security.istio.io/v1",
  kind: "AuthorizationPolicy",
  metadata: { name: "nobody" },
  spec: { action: "DENY", selector: { matchLabels: { place: Pod.InMesh } }, rules: [{}] },
};

/** Denies by a policy of the whole mesh whatever is asked of a member's probe in the mesh. */
export async function deny({ cluster, namespace }: Session, member: string): Promise<Undo> {
  const { kube } = cluster(member);
  const folder = `/apis/security.istio.io/v1/namespaces/${namespace}/authorizationpolicies`;
  const path = `${folder}/${denial.metadata.name}`;
  await kube.apply(path, denial);
  return () => kube.delete(path);
}

const quarantine = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "quarantine" },
  spec: { podSelector: { matchLabels: { place: Pod.OutOfMesh } }, policyTypes: ["Ingress"] },
};

/** Isolates a member's probe outside the mesh, as policy engines do in each namespace that is made. */
export async function isolate({ cluster }: Session, member: string): Promise<Undo> {
  const { kube } = cluster(member);
  const { name } = quarantine.metadata;
  const namespaces = new Watched(kube, "/api/v1/namespaces", (kind, { metadata }) => {
    if (kind !== "ADDED" || !/-verify-/.test(metadata.name)) return;
    const folder = `/apis/networking.k8s.io/v1/namespaces/${metadata.name}/networkpolicies`;
    kube.apply(`${folder}/${name}`, quarantine).catch((error) => console.error(String(error)));
  });
  await until(`${member}: namespaces are watched`, 10, () => namespaces.synced);
  return () => Promise.resolve(namespaces.stop());
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
