/** What leads clients of ingress gateways to probes. */
import { ingressName } from "../../../components/istio/gateways/plan";
import { PlaceKind } from "../../../components/mesh/reach";
import type { ReachPlace } from "../../../components/mesh/reach";
import { DataPlane, scopesGateways, shortened } from "../../../components/topology";
import type { Member, Relations } from "../../../components/topology";
import type { Thing } from "../access";
import { gatewayPort, hostOf, LONGEST_NAME, MADE, podOf, PORT } from "./names";
import { portOf, serviceHost, serviceOf } from "./names";
import type { ProbeOptions } from "./names";

/** An ingress gateway that is led from, where its configuration is read. */
interface Entrance {
  place: ReachPlace;
  port: number;
  member: Member;
  /** Namespace of its Gateway, where only one counts; absent where any does. */
  scope?: string;
}

/** Routes of ingress gateways, where an istiod that serves them reads its configuration. */
export function routesIn(
  { meshes }: Relations,
  places: ReachPlace[],
  cluster: string,
  { namespace }: ProbeOptions,
): Thing[] {
  const members = meshes.flatMap((mesh) => mesh.members);
  const clients = places.filter(({ kind }) => kind === PlaceKind.Clients);
  const entrances = clients.flatMap((place): Entrance[] => {
    const member = members.find(
      ({ at, in: { mesh } }) => at.cluster.name === place.cluster && mesh.name === place.mesh,
    )!;
    const ingress = member.in.mesh.ingress[place.gateway!]!;
    const port = portOf(ingress);
    if (!readsIn(member, cluster) || port === undefined) return [];
    if (!scopesGateways(member.in)) return [{ place, port, member }];
    const isHere = ingress.clusters.includes(cluster);
    return isHere ? [{ place, port, member, scope: ingressName(place.gateway!) }] : [];
  });
  const named = new Map(entrances.map((entrance) => [entrance.place.gateway!, entrance]));
  return [...named.values()].flatMap((entrance) => [
    gatewayObject(entrance, namespace),
    ...places
      .filter((to) => to.kind !== PlaceKind.Clients)
      .map((to) => routeObject(entrance, to, namespace)),
  ]);
}

function readsIn({ controlPlane, servers }: Member, cluster: string): boolean {
  const reading = controlPlane ? [controlPlane] : servers;
  return reading.some(({ configuredIn }) => configuredIn.cluster.name === cluster);
}

/** Whether a gateway takes Gateways of its own namespace alone, which no cluster has that its configuration is read in. */
export function isOutOfScope(member: Member, gateway: string): boolean {
  const { clusters } = member.in.mesh.ingress[gateway]!;
  return scopesGateways(member.in) && !clusters.some((cluster) => readsIn(member, cluster));
}

/** Where clients of a gateway come to: what knows callers by their ports alone is in the gateway's mesh. */
function portAt(member: Member, from: ReachPlace, to: ReachPlace): number {
  const isKnown = member.in.mesh.dataPlane === DataPlane.Ambient && to.mesh === from.mesh;
  return isKnown ? gatewayPort(member, from.gateway!) : PORT;
}

/** In the namespace of others it has a name of this run alone. */
function gatewayObject({ place: { gateway }, port, scope }: Entrance, namespace: string): Thing {
  const metadata = scope
    ? { name: namespace, namespace: scope, labels: MADE }
    : { name: gateway, namespace };
  return {
    ...{ apiVersion: "networking.istio.io/v1", kind: "Gateway", metadata },
    spec: {
      // Label of the gateway's pods: its release without "istio-", as the chart has it.
      selector: { istio: ingressName(gateway!).replace(/^istio-/, "") },
      servers: [
        {
          port: { number: port, name: "http", protocol: "HTTP" },
          hosts: [`*.${gateway}.${namespace}.test`],
        },
      ],
    },
  };
}

function routeObject(entrance: Entrance, to: ReachPlace, namespace: string): Thing {
  const { place: from, member, scope } = entrance;
  const service = serviceOf(to.cluster, podOf(to));
  const number = portAt(member, from, to);
  return {
    ...{ apiVersion: "networking.istio.io/v1", kind: "VirtualService" },
    metadata: { name: shortened(`${from.gateway}-${service}`, LONGEST_NAME), namespace },
    spec: {
      hosts: [hostOf(from, to, namespace)],
      gateways: [scope ? `${scope}/${namespace}` : from.gateway],
      // Where tenants share a mesh, what says nothing is known to its own namespace alone.
      ...(scope && { exportTo: [scope] }),
      http: [{ route: [{ destination: { host: serviceHost(to, namespace), port: { number } } }] }],
    },
  };
}
