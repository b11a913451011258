import { Resolver } from "node:dns/promises";
import { addresses } from "../machine/network";
import { until } from "../machine/processes";
import { workloadToken } from "./certificates";
import { secure, type Connection } from "./connection";
import type { Session } from "./session";
import { namespace } from "./workload";

/** Where proxies look for their control plane, in every cluster of the mesh: that of the first revision. */
export const discoveryName = ({ istiod, namespace: system }: Session): string =>
  `${istiod}.${system}.svc`;

/** Addresses that a pod of a cluster gets for a name. */
export async function resolve(session: Session, cluster: string, name: string): Promise<string[]> {
  const resolver = new Resolver();
  resolver.setServers([addresses.clusterResolver(session.cluster(cluster).server.index)]);
  return (await resolver.resolve4(name)).sort();
}

/** PEM that pods of a cluster check istiod's certificate with. */
export async function rootOf(session: Session, cluster: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/istio-ca-root-cert`;
  const { kube } = session.cluster(cluster);
  const map = await until(`${cluster}: istio-ca-root-cert in ${namespace}`, 30, () =>
    kube.find(path),
  );
  return map.data["root-cert.pem"];
}

/** Token of the workload's service account. */
export const tokenIn = (session: Session, cluster: string): Promise<string> =>
  workloadToken(session.cluster(cluster).kube, namespace, "default");

export interface Asking {
  /** What the proxy says its cluster is; the truth where it is left out. */
  readonly clusterId?: string;
  /** One of several addresses of the discovery name; the first where it is left out. */
  readonly address?: string;
}

/** How the proxy of a workload in a cluster reaches its istiod: by name, with its service account's token. */
export async function proxyIn(
  session: Session,
  cluster: string,
  { clusterId = cluster, address }: Asking = {},
): Promise<Connection> {
  const serverName = discoveryName(session);
  const found = address ?? (await resolve(session, cluster, serverName))[0];
  const root = await rootOf(session, cluster);
  const token = await tokenIn(session, cluster);
  return secure({ address: found, root, serverName, token, clusterId });
}
