import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AwsOptions } from "../options";
import { accountId, logicalName } from "../topology";
import type { VpcHandle } from "./handle";
import { resourceOptions } from "./options";
import { PeeringSide, VpcPeeringRequest, VpcPeeringSide } from "./peering";
import type { NetworkPlan, PeeringPlan, VpcPlan } from "./plan";

/** Joins pairs of VPCs; each side is made with the provider of its own account and region. */
export function createPeerings(
  name: string,
  plan: NetworkPlan,
  vpcs: Record<string, VpcHandle>,
  options: AwsOptions,
): void {
  for (const [key, peering] of Object.entries(plan.peerings)) {
    createPeering(logicalName(name, key), plan, peering, vpcs, options);
  }
}

function createPeering(
  name: string,
  plan: NetworkPlan,
  { requester, accepter }: PeeringPlan,
  vpcs: Record<string, VpcHandle>,
  options: AwsOptions,
): void {
  const request = new VpcPeeringRequest(
    name,
    {
      vpcId: vpcs[requester].vpcId,
      peerVpcId: vpcs[accepter].vpcId,
      peerRegion: plan.vpcs[accepter].region,
      peerOwnerId: otherOwner(plan, plan.vpcs[requester], plan.vpcs[accepter], options),
    },
    options(plan.vpcs[requester].provider),
  );
  const side = (
    own: string,
    other: string,
    side: PeeringSide,
    connectionId: pulumi.Output<string>,
  ) =>
    new VpcPeeringSide(
      `${name}-${side}`,
      {
        side,
        connectionId,
        routeTableIds: routeTables(plan.vpcs[own], vpcs[own]),
        peerCidrs: plan.vpcs[other].cidrs,
      },
      options(plan.vpcs[own].provider),
    );
  const accepted = side(accepter, requester, PeeringSide.Accepter, request.connectionId);
  side(requester, accepter, PeeringSide.Requester, accepted.connectionId);
}

/** Route tables one by one: how many there are is known before they are. */
export function routeTables(plan: VpcPlan, vpc: VpcHandle): pulumi.Output<string>[] {
  const ids = pulumi.output(vpc.routeTableIds);
  return Array.from({ length: plan.routeTables }, (_, index) => ids.apply((all) => all[index]));
}

/** Owner of the second VPC, where it is not the first's. */
function otherOwner(plan: NetworkPlan, own: VpcPlan, other: VpcPlan, options: AwsOptions) {
  const { account } = plan.providers[other.provider];
  if (plan.providers[own.provider].account === account) return undefined;
  return ownerId(plan, other.provider, options);
}

/** Account of a provider: the role's, or the one that the program's own credentials belong to. */
export function ownerId(
  plan: NetworkPlan,
  provider: string,
  options: AwsOptions,
): pulumi.Input<string> {
  const { account } = plan.providers[provider];
  if (account !== "") return accountId(account);
  const own = resourceOptions(options(provider));
  return aws.getCallerIdentityOutput({}, { parent: own.parent, provider: own.provider }).accountId;
}
