import { find, keyed } from "../records";
import { NatMode, planProvider, planRoles, providerKey } from "../topology";
import type { Relations, Topology, Vpc } from "../topology";
import { merge } from "../topology/cidr";
import type { NetworkPlan, VpcPlan } from "./facts";
import type { Opening } from "./firewall/openings";
import { planFirewall } from "./firewall/plan";
import { planLinks } from "./links/links";
import { planPrefixLists, planRouteLists } from "./links/prefixLists";

/** Networks of a topology: VPCs, how they are joined, and what is open between them. */
export function planNetwork(relations: Relations, openings: readonly Opening[]): NetworkPlan {
  const { topology } = relations;
  const vpcs = Object.values(topology.vpcs);
  const linked = planLinks(relations);
  const owners = Object.values(linked.transitGateways).flatMap(({ region, from }) =>
    from.kind === "made" ? [{ region, account: topology.links.owner }] : [],
  );
  const prefixLists = planPrefixLists(relations);
  return {
    providers: keyed([...vpcs, ...owners].map(planProvider), ({ key }) => key),
    vpcs: keyed(
      vpcs.map((vpc) => planVpc(topology, vpc)),
      ({ id }) => id,
    ),
    ...linked,
    prefixLists,
    routeLists: planRouteLists(relations),
    firewall: planFirewall(relations, openings, prefixLists),
  };
}

function planVpc({ iam, encryptionKeys }: Topology, vpc: Vpc): VpcPlan {
  const { id, network, region, settings, existing } = vpc;
  const provider = providerKey(vpc);
  const cidrs = merge(vpc.cidrs);
  const routeTables = existing
    ? Object.keys(existing.routeTables ?? {})
    : Array.from({ length: natGateways(vpc) + 1 }, (_, index) => String(index));
  return {
    ...{ id, network, provider, region, cidrs, settings, routeTables },
    encryptionKey: find(encryptionKeys, region),
    iam: planRoles(iam, vpc.account),
    ...(existing && { existing }),
  };
}

/** NAT gateways of a VPC made here; each has a private route table. The main table is one more. */
export function natGateways({ settings: { nat, zones } }: Vpc): number {
  return nat === NatMode.PerZone ? zones : 1;
}
