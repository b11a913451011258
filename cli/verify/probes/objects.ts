/** What is made in clusters to ask who reaches whom, and removed again. */
import { ingressName } from "../../../components/istio/gateways/plan";
import { find, keyed } from "../../../components/records";
import { PlaceKind } from "../../../components/mesh/reach";
import type { ReachPlace } from "../../../components/mesh/reach";
import { DataPlane, shortened } from "../../../components/topology";
import type { Ingress, Member, Relations } from "../../../components/topology";
import type { Thing } from "../access";

/** Where probes run, and what they are. */
export interface ProbeOptions {
  /** Their namespace, the same in every cluster, of this run alone. */
  namespace: string;
  image: string;
}

/** An application that answers requests and makes them (https://github.com/kubernetes/kubernetes/tree/master/test/images/agnhost). */
export const IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.53";

/** Port of it: nothing is opened for it by itself. */
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

const LONGEST_NAME = 63;

/** Marks what was made here, for those who find it left. */
const MADE = { "app.kubernetes.io/managed-by": "istio-patterns-verify" };

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
function gatewayPort({ in: { mesh, members } }: Member, gateway: string): number {
  return FIRST_CALLER_PORT + members.length + Object.keys(mesh.ingress).indexOf(gateway);
}

/** Whoever has a port of its own: what its Service calls it, and what answers there says. */
function callersOf(member: Member): { name: string; port: number }[] {
  const { mesh, members } = member.in;
  const clusters = members.map(({ at: { cluster } }) => cluster.name);
  return [
    ...clusters.map((name) => ({ name, port: callerPort(member, name) })),
    ...Object.keys(mesh.ingress).map((name) => ({ name, port: gatewayPort(member, name) })),
  ];
}

/** Everything that is made in one cluster, in its order, the namespace first. */
export function objectsIn(
  relations: Relations,
  places: ReachPlace[],
  name: string,
  options: ProbeOptions,
): Thing[] {
  const at = relations.clusters.find(({ cluster }) => cluster.name === name)!;
  const [member] = at.members;
  const pods = new Set(places.filter(({ cluster }) => cluster === name).map(podOf));
  const inNamespace = (object: Thing): Thing => ({
    ...object,
    metadata: { namespace: options.namespace, ...object.metadata },
  });
  return [
    namespaceObject(member, options),
    ...[
      ...(member ? [accountObject(name)] : []),
      ...(member ? servicesOf(member) : []),
      ...(member ? policiesOf(member, places, options) : []),
      ...routesIn(relations, places, name, options),
      ...(pods.has(Pod.InMesh) ? [podObject(name, Pod.InMesh, options, member)] : []),
      ...(pods.has(Pod.OutOfMesh) ? [podObject(name, Pod.OutOfMesh, options)] : []),
    ].map(inNamespace),
  ];
}

function namespaceObject(member: Member | undefined, { namespace }: ProbeOptions): Thing {
  const labels = { ...MADE, ...(member && joining(member)) };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } };
}

/** How pods of a namespace join the mesh, by the revision that the cluster picked. */
function joining({ in: { mesh }, picks }: Member): Record<string, string> {
  if (mesh.dataPlane === DataPlane.Ambient) return { "istio.io/dataplane-mode": "ambient" };
  return picks.name === undefined
    ? { "istio-injection": "enabled" }
    : { "istio.io/rev": picks.name };
}

function accountObject(cluster: string): Thing {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: accountOf(cluster) } };
}

/** Those of all members: callers know each by its name, also where none of its pods is. */
function servicesOf(member: Member): Thing[] {
  const { mesh, members } = member.in;
  const callers = callersOf(member).map(({ port }, index) => ({ name: `tcp-${index}`, port }));
  const extra = mesh.dataPlane === DataPlane.Ambient ? callers : [];
  return members.flatMap(({ at: { cluster } }) =>
    Object.values(Pod).map((pod) => ({
      ...{ apiVersion: "v1", kind: "Service" },
      // Ambient meshes of several clusters share what says so (https://istio.io/latest/docs/ambient/install/multicluster/).
      metadata: { name: serviceOf(cluster.name, pod), labels: { "istio.io/global": "true" } },
      spec: {
        selector: { place: pod, cluster: cluster.name },
        ports: [{ name: "http", port: PORT }, ...(pod === Pod.InMesh ? extra : [])],
      },
    })),
  );
}

