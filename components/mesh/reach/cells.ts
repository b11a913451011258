/** How a request gets from one place to another, or why not. */
import { EAST_WEST_PORT } from "../../istio/ports";
import {
  DataPlane,
  EAST_WEST_NAME,
  gatewayKey,
  Inbound,
  ingressesTo,
  MutualTls,
} from "../../topology";
import type { Member, TenantRelation } from "../../topology";
import { Barrier } from "./facts";
import type { Cell, Way } from "./facts";
import type { Packets } from "./packets";
import { inTurn, OPEN } from "./passage";
import type { Passage } from "./passage";
import { isOutside } from "./places";
import type { Clients, OutsideWorkload, Pods, Site, Workload } from "./places";

/** A way and whether it is open. */
interface Path {
  way: Way;
  passage: Passage;
  /** Whether the called one sees a certificate of the caller's. */
  mutual: boolean;
}

/** From workloads to workloads: within a mesh by the name of a Service, else by address. */
export function workloadsCell(packets: Packets, from: Workload, to: Workload): Cell {
  if (from.tenant !== to.tenant) return cell(from, to, closed(Barrier.OtherTenant));
  if (from.tenant === undefined && isElsewhere(from.in, to.in))
    return cell(from, to, closed(Barrier.ClusterLocal));
  return knownCell(packets, from, to);
}

/** Whether Services of one member are not known in another of the same mesh. */
function isElsewhere(from: Member | undefined, to: Member | undefined): boolean {
  return from?.in === to?.in && from?.in.isClusterLocal === true && from !== to;
}

/** Likewise, where what is called is known to the caller. */
export function knownCell(packets: Packets, from: Workload, to: Workload): Cell {
  const sameMesh = from.in !== undefined && to.in?.in === from.in.in;
  return cell(from, to, sameMesh ? withinMesh(packets, from, to) : byAddress(packets, from, to));
}

/** From clients of a gateway to workloads, by a route of the gateway; to a tenant's by hosts of its own. */
export function clientsCell(packets: Packets, from: Clients, to: Workload): Cell {
  if (to.tenant && !isLed(from, to.tenant)) return cell(from, to, closed(Barrier.OtherTenant));
  if (!to.tenant && isElsewhere(from.in, to.in))
    return cell(from, to, closed(Barrier.ClusterLocal));
  return cell(from, to, fromIngress(packets, from, to));
}

/** Whether a gateway has hosts of a tenant: where pods of the tenant run. */
function isLed({ in: member, place }: Clients, tenant: TenantRelation): boolean {
  return tenant.members.includes(member) && ingressesTo(tenant).includes(place.gateway ?? "");
}

function cell(from: Workload | Clients, to: Workload, { way, passage, mutual }: Path): Cell {
  const ends = { from: from.place.key, to: to.place.key };
  if (!passage.open) return { ...ends, way: { kind: "none", why: passage.why }, needs: [] };
  const identity = mutual ? from.place.identity : undefined;
  return { ...ends, way, ...(identity !== undefined && { identity }), needs: passage.needs };
}

function withinMesh(packets: Packets, from: Workload, to: Workload): Path {
  if (isOutside(to)) return toOutside(packets, { site: from.site, in: from.in }, to);
  const isNear = from.place.network === to.place.network;
  if (!isNear) return between(packets, from.site, to);
  // In ambient pods, machines and tasks call each other on one port; a mesh of pods alone opens them all.
  const port = isOutside(from) && isAmbient(from) ? "hbone" : "direct";
  return direct(packets[port](from.site, to.site), true);
}

function isAmbient({ in: { in: of } }: OutsideWorkload): boolean {
  return of.mesh.dataPlane === DataPlane.Ambient;
}

/** From within their mesh. */
function toOutside(packets: Packets, from: { site: Site; in?: Member }, to: OutsideWorkload): Path {
  if (!isAmbient(to)) return toMachines(packets, from.site, to, true);
  if (isClient(to)) return closed(Barrier.ClientOnly);
  // An istiod of an ambient mesh reads the entries of its own cluster (istio, pilot/pkg/serviceregistry/ambient/workloads.go).
  if (from.in !== to.in) return closed(Barrier.Elsewhere);
  return direct(packets.hbone(from.site, to.site), true);
}

