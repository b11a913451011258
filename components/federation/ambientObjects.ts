/**
 * Istio's objects by which ambient meshes exchange services. ztunnel knows no other trust domain than its own, so gateways speak to the
 * other mesh: one opens its mutual TLS where it comes in, another makes it where it goes out. Plain data.
 */
import { envoyDrain, gatewayDrain, serveOn } from "../istio/drain";
import { FEDERATION_PORT } from "../istio/ports";
import { spreadOverZones } from "../istio/spread";
import type { ImportPlan, PeerPlan } from "./facts";
import { SELECTOR } from "./gatewayValues";
import { importedRule, importedService, PEER_POLICY, protocolOf, SNI } from "./objects";
import type { IstioObject } from "./objects";
import { openedName } from "./serverNames";

const istio = { apiVersion: "networking.istio.io/v1" };
const security = { apiVersion: "security.istio.io/v1" };

/** Name of the Gateway that a mesh goes out by; istiod makes the pods of it, and names them and their ServiceAccount so. */
export const EXIT = "federation-exit";

/** Label that istiod gives the pods of a Gateway (istio, manifests/charts/istio-control/istio-discovery/files/kube-gateway.yaml). */
const EXIT_PODS = { "gateway.networking.k8s.io/gateway-name": EXIT };

/** Ports that are exported, to whomever, by host. */
function offered(peers: Record<string, PeerPlan>): [string, number][] {
  const all = Object.values(peers).flatMap(({ services }) =>
    Object.entries(services).flatMap(([host, { ports }]) =>
      ports.map((port): [string, number] => [host, port]),
    ),
  );
  return [...new Map(all.map(([host, port]) => [openedName(host, port), [host, port]])).values()]
    .map(([host, port]): [string, number] => [host as string, port as number])
    .sort((a, b) => (openedName(...a) < openedName(...b) ? -1 : 1));
}

/**
 * Opens mutual TLS for each port of a host that is exported, by a server name of its own, and leads what is inside to that port as the
 * gateway (istio, pilot/pkg/networking/core/gateway.go, createGatewayTCPFilterChainOpts). As a stream: it reads no HTTP, as it does not
 * for sidecars. A server of each, since one with several hosts would let the first way of all of them answer for any.
 */
export function openedPassage<Leaf>(
  namespace: Leaf,
  peers: Record<string, PeerPlan>,
): IstioObject<Leaf>[] {
  const all = offered(peers);
  const servers = all.map(([host, port]) => ({
    port: { number: FEDERATION_PORT, name: openedName(host, port), protocol: "TLS" },
    tls: { mode: "ISTIO_MUTUAL" },
    hosts: [openedName(host, port)],
  }));
  const gateway = {
    ...{ ...istio, kind: "Gateway", metadata: { name: "federation", namespace } },
    spec: { selector: SELECTOR, servers },
  };
  const ways = all.map(([host, port]) => ({
    ...{ ...istio, kind: "VirtualService" },
    metadata: { name: openedName(host, port), namespace },
    spec: {
      ...{ hosts: [openedName(host, port)], gateways: ["federation"], exportTo: ["."] },
      tcp: [{ route: [{ destination: { host, port: { number: port } } }] }],
    },
  }));
  return [...ways, gateway];
}

/**
 * Lets other meshes in by that gateway to what is exported to them, each from the namespaces that it is for, and nobody else: without a
 * rule nobody. It is said at the gateway, behind which everyone is the gateway.
 */
export function openedPolicy<Leaf>(
  namespace: Leaf,
  peers: Record<string, PeerPlan>,
): IstioObject<Leaf> {
  const rules = Object.entries(peers).flatMap(([trustDomain, { services }]) =>
    Object.entries(services).map(([host, { ports, namespaces }]) => ({
      from: [{ source: { principals: principalsOf(trustDomain, namespaces) } }],
      when: [{ key: SNI, values: ports.map((port) => openedName(host, port)) }],
    })),
  );
  return {
    ...{ ...security, kind: "AuthorizationPolicy", metadata: { name: "federation", namespace } },
    spec: { selector: { matchLabels: SELECTOR }, action: "ALLOW", rules },
  };
}

function principalsOf(trustDomain: string, namespaces: string[]): string[] {
  return namespaces.map((one) => `${trustDomain}/ns/${one}/*`);
}

/**
 * Refuses another mesh at every waypoint, which accepts its roots as all Envoys of the mesh do; ztunnels know no trust domain but their
 * own. In the root namespace a class stands for all of its waypoints (istio, pilot/pkg/model/policyattachment.go).
 */
export function waypointPolicy<Leaf>(
  namespace: Leaf,
  trustDomain: string,
  { mesh }: PeerPlan,
): IstioObject<Leaf> {
  const group = "gateway.networking.k8s.io";
  return {
    ...{ ...security, kind: "AuthorizationPolicy" },
    metadata: { name: PEER_POLICY + mesh, namespace },
    spec: {
      targetRefs: [{ group, kind: "GatewayClass", name: "istio-waypoint" }],
      action: "DENY",
      rules: [{ from: [{ source: { principals: [`${trustDomain}/*`] } }] }],
    },
  };
}

/**
 * The way out to other meshes. Its pods are ambient, which those of chart `gateway` cannot be: istio-cni leaves alone what was injected
 * (istio, cni/pkg/util/podutil.go). So callers come by mutual TLS, and ztunnel tells who they are. A Gateway needs a listener; nothing
 * is bound to this one.
 */