/** ztunnel tells a server no identity, but holds connections against policies: each caller is let in on a port of its own. */
function policiesOf(member: Member, places: ReachPlace[], { namespace }: ProbeOptions): Thing[] {
  const { mesh, members } = member.in;
  if (mesh.dataPlane !== DataPlane.Ambient) return [];
  const clients = places.filter(
    (place) => place.kind === PlaceKind.Clients && place.mesh === mesh.name,
  );
  const gateways = Object.values(keyed(clients, ({ gateway }) => gateway!));
  const rules = [
    ...members.map(({ at: { cluster } }) =>
      lettingIn(
        `${mesh.trustDomain}/ns/${namespace}/sa/${accountOf(cluster.name)}`,
        callerPort(member, cluster.name),
      ),
    ),
    ...gateways.map(({ gateway, identity }) =>
      lettingIn(identity!.replace("spiffe://", ""), gatewayPort(member, gateway!)),
    ),
  ];
  const anyone = { to: [{ operation: { ports: [String(PORT)] } }] };
  return [
    {
      ...{ apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" },
      metadata: { name: "callers" },
      spec: {
        selector: { matchLabels: { place: Pod.InMesh } },
        action: "ALLOW",
        rules: [...rules, anyone],
      },
    },
  ];
}

function lettingIn(principal: string, port: number): Thing {
  return {
    from: [{ source: { principals: [principal] } }],
    to: [{ operation: { ports: [String(port)] } }],
  };
}

/** Routes of ingress gateways, where an istiod that serves them reads its configuration. */
function routesIn(
  { meshes }: Relations,
  places: ReachPlace[],
  cluster: string,
  { namespace }: ProbeOptions,
): Thing[] {
  const members = meshes.flatMap((mesh) => mesh.members);
  const clients = places.filter(({ kind }) => kind === PlaceKind.Clients);
  const gateways = clients.flatMap((place) => {
    const member = members.find(
      ({ at, in: { mesh } }) => at.cluster.name === place.cluster && mesh.name === place.mesh,
    )!;
    const { controlPlane, servers } = member;
    const reading = controlPlane ? [controlPlane] : servers;
    const isRead = reading.some(({ configuredIn }) => configuredIn.cluster.name === cluster);
    const port = portOf(member.in.mesh.ingress[place.gateway!]!);
    return isRead && port !== undefined ? [{ place, port, member }] : [];
  });
  const named = new Map(gateways.map((gateway) => [gateway.place.gateway!, gateway]));
  return [...named.values()].flatMap(({ place, port, member }) => [
    gatewayObject(place, port, namespace),
    ...places
      .filter((to) => to.kind !== PlaceKind.Clients)
      .map((to) => routeObject(place, to, portAt(member, place, to), namespace)),
  ]);
}

/** Where clients of a gateway come to: what knows callers by their ports alone is in the gateway's mesh. */
function portAt(member: Member, from: ReachPlace, to: ReachPlace): number {
  const isKnown = member.in.mesh.dataPlane === DataPlane.Ambient && to.mesh === from.mesh;
  return isKnown ? gatewayPort(member, from.gateway!) : PORT;
}

function gatewayObject({ gateway }: ReachPlace, port: number, namespace: string): Thing {
  return {
    ...{ apiVersion: "networking.istio.io/v1", kind: "Gateway" },
    metadata: { name: gateway },
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

function routeObject(from: ReachPlace, to: ReachPlace, port: number, namespace: string): Thing {
  const service = serviceOf(to.cluster, podOf(to));
  const host = serviceHost(to, namespace);
  return {
    ...{ apiVersion: "networking.istio.io/v1", kind: "VirtualService" },
    metadata: { name: shortened(`${from.gateway}-${service}`, LONGEST_NAME) },
    spec: {
      hosts: [hostOf(from, to, namespace)],
      gateways: [from.gateway],
      http: [{ route: [{ destination: { host, port: { number: port } } }] }],
    },
  };
}

/** One that answers and asks; in ambient also on the ports of its callers. */
function podObject(cluster: string, pod: Pod, { image }: ProbeOptions, member?: Member): Thing {
  const isAmbient = member?.in.mesh.dataPlane === DataPlane.Ambient;
  const apart = { "sidecar.istio.io/inject": "false", "istio.io/dataplane-mode": "none" };
  return {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: {
      name: pod,
      labels: { place: pod, cluster, ...(pod === Pod.OutOfMesh && apart) },
    },
    spec: {
      ...(pod === Pod.InMesh && { serviceAccountName: accountOf(cluster) }),
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: 65532 },
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [netexec(image), ...(isAmbient ? [porter(image, member)] : [])],
    },
  };
}

const LEAST_RIGHTS = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

/** Its readiness path is one that every version has. */
function netexec(image: string): Thing {
  return {
    ...{ name: "netexec", image, args: ["netexec", `--http-port=${PORT}`, "--udp-port=-1"] },
    ports: [{ containerPort: PORT }],
    readinessProbe: { httpGet: { path: "/hostname", port: PORT }, periodSeconds: 2 },
    securityContext: LEAST_RIGHTS,
  };
}

/** Says on each port whose it is. */
function porter(image: string, member: Member): Thing {
  return {
    ...{ name: "porter", image, args: ["porter"] },
    env: callersOf(member).map(({ name, port }) => ({ name: `SERVE_PORT_${port}`, value: name })),
    securityContext: LEAST_RIGHTS,
  };
}
