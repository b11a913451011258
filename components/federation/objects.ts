/** Istio's objects by which meshes exchange services. Plain data. */
import { outlierDetection } from "../istio/controlPlane/meshObjects";
import { FEDERATION_PORT } from "../istio/ports";
import type { ImportPlan, OfferPlan, PeerPlan } from "./facts";
import { SELECTOR } from "./gatewayValues";
import { openedName, serverName } from "./serverNames";

/** What names of policies against other meshes begin with, before the mesh's. */
export const PEER_POLICY = "federation-";

/** An object of Istio's, with an opaque leaf. */
export interface IstioObject<Leaf> {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: Leaf };
  spec: object;
}

/**
 * Lets mutual TLS through to the hosts that are exported, without opening it, and to no other: there is a filter chain for each alone
 * (istio, pilot/pkg/networking/core/gateway.go, builtAutoPassthroughFilterChains). All ports of a host are among them, and no
 * authorization runs there: that is for the policies.
 */
export function passage<Leaf>(namespace: Leaf, hosts: string[]): IstioObject<Leaf> {
  const port = { number: FEDERATION_PORT, name: "tls", protocol: "TLS" };
  return {
    ...{ apiVersion: "networking.istio.io/v1", kind: "Gateway" },
    metadata: { name: "federation", namespace },
    spec: {
      selector: SELECTOR,
      servers: [{ port, tls: { mode: "AUTO_PASSTHROUGH" }, hosts }],
    },
  };
}

/**
 * Refuses to another mesh what is not exported to it, and what is to all but whom it is for. By principals: a namespace would match those
 * of its name in every trust domain (istio, pilot/pkg/security/authz/model/generator.go, srcNamespaceGenerator). In the root namespace, and
 * so that no other policy lets in again what it refuses (https://istio.io/latest/docs/concepts/security/#implicit-enablement).
 */
export function peerPolicy<Leaf>(
  namespace: Leaf,
  trustDomain: string,
  { mesh, services }: PeerPlan,
): IstioObject<Leaf> {
  const everyone = [`${trustDomain}/*`];
  const exported = Object.entries(services).flatMap(serverNames);
  return {
    ...{ apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" },
    metadata: { name: PEER_POLICY + mesh, namespace },
    spec: {
      action: "DENY",
      rules: [
        {
          from: [{ source: { principals: everyone } }],
          ...(exported.length > 0 && { when: [{ key: SNI, notValues: exported }] }),
        },
        ...Object.entries(services).map(([host, offer]) => ({
          from: [
            {
              source: {
                principals: everyone,
                notPrincipals: offer.namespaces.map((one) => `${trustDomain}/ns/${one}/*`),
              },
            },
          ],
          when: [{ key: SNI, values: serverNames([host, offer]) }],
        })),
      ],
    },
  };
}

export const SNI = "connection.sni";

function serverNames([host, { ports }]: [string, OfferPlan]): string[] {
  return ports.map((port) => serverName(host, port));
}

/**
 * A service of another mesh, for the namespaces that may call it. Who answers is checked by `subjectAltNames`, of which none would be no
 * check, and not by a DestinationRule, in whose place one of a client's namespace would stand.
 */
export function importedService<Leaf>(
  namespace: Leaf,
  name: string,
  { host, ports, identities, namespaces, endpoints }: ImportPlan,
): IstioObject<Leaf> {
  const named = Object.entries(ports);
  return {
    ...{ apiVersion: "networking.istio.io/v1", kind: "ServiceEntry" },
    metadata: { name, namespace },
    spec: {
      ...{ hosts: [host], location: "MESH_INTERNAL", resolution: "STATIC", exportTo: namespaces },
      ports: named.map(([port, number]) => ({ name: port, number, protocol: protocolOf(port) })),
      subjectAltNames: identities,
      endpoints: Object.entries(endpoints).map(([address, { network, region, port: at }]) => ({
        ...{ address, network, locality: region },
        ports: Object.fromEntries(named.map(([port]) => [port, at ?? FEDERATION_PORT])),
        // Without it endpoints are called in plain text (istio, pilot/pkg/serviceregistry/serviceentry/conversion.go).
        labels: { "security.istio.io/tlsMode": "istio" },
      })),
    },
  };
}

const PROTOCOLS = ["http", "https", "http2", "grpc", "mongo", "tcp", "tls"];

/** What the name of a port says that it speaks, as of a Service's (istio, pkg/config/protocol/instance.go). */
export function protocolOf(port: string): string {
  const [said = ""] = port.split("-");
  return PROTOCOLS.includes(said) ? said.toUpperCase() : "TCP";
}

/**
 * What clients do besides: they ask the exporting mesh's gateway for the name that the service has there, and leave a gateway that fails
 * for those of other clusters. Settings of a port replace those above them.
 */
export function importedRule<Leaf>(
  namespace: Leaf,
  name: string,
  imported: ImportPlan,
): IstioObject<Leaf>[] {
  const { host, original, ports, identities, namespaces, opened } = imported;
  const isRenamed = host !== original || opened;
  const nameOf = opened ? openedName : serverName;
  const failover = hasSeveralGateways(imported) ? { outlierDetection } : {};
  if (!isRenamed && !hasSeveralGateways(imported)) return [];
  const portLevelSettings = Object.values(ports).map((number) => ({
    port: { number },
    tls: {
      ...{ mode: "ISTIO_MUTUAL", sni: nameOf(original, number) },
      subjectAltNames: identities,
    },
    ...failover,
  }));
  return [
    {
      ...{ apiVersion: "networking.istio.io/v1", kind: "DestinationRule" },
      metadata: { name, namespace },
      spec: {
        ...{ host, exportTo: namespaces },
        trafficPolicy: { ...failover, ...(isRenamed && { portLevelSettings }) },
      },
    },
  ];
}

function hasSeveralGateways({ endpoints }: ImportPlan): boolean {
  const places = Object.values(endpoints).map(({ network, region }) => `${network} ${region}`);
  return new Set(places).size > 1;
}
