import type { Json } from "../machine/kube";
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
  const { stdout } = await cli.demand(
    "stack",
    "export",
    "--show-secrets",
    "--stack",
    cli.options.stack,
  );
  const resources: Json[] = JSON.parse(stdout).deployment.resources;
  const text = (end: string, output: string): string => {
    const { outputs } = resources.find(({ urn }) => urn.endsWith(end));
    const value = outputs[output];
    return typeof value === "string" ? value : JSON.parse(value.plaintext);
  };
  return {
    certificate: text("-root-shared-certificate", "certPem"),
    key: text("-root-shared-key", "privateKeyPem"),
  };
}
