/** Applications that checks deploy: agnhost, which calls others when it is asked, and says who calls it. */
import type { Json } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { until } from "../machine/processes";
import { isReady } from "./istiod";
import { askInside, doorOf } from "./probe";

/** Port that they listen on. */
export const port = 8080;

export const image = "registry.k8s.io/e2e-test-images/agnhost:2.63.0";

/** A pod that a label selects, once it is ready. */
export async function readyPod(
  { kube, name: cluster }: Cluster,
  namespace: string,
  label: string,
): Promise<Json> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(label)}`;
  return until(`${cluster}: ${namespace}/${label} Ready`, 90, async () =>
    (await kube.list(path)).find((pod) => isReady(pod) && !pod.metadata.deletionTimestamp),
  );
}

/** The pod of an application, once it is ready. */
export const podOf = (cluster: Cluster, namespace: string, name: string): Promise<Json> =>
  readyPod(cluster, namespace, `app=${name}`);

/** An application that calls. */
export interface Caller {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly name: string;
}

/** What is heard of a host: what it answers, or why it does not. */
export async function seen(caller: Caller, host: string): Promise<string> {
  return (await callerSeen(caller, host)).note;
}

/** What an application behind a host says of its caller; undefined where nothing of it is heard. */
async function callerSeen({ cluster, namespace, name }: Caller, host: string, to = port) {
  const pod = await podOf(cluster, namespace, name);
  const query = new URLSearchParams({ host, port: `${to}`, protocol: "http", request: "header" });
  const answer = await askInside(doorOf(cluster, pod), port, `/dial?${query.toString()}`);
  const { responses = [], errors = [] } = answer.startsWith("{") ? JSON.parse(answer) : {};
  const [body = ""] = responses as string[];
  if (!body.startsWith("{")) return { note: body || (errors as string[]).join("; ") || answer };
  const [header = ""] = (JSON.parse(body) as Json)["X-Forwarded-Client-Cert"] ?? [];
  return { identity: /(?:^|;)URI=([^;,]+)/.exec(header as string)?.[1] ?? "nobody", note: body };
}

/** Waits until a host answers a caller, whom it sees as this identity. */
export async function demandAnswer(caller: Caller, host: string, identity: string): Promise<void> {
  let note = "";
  const what = `${caller.namespace} to ${host} as ${identity}`;
  await until(what, 60, async () => {
    const seen = await callerSeen(caller, host);
    note = seen.note;
    return seen.identity === identity;
  }).catch((error: Error) => {
    throw new Error(`${error.message}; last: ${note}`);
  });
}

/** Nothing of the other side is heard, for one of these reasons. */
export async function demandRefusal(
  caller: Caller,
  host: string,
  why: RegExp,
  to = port,
): Promise<void> {
  const { identity, note } = await callerSeen(caller, host, to);
  const what = `${caller.namespace} to ${host}:${to}`;
  if (identity !== undefined) throw new Error(`${what} was answered: ${note}`);
  if (!why.test(note)) throw new Error(`${what} was refused for another reason: ${note}`);
}
