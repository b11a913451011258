import { NatMode } from "../topology";
import type { Topology, Vpc } from "../topology";
import { merge } from "./addresses";
import { planIstiods, planPrivateZones } from "./istiods";
import { planLinks } from "./links";
import { planLoadBalancerGroups } from "./loadBalancerGroups";
import { providerOf } from "./membership";
import type { AwsProviderPlan, NetworkPlan, VpcPlan } from "./plan";
import { planPrefixLists } from "./prefixLists";
import { planClusterRules } from "./security";

/** Networks of a checked topology: VPCs, how they are joined, and which ports open between them. */
export function planNetwork(topology: Topology): NetworkPlan {
  const vpcs = Object.values(topology.vpcs);
  return {
    providers: Object.fromEntries(vpcs.map((vpc) => [providerOf(vpc), planProvider(vpc)])),
    vpcs: Object.fromEntries(vpcs.map((vpc) => [vpc.id, planVpc(vpc)])),
    ...planLinks(topology),
    prefixLists: planPrefixLists(topology),
    clusterRules: planClusterRules(topology),
    gatewayGroups: planLoadBalancerGroups(topology),
    istiods: planIstiods(topology),
    privateZones: planPrivateZones(topology),
  };
}

function planProvider(vpc: Vpc): AwsProviderPlan {
  return { key: providerOf(vpc), region: vpc.region, account: vpc.account };
}

function planVpc(vpc: Vpc): VpcPlan {
  const { id, network, region, zones, nat, flowLogs, endpoints, existing } = vpc;
  const provider = providerOf(vpc);
  const cidrs = merge(vpc.cidrs);
  const routeTables = existing ? (existing.routeTableIds ?? []).length : natGateways(vpc) + 1;
  return {
    ...{ id, network, provider, region, cidrs, zones, nat, flowLogs, endpoints, routeTables },
    ...(existing && { existing }),
  };
}

/** NAT gateways of a VPC made here; each has a private route table. The main table is one more. */
export function natGateways({ nat, zones }: Pick<Vpc, "nat" | "zones">): number {
  return nat === NatMode.PerZone ? zones : 1;
}
