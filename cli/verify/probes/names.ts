/** What probes are called and where they listen: who makes them and who asks them say the same. */
import { find } from "../../../components/records";
import { PlaceKind } from "../../../components/mesh/reach";
import type { ReachPlace } from "../../../components/mesh/reach";
import { shortened } from "../../../components/topology";
import type { Ingress, Member } from "../../../components/topology";

/** Where probes run, and what they are. */
export interface ProbeOptions {
  /** Their namespace, the same in every cluster, of this run alone. */
  namespace: string;
  image: string;
}

/** Port of the application: nothing is opened for it by itself. */
export const PORT = 8080;

/** Of a gateway, where clients come without TLS. */
export const HTTP_PORT = { number: 80, name: "http" } as const;

/** Port of a gateway that takes plain HTTP, as far as its description tells. */
export function portOf({ ports }: Pick<Ingress, "ports">): number | undefined {
  return (
    find(ports, HTTP_PORT.name) ?? Object.values(ports).find((port) => port === HTTP_PORT.number)
  );
}

/** First of the ports in ambient that one caller each is let in on. */
const FIRST_CALLER_PORT = 9000;

export const LONGEST_NAME = 63;

/** Marks what was made here, for those who find it left. */
export const MADE = { "app.kubernetes.io/managed-by": "istio-patterns-verify" };

export const Pod = { InMesh: "in-mesh", OutOfMesh: "out-of-mesh" } as const;
export type Pod = (typeof Pod)[keyof typeof Pod];

/** The pod that stands for a place: clients have none, but are asked for by the one outside the mesh beside their gateway. */
export function podOf({ kind }: ReachPlace): Pod {
  return kind === PlaceKind.InMesh ? Pod.InMesh : Pod.OutOfMesh;
}

/** Account of a probe in the mesh: its cluster can be told from its identity. */
export function accountOf(cluster: string): string {
  return shortened(`at-${cluster}`, LONGEST_NAME);
}

/** Service of the probes of one cluster. */
export function serviceOf(cluster: string, pod: Pod): string {
  return shortened(`${pod === Pod.InMesh ? "to" : "plain"}-${cluster}`, LONGEST_NAME);
}

/** Name that pods of the mesh know the probe of a place by. */
export function serviceHost(to: ReachPlace, namespace: string): string {
  return `${serviceOf(to.cluster, podOf(to))}.${namespace}.svc.cluster.local`;
}

/** Host that a gateway leads to the probes of one cluster by; no name of the internet's (RFC 6761). */
export function hostOf({ gateway }: ReachPlace, to: ReachPlace, namespace: string): string {
  return `${serviceOf(to.cluster, podOf(to))}.${gateway}.${namespace}.test`;
}

/** Port of a probe in ambient that only the probe of one cluster of the mesh is let in on. */
export function callerPort({ in: { members } }: Member, cluster: string): number {
  return FIRST_CALLER_PORT + members.findIndex(({ at }) => at.cluster.name === cluster);
}

/** The same for clients of an ingress gateway of the mesh, which come as the gateway in whichever cluster it is. */
export function gatewayPort({ in: { mesh, members } }: Member, gateway: string): number {
  return FIRST_CALLER_PORT + members.length + Object.keys(mesh.ingress).indexOf(gateway);
}
