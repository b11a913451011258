import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterHandle, VpcHandle } from "../../handles";
import { resourceOptions } from "../../options";
import type { AwsOptions } from "../../options";
import { find, lookUp, mapValues } from "../../records";
import { logicalName } from "../../topology";
import type { NetworkPlan } from "../facts";
import type { FirewallPlan, GroupPlan, RulePlan, Side } from "./facts";
import { ingressOf, RuleSide, SecurityRules } from "./securityRules";
import type { SecurityRule } from "./securityRules";

/** What groups and rules refer to. */
export interface FirewallInputs {
  /** VPCs by id of the plan. */
  vpcs: Record<string, VpcHandle>;
  /** Clusters by name. */
  clusters: Record<string, ClusterHandle>;
  /** Ids of prefix lists by key of the plan. */
  prefixLists: Record<string, pulumi.Input<string>>;
  /** What leads to callers from behind transit gateways, by VPC id. */
  routes: Record<string, pulumi.Resource[]>;
}

type Ids = Record<string, pulumi.Input<string>>;

/** What is open. */
export interface Firewall {
  /** Ids of the groups of load balancers and machines, by their keys. */
  securityGroups: Ids;
  /** What callers of an API server come by, by cluster: rules of its group, and routes of its VPC. */
  ways: Record<string, pulumi.Resource[]>;
}

/** Opens what must be open: all groups first, since their rules name each other. */
export function createFirewall(
  name: string,
  { firewall: { groups } }: Pick<NetworkPlan, "firewall">,
  inputs: FirewallInputs,
  options: AwsOptions,
): Firewall {
  const ids = mapValues(groups, (group) => groupId(name, group, inputs, options));
  const ways: Firewall["ways"] = {};
  for (const [key, group] of Object.entries(groups)) {
    if (group.in.length + group.out.length === 0) continue;
    const toArgs = (rule: RulePlan) => ruleArgs(rule, ids, inputs.prefixLists);
    const rules = new SecurityRules(
      logicalName(name, group.name),
      {
        securityGroupId: lookUp(ids, key),
        rules: { ingress: group.in.map(toArgs), egress: group.out.map(toArgs) },
      },
      options(group.provider),
    );
    if (group.of.kind === "cluster") ways[group.cluster] = waysIn(group, rules, inputs);
  }
  return { securityGroups: groupsMade(groups, ids), ways };
}

/** Not all rules: some name other clusters, which nobody should wait for. */
function waysIn(
  group: GroupPlan,
  rules: SecurityRules,
  { routes }: FirewallInputs,
): pulumi.Resource[] {
  const callers = group.in.filter(({ isWayIn }) => isWayIn);
  const made = ingressOf(rules);
  return [...callers.map(({ name }) => lookUp(made, name)), ...(find(routes, group.vpc) ?? [])];
}

function groupsMade(groups: FirewallPlan["groups"], ids: Ids): Ids {
  return Object.fromEntries(
    Object.entries(groups).flatMap(([key, { of }]) =>
      of.kind === "cluster" ? [] : [[of.key, lookUp(ids, key)]],
    ),
  );
}

function groupId(
  name: string,
  { name: own, of, cluster, vpc, provider }: GroupPlan,
  { vpcs, clusters }: FirewallInputs,
  options: AwsOptions,
): pulumi.Input<string> {
  // Planned only where the cluster's group can be named.
  if (of.kind === "cluster") return lookUp(clusters, cluster).securityGroupId!;
  const { vpcId } = lookUp(vpcs, vpc);
  const logical = logicalName(name, own);
  // Its own name is automatic: a fixed one could not be replaced before the old group goes, and another stack may have it.
  const args = { description: of.description, vpcId, tags: { Name: logical } };
  const { id } = new aws.ec2.SecurityGroup(logical, args, resourceOptions(options(provider)));
  return id;
}

function ruleArgs(
  { name, side, ports: [fromPort, toPort], protocol, reason }: RulePlan,
  ids: Ids,
  prefixLists: Ids,
): SecurityRule {
  return { name, ...sideArgs(side, ids, prefixLists), fromPort, toPort, protocol, reason };
}

function sideArgs(side: Side, ids: Ids, prefixLists: Ids): Pick<SecurityRule, "side" | "value"> {
  switch (side.kind) {
    case "cidr":
      return { side: RuleSide.Cidr, value: side.cidr };
    case "list":
      return { side: RuleSide.PrefixList, value: lookUp(prefixLists, side.list) };
    case "group":
      return { side: RuleSide.SecurityGroup, value: lookUp(ids, side.group) };
    case "given-list":
      return { side: RuleSide.PrefixList, value: side.id };
    case "given-group":
      return { side: RuleSide.SecurityGroup, value: side.id };
  }
}
