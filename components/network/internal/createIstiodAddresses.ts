import type * as pulumi from "@pulumi/pulumi";
import type { AwsOptions } from "../../options";
import { lookUp, mapValues } from "../../records";
import { logicalName } from "../../topology";
import type { VpcHandle } from "../../handles";
import { IstiodLoadBalancer } from "./istiodLoadBalancer";
import type { IstiodAddressPlan, NetworkPlan, PrivateZonePlan } from "../facts";
import { PrivateZone, PrivateZoneAssociation } from "./privateZone";

/** What istiods' addresses need from outside. */
export interface IstiodAddressInputs {
  /** VPCs by id of the plan. */
  vpcs: Record<string, VpcHandle>;
  /** Security groups of load balancers, by istiod key. */
  securityGroups: Record<string, pulumi.Output<string>>;
}

/** ARNs of the target groups of one istiod. */
export interface TargetGroups {
  /** Configuration and certificates: istiod's port 15012. */
  xds: pulumi.Output<string>;
  /** Injection and validation: istiod's port 15017. */
  webhook: pulumi.Output<string>;
}

/**
 * Load balancers of the istiods that serve other clusters, and their private names.
 *
 * @returns the target groups of each, by istiod key
 */
export function createIstiodAddresses(
  name: string,
  plan: NetworkPlan,
  { vpcs, securityGroups }: IstiodAddressInputs,
  options: AwsOptions,
): Record<string, TargetGroups> {
  for (const [mesh, zone] of Object.entries(plan.privateZones)) {
    createPrivateZone(logicalName(name, mesh), plan, zone, vpcs, options);
  }
  return mapValues(plan.istiods, (istiod, key) => {
    const made = createLoadBalancer(
      logicalName(name, key),
      istiod,
      lookUp(vpcs, istiod.vpc),
      lookUp(securityGroups, key),
      options(istiod.provider),
    );
    return { xds: made.xdsTargetGroupArn, webhook: made.webhookTargetGroupArn };
  });
}

function createLoadBalancer(
  name: string,
  { loadBalancerName, addresses, autoModeCluster }: IstiodAddressPlan,
  { vpcId, loadBalancerSubnetIds: subnetIds }: VpcHandle,
  securityGroupId: pulumi.Output<string>,
  options: pulumi.ComponentResourceOptions,
): IstiodLoadBalancer {
  return new IstiodLoadBalancer(
    name,
    { loadBalancerName, vpcId, subnetIds, addresses, securityGroupId, autoModeCluster },
    options,
  );
}

type ZoneVpc = PrivateZonePlan["vpcs"][number];

function createPrivateZone(
  name: string,
  { providers, vpcs: plans }: NetworkPlan,
  { name: zoneName, vpcs: planned, records }: PrivateZonePlan,
  vpcs: Record<string, VpcHandle>,
  options: AwsOptions,
): void {
  const [first, ...others] = planned as [ZoneVpc, ...ZoneVpc[]];
  const { account } = lookUp(providers, first.provider);
  const foreign = others.filter(({ provider }) => lookUp(providers, provider).account !== account);
  const { zoneId } = new PrivateZone(
    name,
    {
      zoneName,
      vpcId: lookUp(vpcs, first.vpc).vpcId,
      foreignVpcs: Object.fromEntries(
        foreign.map(({ vpc }) => [
          vpc,
          { vpcId: lookUp(vpcs, vpc).vpcId, region: lookUp(plans, vpc).region },
        ]),
      ),
      records,
    },
    options(first.provider),
  );
  for (const { vpc, provider } of others) {
    const { vpcId } = lookUp(vpcs, vpc);
    new PrivateZoneAssociation(logicalName(name, vpc), { zoneId, vpcId }, options(provider));
  }
}
