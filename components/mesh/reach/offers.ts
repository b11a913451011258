/** How a request gets from one mesh to a service that another one exports, or why not. */
import { FEDERATION_PORT } from "../../istio/ports";
import { EXIT } from "../../federation/ambientObjects";
import { isAmbient } from "../../federation/exchange";
import { RELEASE } from "../../federation/gatewayValues";
import { allowedIn, FEDERATION_NAME, FEDERATION_NAMESPACE, gatewayKey } from "../../topology";
import type { Member } from "../../topology";
import { Barrier } from "./facts";
import type { Cell } from "./facts";
import type { Packets } from "./packets";
import { inTurn } from "./passage";
import { isOutside } from "./places";
import type { Offer, Workload } from "./places";

/** From workloads of other meshes and of none: in its own mesh it is a service as any. */
export function offerCells(packets: Packets, from: Workload, to: Offer): Cell[] {
  return from.in?.in === to.in ? [] : [offerCell(packets, from, to)];
}

function offerCell(packets: Packets, from: Workload, to: Offer): Cell {
  const ends = { from: from.place.key, to: to.place.key };
  const namespaces = allowedFor(from, to);
  if (namespaces.length === 0)
    return { ...ends, way: { kind: "none", why: Barrier.NotExported }, needs: [] };
  const passage = inTurn(to.gateways.map((gateway) => through(packets, from, gateway)));
  if (!passage.open) return { ...ends, way: { kind: "none", why: passage.why }, needs: [] };
  return {
    ...ends,
    way: { kind: "gateways", through: [to.gateways.map(keyOf)] },
    identity: seenAs(from, to, namespaces),
    needs: passage.needs,
  };
}

/** Namespaces of the caller's that may call it. */
function allowedFor(from: Workload, { exports, host }: Offer): string[] {
  const mesh = from.in?.in;
  if (!mesh) return [];
  const offered = exports.filter(({ to, services }) => to.includes(mesh) && services[host]);
  const namespaces = offered.flatMap(({ services }) => allowedIn(services[host]!, mesh));
  if (!isOutside(from)) return namespaces;
  const { of } = from.site;
  const { namespace: own } = of.kind === "machines" ? of.group : of.service;
  return namespaces.filter((namespace) => namespace === own);
}

/** The gateway leads to pods of its own network, as any of its neighbours does. */
function through(packets: Packets, from: Workload, gateway: Member) {
  const front = { key: keyOf(gateway), before: gateway.at, ports: [FEDERATION_PORT] };
  return packets.through(from.site, front);
}

function keyOf({ in: { mesh }, at }: Member): string {
  return gatewayKey(mesh.name, at.cluster.name, FEDERATION_NAME);
}

/** The last gateway on the way that opens mutual TLS, where one does. */
function seenAs(from: Workload, to: Offer, namespaces: string[]): string | undefined {
  const speaks = (domain: string, account: string) =>
    `spiffe://${domain}/ns/${FEDERATION_NAMESPACE}/sa/${account}`;
  if (isAmbient(to.in)) return speaks(to.in.mesh.trustDomain, RELEASE);
  const { in: own } = from.in!;
  return isAmbient(own) ? speaks(own.mesh.trustDomain, EXIT) : identityOf(from, namespaces);
}

/** Of pods, whose place stands for all namespaces, those alone that may call it. */
function identityOf({ place, in: member, ...from }: Workload, namespaces: string[]) {
  if (from.site.kind === "outside" || namespaces.length > 1) return place.identity;
  return `spiffe://${member!.in.mesh.trustDomain}/ns/${namespaces[0]}/sa/*`;
}