/** At their own addresses, whatever the network: it has no gateway (istio, pilot/pkg/xds/endpoints/ep_filters.go). */
function toMachines(packets: Packets, from: Site, to: OutsideWorkload, mutual: boolean): Path {
  if (isClient(to)) return closed(Barrier.ClientOnly);
  return direct(packets.direct(from, to.site), mutual);
}

function isClient({ site: { of } }: OutsideWorkload): boolean {
  return of.kind === "machines" && of.group.inbound === Inbound.None;
}

/** Between networks a gateway of the called network is asked, whichever istiod names to the caller. */
function between(packets: Packets, from: Site, to: Pods, gateways = gatewaysTo(to.in!)): Path {
  return {
    way: { kind: "gateways", through: [gateways.map(eastWestKey)] },
    passage: inTurn(gateways.map((gateway) => acrossTo(packets, from, gateway, to))),
    mutual: true,
  };
}

/**
 * For sidecars those of the called cluster (istio, pilot/pkg/xds/endpoints/ep_filters.go, selectNetworkGateways); ztunnels
 * take one of the network (istio, pilot/pkg/serviceregistry/ambient/workloads.go, getNetworkGatewayAddress).
 */
function gatewaysTo(to: Member): Member[] {
  if (to.in.mesh.dataPlane === DataPlane.Sidecar) return [to];
  const { network } = to.at.cluster;
  return to.in.members.filter(({ at }) => at.cluster.network === network);
}

function acrossTo(packets: Packets, from: Site, gateway: Member, to: Pods): Passage {
  const ports = [EAST_WEST_PORT[gateway.in.mesh.dataPlane]];
  const front = { key: eastWestKey(gateway), before: gateway.at, ports };
  return inTurn([packets.through(from, front), packets.direct(podsAt(gateway), to.site)]);
}

function podsAt({ at }: Member): Site {
  return { kind: "pods", of: at };
}

function eastWestKey({ in: { mesh }, at }: Member): string {
  return gatewayKey(mesh.name, at.cluster.name, EAST_WEST_NAME);
}

/** What no proxy knows a way to goes out as it is, in plain text, unless the mesh keeps its sidecars from that. */
function byAddress(packets: Packets, from: Workload, to: Workload): Path {
  const isStrict = to.in?.in.mesh.mtls === MutualTls.Strict;
  const { passage, ...path } = isOutside(to)
    ? toMachines(packets, from.site, to, false)
    : direct(packets.direct(from.site, to.site), false);
  const onTheWay = [
    from.registryOnly ? refused(Barrier.RegistryOnly) : OPEN,
    passage,
    isStrict ? refused(Barrier.PlainText) : OPEN,
  ];
  return { ...path, passage: inTurn(onTheWay) };
}

function fromIngress(packets: Packets, { gateway, ports, in: of }: Clients, to: Workload): Path {
  const front = { key: gateway, before: of.at, ports };
  const onward = onwardFrom(packets, of, to);
  const hops = onward.way.kind === "gateways" ? onward.way.through : [];
  return {
    way: { kind: "gateways", through: [[gateway], ...hops] },
    passage: inTurn([packets.fromClients(front), onward.passage]),
    mutual: onward.mutual,
  };
}

/** What the pods of an ingress gateway reach: they send to what their istiod knows. */
function onwardFrom(packets: Packets, of: Member, to: Workload): Path {
  if (isOutside(to))
    return to.in.in === of.in
      ? toOutside(packets, { site: podsAt(of), in: of }, to)
      : closed(Barrier.Unwatched);
  const watched = of.in.members.find(({ at }) => at === to.site.of);
  const isNear = of.at.cluster.network === to.place.network;
  if (!watched || (to.in && to.in !== watched)) return closed(Barrier.Unwatched);
  if (isNear) return direct(packets.direct(podsAt(of), to.site), to.in !== undefined);
  // It is an Envoy: as for sidecars, whatever the data plane.
  return to.in ? between(packets, podsAt(of), to, [to.in]) : closed(Barrier.MutualTlsOnly);
}

function refused(why: Barrier): Passage {
  return { open: false, why };
}

function direct(passage: Passage, mutual: boolean): Path {
  return { way: { kind: "direct" }, passage, mutual };
}

function closed(why: Barrier): Path {
  return direct(refused(why), false);
}