export function exitGateway<Leaf>(namespace: Leaf, revision?: string) {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: {
      ...{ name: EXIT, namespace },
      ...(revision !== undefined && { labels: { "istio.io/rev": revision } }),
      annotations: {
        "pulumi.com/waitFor": "condition=Programmed",
        "networking.istio.io/service-type": "ClusterIP",
        "gateway.istio.io/name-override": EXIT,
      },
    },
    spec: {
      gatewayClassName: "istio",
      listeners: [{ name: "unused", port: FEDERATION_PORT, protocol: "HTTP" }],
      infrastructure: {
        labels: { "istio.io/dataplane-mode": "ambient" },
        annotations: envoyDrain(gatewayDrain.envoy),
        parametersRef: { group: "", kind: "ConfigMap", name: EXIT },
      },
    },
  };
}

/** Two pods over zones, of which one stays, and which serve on for as long as others still call them. JSON is YAML. */
export function exitParameters<Leaf>(namespace: Leaf) {
  const { envoy } = gatewayDrain;
  const template = {
    spec: {
      topologySpreadConstraints: spreadOverZones(EXIT_PODS),
      terminationGracePeriodSeconds: LEAVING + envoy + LEAVING,
      containers: [{ name: "istio-proxy", lifecycle: serveOn(LEAVING) }],
    },
  };
  const overlays = {
    deployment: { spec: { template } },
    horizontalPodAutoscaler: { spec: { minReplicas: 2, maxReplicas: 5 } },
    podDisruptionBudget: { spec: { minAvailable: 1 } },
  };
  const data = Object.entries(overlays).map(([kind, one]) => [kind, JSON.stringify(one)]);
  return {
    metadata: { name: EXIT, namespace },
    data: Object.fromEntries(data) as Record<string, string>,
  };
}

/** Seconds until every ztunnel has heard that a pod goes: it stands behind no load balancer. */
const LEAVING = 10;

/** Name that only the way out calls the service by, at the gateways of the other mesh. */
function beyond(name: string): string {
  return `${name}.federation.internal`;
}

/** A service of another mesh: its name is that of the way out, which calls it by mutual TLS at the other mesh's gateways. */
export function importedByExit<Leaf>(
  namespace: Leaf,
  name: string,
  imported: ImportPlan,
): IstioObject<Leaf>[] {
  const ports = Object.fromEntries(
    Object.entries(imported.ports).map(([port, number]) => [`tcp-${port}`, number]),
  );
  const outside = { ...imported, ports, host: beyond(name), namespaces: ["."] };
  return [
    importedService(namespace, `${name}.beyond`, outside),
    ...importedRule(namespace, `${name}.beyond`, outside),
    wayOut(namespace, name, imported),
    importedName(namespace, name, imported),
  ];
}

/** Each port of it is one of the way out's own, since callers say no more than where they connect to. */
function importedName<Leaf>(
  namespace: Leaf,
  name: string,
  { host, namespaces, ports, exits = {} }: ImportPlan,
): IstioObject<Leaf> {
  return {
    ...{ ...istio, kind: "ServiceEntry", metadata: { name, namespace } },
    spec: {
      ...{ hosts: [host], location: "MESH_INTERNAL", resolution: "STATIC", exportTo: namespaces },
      ports: Object.entries(ports).map(([port, number]) => ({
        ...{ name: port, number, protocol: protocolOf(port), targetPort: exits[port] },
      })),
      workloadSelector: { labels: EXIT_PODS },
    },
  };
}

function wayOut<Leaf>(
  namespace: Leaf,
  name: string,
  { ports, exits = {} }: ImportPlan,
): IstioObject<Leaf> {
  const host = beyond(name);
  return {
    ...{ ...istio, kind: "VirtualService", metadata: { name, namespace } },
    spec: {
      ...{ hosts: [host], gateways: [EXIT], exportTo: ["."] },
      tcp: Object.entries(ports).map(([port, number]) => ({
        match: [{ port: exits[port] }],
        route: [{ destination: { host, port: { number } } }],
      })),
    },
  };
}

/** What the way out listens on: a port for each port of each service that is imported. */
export function exitPorts<Leaf>(
  namespace: Leaf,
  imports: Record<string, ImportPlan>,
): IstioObject<Leaf> {
  const servers = Object.entries(imports).flatMap(([name, { exits = {} }]) =>
    Object.values(exits).map((number) => ({
      port: { number, name: `tcp-${number}`, protocol: "TCP" },
      hosts: [beyond(name)],
    })),
  );
  return {
    ...{ ...istio, kind: "Gateway", metadata: { name: EXIT, namespace } },
    spec: { selector: EXIT_PODS, servers },
  };
}

/**
 * Who may go out, and where to: the other mesh sees the way out alone. Refused are callers whom the mesh knows, and who are not of the
 * namespaces that it is for; the ztunnel of the pods lets in no others. For the Envoy beside it, which hears the same, nobody has a name,
 * so that it refuses nothing.
 */
export function exitPolicy<Leaf>(
  namespace: Leaf,
  trustDomain: string,
  imports: Record<string, ImportPlan>,
): IstioObject<Leaf> {
  const rules = Object.values(imports).map(({ namespaces, exits = {} }) => ({
    from: [{ source: { principals: ["*"], notPrincipals: principalsOf(trustDomain, namespaces) } }],
    to: [{ operation: { ports: Object.values(exits).map(String) } }],
  }));
  return {
    ...{ ...security, kind: "AuthorizationPolicy", metadata: { name: EXIT, namespace } },
    spec: { selector: { matchLabels: EXIT_PODS }, action: "DENY", rules },
  };
}

/** ztunnel's own way in is strict: without that, the refusal above could be walked past in plain text. */
export function exitPeers<Leaf>(namespace: Leaf): IstioObject<Leaf> {
  return {
    ...{ ...security, kind: "PeerAuthentication", metadata: { name: EXIT, namespace } },
    spec: { selector: { matchLabels: EXIT_PODS }, mtls: { mode: "STRICT" } },
  };
}
