import type { Json } from "./kube";
import type { Stored } from "./store";
import { mostSpecific } from "./vpc/ranges";

/**
 * Which addresses a load balancer sends to, and asks for their health: none in zones that it has no subnet in
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-troubleshooting.html). Those that controllers make
 * show one address here, and have subnets in all zones.
 */
export function enabledFor(
  { subnetMappings = [] }: Json,
  subnets: readonly Stored[],
): (address: string) => boolean {
  const ids = subnetMappings.map(({ subnetId }: Json) => subnetId);
  const own = subnets.filter(({ id }) => ids.includes(id));
  const zones = own.map(({ outputs }) => outputs.availabilityZone);
  const ranges = subnets.map(({ outputs }) => ({ ...outputs, cidr: outputs.cidrBlock as string }));
  return (address) => {
    const home: Json = mostSpecific(ranges, address);
    return zones.length < 2 || !home || zones.includes(home.availabilityZone);
  };
}
