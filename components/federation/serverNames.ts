/** What clients of another mesh ask its gateways for. */

/** Server name that mutual TLS of a Service's port has between networks (istio, pilot/pkg/model/service.go, BuildDNSSrvSubsetKey). */
export function serverName(host: string, port: number): string {
  return `outbound_.${port}_._.${host}`;
}

const OPENED = /^port-\d+\./;

/** Of a gateway that opens it: a DNS name, as hosts of a Gateway are. */
export function openedName(host: string, port: number): string {
  return `port-${port}.${host}`;
}

/** The host in one of these. */
export function openedHost(name: string): string {
  return name.replace(OPENED, "");
}
