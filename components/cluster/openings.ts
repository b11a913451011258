import type { Opening, Source } from "../network/firewall/openings";
import { Protocol } from "../network/firewall/facts";
import type { ClusterRelation, Member, Relations } from "../topology";

/** Port of an API server (https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html). */
export const API_PORT = 443;

/** What must be open on clusters: pods to the pods of their network, private API servers to those that call them. */
export function clusterOpenings({ meshes, clusters }: Relations): Opening[] {
  const members = meshes.flatMap((mesh) => mesh.members);
  return [
    ...members.filter(({ neighbours }) => neighbours.length > 0).map(podsOf),
    ...clusters.flatMap((of) => callersOf(of, clusters)),
  ];
}

function podsOf({ at, neighbours }: Member): Opening {
  return {
    name: "pods",
    to: { kind: "pods", of: at },
    from: neighbours.map((neighbour) => ({ kind: "pods", of: neighbour.at })),
    ports: [0, 65535],
    protocol: Protocol.Tcp,
    reason: "pods of one network call each other on any port",
  };
}

function callersOf(of: ClusterRelation, clusters: ClusterRelation[]): Opening[] {
  if (!of.api?.private) return [];
  const { cidrs, securityGroups, prefixLists } = of.api.private;
  const addresses: Source[] = cidrs.length > 0 ? [{ kind: "addresses", cidrs }] : [];
  return [
    {
      // As what watches is called: the same port of the same group must have one rule, whoever comes and goes.
      name: "api",
      to: { kind: "api", of },
      from: [
        ...addresses,
        ...securityGroups.map((id) => groupSource(id, of, clusters)),
        ...prefixLists.map((id): Source => ({ kind: "given-list", id })),
      ],
      ports: [API_PORT, API_PORT],
      protocol: Protocol.Tcp,
      reason: "callers of the private API server",
      isWayIn: true,
    },
  ];
}

/** A group that a cluster of the description is said to carry is that cluster's: AWS takes one rule for it. */
function groupSource(id: string, { vpc }: ClusterRelation, clusters: ClusterRelation[]): Source {
  const owner = clusters.find(
    (one) => one.vpc === vpc && one.cluster.existing?.securityGroupId === id,
  );
  return owner ? { kind: "pods", of: owner } : { kind: "given-group", id };
}
