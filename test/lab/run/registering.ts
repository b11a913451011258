/** Registering at an istiod with a token, as whoever has taken one would. */
import * as assert from "node:assert/strict";
import { secure } from "./connection";
import { discoveryName, rootOf } from "./proxy";
import type { Session } from "./session";
import { refusalOf, type Proxy } from "./xds";

/** Who registers, as what it may be. */
export interface Registrant {
  readonly kind: Proxy["kind"];
  /** Cluster of its WorkloadGroup. */
  readonly cluster: string;
  readonly namespace: string;
  readonly token: string;
  /** Its WorkloadGroup. */
  readonly group: string;
}

const LABELS = /who registers has the labels of its WorkloadGroup, no more and no others/;
const NETWORK = /who registers stands in the network of its WorkloadGroup/;

/** By all labels that Services of the namespace select by, by one of its own, and as another network's. */
const attempts = (other: string): [what: string, says: object, refused: RegExp][] => [
  ["another's application", { LABELS: { app: other } }, LABELS],
  ["another's Service", { LABELS: { "istio-patterns/serves": other } }, LABELS],
  ["another's name in telemetry", { LABELS: { "service.istio.io/canonical-name": other } }, LABELS],
  ["a label of its own", { LABELS: { mine: "too" } }, LABELS],
  ["another network", { NETWORK: "elsewhere" }, NETWORK],
];

/** The API server refuses each, and istiod says so to who asks. */
export async function demandRefused(
  session: Session,
  { kind, cluster, namespace, token, group }: Registrant,
  other: string,
): Promise<void> {
  const istiod = session.istiods.find(({ clusterId }) => clusterId === cluster)!;
  const address = (await istiod.pod()).status.podIP as string;
  const root = await rootOf(session, cluster);
  const serverName = discoveryName(session);
  const connection = secure({ address, root, serverName, token, clusterId: cluster });
  const proxy = { kind, cluster, namespace, network: session.networkOf(cluster) };
  for (const [what, says, refused] of attempts(other)) {
    const told = { ...proxy, says: { AUTO_REGISTER_GROUP: group, ...says } };
    assert.match(await refusalOf(connection, told), refused, what);
  }
}
