import type { CloudNetwork, Subnet } from "./cloudNetwork";
import { holds, mostSpecific } from "./ranges";

/** VPC in which a packet from a subnet to an address of a VPC comes out; undefined where no route leads there. */
function arrivesIn(network: CloudNetwork, from: Subnet, address: string): string | undefined {
  const isIn = (vpc: string) => network.vpcs.get(vpc)?.some((cidr) => holds(cidr, address));
  // The local route, which no other is preferred to.
  if (isIn(from.vpc)) return from.vpc;
  const target = mostSpecific(network.routes.get(from.routeTable) ?? [], address)?.target;
  if (!target) return undefined;
  if (target.kind === "transit") return overTransit(network, target.id, from.vpc, address);
  const ends = network.peerings.get(target.id) ?? [];
  return ends.find((vpc) => vpc !== from.vpc && isIn(vpc));
}

/** Goes from table to table of transit gateways until an attachment leads into a VPC. */
function overTransit(
  network: CloudNetwork,
  gateway: string,
  vpc: string,
  address: string,
): string | undefined {
  const attachment = (id: string | undefined) =>
    network.attachments.find((one) => one.id === id && one.gateways.includes(gateway));
  const first = network.attachments.find(
    (one) => one.vpc === vpc && one.gateways.includes(gateway),
  );
  const passed = new Set<string>();
  for (let entered = first; entered && !passed.has(gateway);) {
    passed.add(gateway);
    const { id } = entered;
    const table = network.transitTables.find(
      (one) => one.gateway === gateway && one.associated.includes(id),
    );
    const left = attachment(mostSpecific(table?.routes ?? [], address)?.attachment);
    if (left?.vpc) {
      return network.vpcs.get(left.vpc)?.some((cidr) => holds(cidr, address))
        ? left.vpc
        : undefined;
    }
    // A peering leads to the gateway at its other end.
    gateway = left?.gateways.find((one) => one !== gateway) ?? gateway;
    entered = left;
  }
  return undefined;
}

/** Pairs of subnets between which routes lead there and back. */
export function routedPairs(network: CloudNetwork): [from: Subnet, to: Subnet][] {
  const first = ({ cidr }: Subnet) => cidr.split("/")[0];
  const leads = (from: Subnet, to: Subnet) => arrivesIn(network, from, first(to)) === to.vpc;
  return network.subnets.flatMap((from) =>
    network.subnets
      .filter((to) => leads(from, to) && leads(to, from))
      .map((to): [Subnet, Subnet] => [from, to]),
  );
}
