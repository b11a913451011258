import * as pulumi from "@pulumi/pulumi";
import { lookUp } from "../../records";
import { ownAccountId } from "../../options";
import type { AwsOptions } from "../../options";
import { accountId, logicalName } from "../../topology";
import type { VpcHandle } from "../../handles";
import { PeeringSide, VpcPeeringRequest, VpcPeeringSide } from "./peering";
import type { NetworkPlan, PeeringPlan, VpcPlan } from "../facts";

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
  const [asking, asked] = [lookUp(plan.vpcs, requester), lookUp(plan.vpcs, accepter)];
  const request = new VpcPeeringRequest(
    name,
    {
      vpcId: lookUp(vpcs, requester).vpcId,
      peerVpcId: lookUp(vpcs, accepter).vpcId,
      peerRegion: asked.region,
      peerOwnerId: otherOwner(plan, asking, asked, options),
    },
    options(asking.provider),
  );
  const side = (
    own: VpcPlan,
    other: VpcPlan,
    side: PeeringSide,
    connectionId: pulumi.Output<string>,
  ) =>
    new VpcPeeringSide(
      `${name}-${side}`,
      {
        side,
        connectionId,
        connectionName: name,
        routeTableIds: routeTables(own, lookUp(vpcs, own.id)),
        peerCidrs: other.cidrs,
      },
      options(own.provider),
    );
  const accepted = side(asked, asking, PeeringSide.Accepter, request.connectionId);
  side(asking, asked, PeeringSide.Requester, accepted.connectionId);
}

/** Ids of a VPC's route tables by name, an output for each: the plan says which there are, so that a preview shows their routes before any id is known. */
export function routeTables(plan: VpcPlan, vpc: VpcHandle): Record<string, pulumi.Output<string>> {
  const ids = pulumi.output(vpc.routeTableIds);
  return Object.fromEntries(
    plan.routeTables.map((name, index) => [name, ids.apply((all) => all[index]!)]),
  );
}

/** Owner of the second VPC, where it is not the first's. */
function otherOwner(plan: NetworkPlan, own: VpcPlan, other: VpcPlan, options: AwsOptions) {
  const { account } = lookUp(plan.providers, other.provider);
  if (lookUp(plan.providers, own.provider).account === account) return undefined;
  return ownerId(plan, other.provider, options);
}

/** Account of a provider: the role's, or the one that the program's own credentials belong to. */
export function ownerId(
  plan: NetworkPlan,
  provider: string,
  options: AwsOptions,
): pulumi.Input<string> {
  return accountId(lookUp(plan.providers, provider).account) ?? ownAccountId(options(provider));
}
