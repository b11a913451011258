import { ALL_PORTS } from "../istio/ports";

/** Ports of ztunnel. SOCKS is there too, and is none of Istio's list. */
export function isTaken(port: number): boolean {
  return ALL_PORTS.includes(port) || (port >= 15000 && port <= 15090);
}
