/** Calls of public API servers, which no security group sees. */
import type { FirewallPlan } from "./facts";
import type { Opening, Source } from "./openings";
import { isFar } from "./sides";
import type { Far } from "./sides";

/** VPCs that call a public API server from outside its own, by the server's cluster. */
export function publicApiOf(openings: readonly Opening[]): FirewallPlan["publicApi"] {
  const calls = openings.flatMap(({ to, from }) =>
    from.flatMap((source) =>
      to.kind === "api" && comesOverNat(to, source)
        ? [{ cluster: to.of.cluster.name, vpc: source.of.vpc.id }]
        : [],
    ),
  );
  return Object.fromEntries(
    [...new Set(calls.map(({ cluster }) => cluster))].map((cluster) => {
      const there = calls.filter((call) => call.cluster === cluster).map(({ vpc }) => vpc);
      return [cluster, [...new Set(there)].sort()];
    }),
  );
}

/** An opening without the sources that an allow list lets in, and no group. */
export function withoutNat(opening: Opening): Opening {
  const { to, from } = opening;
  return { ...opening, from: from.filter((source) => !comesOverNat(to, source)) };
}

/**
 * Pods and machines of another VPC call a public API server from the addresses of their NAT gateways: the public name resolves to public
 * addresses there (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html). Nothing is known of the API server
 * of a cluster you bring: its group is opened as if it were called over the link.
 */
function comesOverNat(to: Opening["to"], source: Source): source is Far {
  if (to.kind !== "api" || !isFar(source) || source.of.vpc === to.of.vpc) return false;
  return !to.of.cluster.existing && !to.of.api?.private;
}
