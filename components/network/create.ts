import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { resourceOptions } from "../options";
import type { AwsOptions } from "../options";
import { find, lookUp, mapValues } from "../records";
import { logicalName } from "../topology";
import type { ExistingVpcDescription, SubnetTier, VpcSettings } from "../topology";
import type { ExistingVpcValues } from "../existing";
import { createPeerings } from "./links/createPeerings";
import { createTransitGateways } from "./links/createTransitGateways";
import type { VpcHandle } from "../handles";
import type { ListPlan, NetworkPlan, VpcPlan } from "./facts";
import { controlPlaneSubnets } from "./vpc/controlPlane";
import { Vpc } from "./vpc/vpc";
import type { VpcArgs } from "./vpc/vpc";

/** What the other rooms need of the networks. */
export interface Network {
  /** By VPC id of the plan. */
  vpcs: Record<string, VpcHandle>;
  /** Ids of managed prefix lists, by key of the plan. */
  prefixLists: Record<string, pulumi.Output<string>>;
  /** What leads to transit gateways, and so to those who call from behind them, by VPC id. */
  routes: Record<string, pulumi.Resource[]>;
}

/** What networks need from outside. */
export interface NetworkInputs {
  /** Whether Pulumi refuses to delete the VPCs made here. */
  protect: boolean;
  /** Values of VPCs that exist, by id of the plan. */
  existing: Record<string, ExistingVpcValues>;
}

/** Makes VPCs, the prefix lists that name their addresses, and the links between them. */
export function createNetwork(
  name: string,
  plan: NetworkPlan,
  inputs: NetworkInputs,
  options: AwsOptions,
): Network {
  const vpcs = mapValues(plan.vpcs, (vpc) => createVpc(name, vpc, inputs, options));
  const prefixLists = mapValues(plan.prefixLists, (list) => createPrefixList(list, options));
  const routeLists = mapValues(plan.routeLists, (list) => createPrefixList(list, options));
  createPeerings(name, plan, vpcs, options);
  const routes = createTransitGateways(name, plan, { vpcs, routeLists }, options);
  return { vpcs, prefixLists, routes };
}

function createVpc(
  name: string,
  plan: VpcPlan,
  { protect, existing }: NetworkInputs,
  options: AwsOptions,
): VpcHandle {
  if (plan.existing) return existingVpc(plan.existing, find(existing, plan.id));
  // A setting that the component does not take would be lost without a word.
  const settings = plan.settings satisfies Pick<VpcArgs, keyof VpcSettings>;
  const { iam, encryptionKey: flowLogKeyArn } = plan;
  const args = { cidr: plan.cidrs[0]!, ...settings, flowLogKeyArn, iam, protect };
  return new Vpc(logicalName(name, plan.id), args, options(plan.provider));
}

/** A VPC that exists, as others see it: each id stands in its description or is given, as a rule has it. */
export function existingVpc(
  existing: ExistingVpcDescription,
  { vpcId, subnetIds = {}, routeTableIds = {}, natAddresses }: ExistingVpcValues = {},
): VpcHandle {
  const idOf = (name: string) => existing.subnets[name]!.id ?? lookUp(subnetIds, name);
  const ofTier = (tier: SubnetTier) =>
    Object.keys(existing.subnets)
      .filter((name) => existing.subnets[name]!.tier === tier)
      .map(idOf);
  const routeTables = Object.entries(existing.routeTables ?? {});
  return {
    vpcId: existing.vpcId ?? vpcId!,
    publicSubnetIds: ofTier("public"),
    privateSubnetIds: ofTier("private"),
    privateZones: Object.values(existing.subnets)
      .filter(({ tier }) => tier === "private")
      .map(({ zone }) => zone),
    controlPlaneSubnetIds: controlPlaneSubnets(existing).map(idOf),
    loadBalancerSubnetIds: ofTier("load-balancer"),
    routeTableIds: routeTables.map(([name, { id }]) => id ?? lookUp(routeTableIds, name)),
    natAddresses: existing.natAddresses ?? natAddresses ?? [],
  };
}

/** The provider is part of the logical name: the same list stands in each region and account. */
function createPrefixList(plan: ListPlan, options: AwsOptions): pulumi.Output<string> {
  const list = new aws.ec2.ManagedPrefixList(
    logicalName(plan.name, plan.provider),
    {
      name: plan.name,
      addressFamily: "IPv4",
      maxEntries: plan.maxEntries,
      entries: plan.cidrs.map((cidr) => ({ cidr })),
      tags: { Name: plan.name },
    },
    resourceOptions(options(plan.provider)),
  );
  return list.id;
}
