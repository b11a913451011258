/** What must hold for hosts outside that tenants reach through gateways of their own. */
import { PROXY_PORTS } from "../../istio/ports";
import { below, Egress, Severity, written } from "../../topology";
import type { Rule } from "../../topology";
import { when } from "../../topology/rules/support";
import { perTenant } from "../formRules";
import { HOST } from "../hostRules";

const checkUse = perTenant(({ egress, outside }, path) => {
  const hosts = Object.keys(outside);
  return [
    ...when(egress === Egress.Gateway && hosts.length === 0, {
      path: below(path, "outside"),
      got: `no host, with egress ${egress}`,
      allowed: "at least one",
      fix: "name the hosts that its pods call, such as { api.example.com: [443] }, or say egress none",
    }),
    ...when(egress !== Egress.Gateway && hosts.length > 0, {
      path: below(path, "outside"),
      got: `${hosts.join(", ")}, with egress ${egress}`,
      allowed: `nothing without egress ${Egress.Gateway}`,
      fix: `say egress: ${Egress.Gateway}, or remove it`,
    }),
  ];
});

/** What clusters and VPCs answer for themselves. */
const INSIDE = /(^|\.)(svc|local|internal|localhost)$/;

const checkNames = perTenant(({ outside }, path) =>
  Object.keys(outside).flatMap((host) =>
    when(!HOST.test(host) || INSIDE.test(host), {
      path: below(path, "outside", host),
      got: written(host),
      allowed: "a DNS name of a host outside, of at least two labels in lower case, without *",
      fix: "write each host by its whole name",
    }),
  ),
);

const checkPorts = perTenant(({ outside }, path) =>
  Object.entries(outside).flatMap(([host, ports]) => [
    ...when(ports.length === 0, {
      path: below(path, "outside", host),
      got: "no port",
      allowed: "at least one at which it speaks TLS",
      fix: "write [443] for HTTPS",
    }),
    ...ports.flatMap((port, index) =>
      when(PROXY_PORTS.includes(port) || ports.indexOf(port) < index, {
        path: below(path, "outside", host, index),
        got: String(port),
        allowed: `each port once, and none that proxies keep for themselves: ${PROXY_PORTS.join(", ")}`,
        fix: "remove it",
      }),
    ),
  ]),
);

const severity = Severity.Problem;

export const tenancyEgressRules: Rule[] = [
  {
    id: "tenant-outside",
    summary: "Hosts outside are named where a tenant has an egress gateway, and nowhere else.",
    why: "A gateway that leads nowhere is for nothing, and hosts without one would have no effect.",
    severity,
    check: checkUse,
  },
  {
    id: "tenant-outside-host",
    summary: "A host outside is written by its whole name.",
    why: "A gateway knows where to lead by the name in TLS, and finds an address for it by DNS, which knows no wildcard (https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/).",
    severity,
    check: checkNames,
  },
  {
    id: "tenant-outside-port",
    summary: "A host outside has ports that a gateway can listen on.",
    why: "An egress gateway takes in each on the same port (https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio).",
    severity,
    check: checkPorts,
  },
];
