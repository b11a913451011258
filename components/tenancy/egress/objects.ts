/**
 * Istio's objects by which calls of a tenant leave through a gateway of its own. Plain data
 * (https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/).
 */
import { shortened, TENANT_LABEL } from "../../topology";
import type { TenantEgressPlan } from "../facts";
import { egressName, egressPods } from "./names";

/** What the objects depend on. */
export type EgressFacts = Pick<TenantEgressPlan, "tenant" | "namespaces" | "outside"> & {
  mesh: Pick<TenantEgressPlan["mesh"], "trustDomain">;
};

/** One of them. */
export interface EgressObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  spec: object;
}

const NETWORKING = "networking.istio.io/v1";

/** Longest DNS label. */
const LONGEST_LABEL = 63;

const GATEWAY = "egress";

/** The objects, by what the names of their resources end in. */
export function egressObjects(facts: EgressFacts): Record<string, EgressObject> {
  const hosts = Object.entries(facts.outside);
  return {
    policy: object(
      facts,
      "security.istio.io/v1",
      "AuthorizationPolicy",
      GATEWAY,
      policySpec(facts),
    ),
    gateway: object(facts, NETWORKING, "Gateway", GATEWAY, gatewaySpec(facts)),
    rule: object(facts, NETWORKING, "DestinationRule", GATEWAY, ruleSpec(facts)),
    ...Object.fromEntries(
      hosts.flatMap(([host, ports]) => [
        [
          `entry-${host}`,
          object(facts, NETWORKING, "ServiceEntry", host, entrySpec(facts, host, ports)),
        ],
        [
          `route-${host}`,
          object(facts, NETWORKING, "VirtualService", host, routeSpec(facts, host, ports)),
        ],
      ]),
    ),
  };
}

function object(
  { tenant }: EgressFacts,
  apiVersion: string,
  kind: string,
  name: string,
  spec: object,
): EgressObject {
  const labels = { [TENANT_LABEL]: tenant };
  return { apiVersion, kind, metadata: { name, namespace: egressName(tenant), labels }, spec };
}

/** The tenant alone, as who its pods are: it is no other's way out. */
function policySpec({ mesh, namespaces }: EgressFacts) {
  const principals = namespaces.map((one) => `${mesh.trustDomain}/ns/${one}/*`);
  return { action: "ALLOW", rules: [{ from: [{ source: { principals } }] }] };
}

const portName = (port: number) => `tls-${port}`;

const TLS = "TLS";

/**
 * Mutual TLS of the mesh ends here, and the TLS of the application within it goes on unopened. A server for each host: of two in one server
 * the first route would be taken for both (istio, pilot/pkg/networking/core/gateway.go, buildGatewayNetworkFiltersFromTCPRoutes).
 */
function gatewaySpec({ tenant, outside }: EgressFacts) {
  const servers = Object.entries(outside).flatMap(([host, ports]) =>
    ports.map((port) => ({
      port: { number: port, name: `${portName(port)}-${labelOf(host)}`, protocol: TLS },
      tls: { mode: "ISTIO_MUTUAL" },
      hosts: [host],
    })),
  );
  return { selector: egressPods(tenant), servers };
}

/** A label without dots. Hyphens are doubled first: hosts that differ by these alone stay apart. */
function labelOf(host: string): string {
  return shortened(host.replaceAll("-", "--").replaceAll(".", "-"), LONGEST_LABEL);
}

const serviceOf = (tenant: string) =>
  `${egressName(tenant)}.${egressName(tenant)}.svc.cluster.local`;

/** The gateway finds the way by the name that mutual TLS to it has: a subset for each host says that. */
function ruleSpec({ tenant, namespaces, outside }: EgressFacts) {
  return {
    host: serviceOf(tenant),
    exportTo: namespaces,
    trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } },
    subsets: Object.keys(outside).map((host) => ({
      name: labelOf(host),
      trafficPolicy: { tls: { mode: "ISTIO_MUTUAL", sni: host } },
    })),
  };
}

const known = ({ namespaces }: EgressFacts) => [".", ...namespaces];

/** Known to the tenant, whose sidecars lead to the gateway, and to the gateway, which finds its address by DNS. */
function entrySpec(facts: EgressFacts, host: string, ports: readonly number[]) {
  return {
    ...{ hosts: [host], location: "MESH_EXTERNAL", resolution: "DNS", exportTo: known(facts) },
    ports: ports.map((number) => ({ number, name: portName(number), protocol: TLS })),
  };
}

function routeSpec(facts: EgressFacts, host: string, ports: readonly number[]) {
  const { tenant } = facts;
  const gateway = `${egressName(tenant)}/${GATEWAY}`;
  const to = (destination: object) => [{ destination }];
  return {
    ...{ hosts: [host], gateways: ["mesh", gateway], exportTo: known(facts) },
    tls: ports.map((port) => ({
      match: [{ gateways: ["mesh"], port, sniHosts: [host] }],
      route: to({ host: serviceOf(tenant), subset: labelOf(host), port: { number: port } }),
    })),
    tcp: ports.map((port) => ({
      match: [{ gateways: [gateway], port }],
      route: to({ host, port: { number: port } }),
    })),
  };
}
