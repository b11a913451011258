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
  /** Nobody's where it is left out. */
  readonly address?: string;
}

const LABELS = /who registers has the labels of its WorkloadGroup, no more and no others/;
const NETWORK = /who registers stands in the network of its WorkloadGroup/;

/** Says otherwise what it is, in metadata that istiod takes from the client. */
export interface Attempt {
  readonly what: string;
  readonly says: (other: string) => object;
  readonly refused: RegExp;
}

const labelled = (labels: object) => ({ LABELS: labels });

/** Under every label that a Service of the namespace selects by, one of its own, and as another network's. */
export const attempts: readonly Attempt[] = [
  {
    what: "registers with the label `app` of another application",
    says: (other) => labelled({ app: other }),
    refused: LABELS,
  },
  {
    what: "registers with the label that another service's tasks are called by",
    says: (other) => labelled({ "istio-patterns/serves": other }),
    refused: LABELS,
  },
  {
    what: "registers under another service's name in telemetry",
    says: (other) => labelled({ "service.istio.io/canonical-name": other }),
    refused: LABELS,
  },
  {
    what: "registers with a label of its own",
    says: () => labelled({ mine: "too" }),
    refused: LABELS,
  },
  {
    what: "registers on another network",
    says: () => ({ NETWORK: "elsewhere" }),
    refused: NETWORK,
  },
];

/** Why istiod refuses who registers; empty where it does not. */
export async function refusalFor(
  session: Session,
  { kind, cluster, namespace, token, group, address }: Registrant,
  says: object = {},
): Promise<string> {
  const istiod = session.istiods.find(({ clusterId }) => clusterId === cluster)!;
  const root = await rootOf(session, cluster);
  const connection = secure({
    ...{ address: (await istiod.pod()).status.podIP, root, token, clusterId: cluster },
    serverName: discoveryName(session),
  });
  const proxy = { kind, cluster, namespace, network: session.networkOf(cluster), address };
  return refusalOf(connection, { ...proxy, says: { AUTO_REGISTER_GROUP: group, ...says } });
}

/** The API server refuses each, and istiod says so to who asks. */
export async function demandRefused(
  session: Session,
  registrant: Registrant,
  other: string,
): Promise<void> {
  for (const { what, says, refused } of attempts)
    assert.match(await refusalFor(session, registrant, says(other)), refused, what);
}
