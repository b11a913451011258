/** What leads programs that know no SOCKS to Services: ports of the task, each with a Service behind it. */
import type { Forward } from "../../topology";
import { SOCKS_PORT } from "./environment";

/** Seconds that an answer may still take once one side has said all. */
const HALF_CLOSED = 60;

/**
 * Names are looked up in ztunnel. SOCKS 5 is in socat since 1.8.0, behind a flag (http://www.dest-unreach.org/socat/doc/CHANGES).
 * A listener that cannot start shows in the container's health.
 */
export function forwardScript(forward: Record<string, Forward>): string {
  const listeners = localPorts(forward).map(
    ({ local, host, port }) =>
      `socat --experimental -t ${HALF_CLOSED} TCP-LISTEN:${local},bind=127.0.0.1,reuseaddr,fork SOCKS5-CONNECT:127.0.0.1:${SOCKS_PORT}:${host}:${port} &\n`,
  );
  return ["set -u\ntrap 'exit 0' TERM INT\n", ...listeners, "wait\n"].join("");
}

/** Whether every port listens, as the kernel says it: to call one would call the Service (https://docs.kernel.org/networking/proc_net_tcp.html). */
export function forwardHealth(forward: Record<string, Forward>): string {
  return localPorts(forward)
    .map(({ local }) => `grep -q ': 0100007F:${hex(local)} 00000000:0000 0A' /proc/net/tcp`)
    .join(" && ");
}

/** In one order, whatever the order of what is written. */
function localPorts(forward: Record<string, Forward>): Forward[] {
  return Object.values(forward).sort((a, b) => a.local - b.local);
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}
