import type { Json } from "./kube";
import { mostSpecific } from "./vpc/ranges";

/** A subnet, as the store has it. */
interface Subnet {
  readonly id: string;
  readonly outputs: Json;
}

/**
 * Whether a load balancer sends to an address, and asks for its health: not in zones that it has no subnet in
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-troubleshooting.html). Those that controllers make
 * show one address here, and have subnets in all zones.
 */
export function isEnabledFor(
  { subnetMappings = [] }: Json,
  subnets: readonly Subnet[],
  address: string,
): boolean {
  const ids = subnetMappings.map(({ subnetId }: Json) => subnetId);
  const own = subnets.filter(({ id }) => ids.includes(id));
  const zones = own.map(({ outputs }) => outputs.availabilityZone);
  const ranges = subnets.map(({ outputs }) => ({ ...outputs, cidr: outputs.cidrBlock as string }));
  const home: Json = mostSpecific(ranges, address);
  return zones.length < 2 || !home || zones.includes(home.availabilityZone);
}
