/** Load balancers and private names of the istiods that serve other clusters, and what binds the two. */
import type * as pulumi from "@pulumi/pulumi";
import { TargetBinding } from "../../cluster/loadBalancers/targetBinding";
import type { VpcHandle } from "../../handles";
import { InternalBalancer } from "../../network/internal/internalBalancer";
import { PrivateZone, PrivateZoneAssociation } from "../../network/internal/privateZone";
import { waitingFor } from "../../options";
import type { AwsOptions, ClusterOptions } from "../../options";
import { lookUp, mapValues } from "../../records";
import { istiodKey, istiodName, logicalName } from "../../topology";
import type { IstioPlan, PrivateZonePlan } from "../facts";
import { istiodDrain } from "../drain";
import { ISTIOD_PORTS, ISTIOD_READY, ISTIOD_SERVICE } from "../ports";

/** What istiods' addresses need from outside. */
export interface AddressInputs {
  /** VPCs by id of the plan. */
  vpcs: Record<string, VpcHandle>;
  /** Security groups of load balancers, by istiod key. */
  securityGroups: Record<string, pulumi.Input<string>>;
}

/** ARNs of the target groups of one istiod, by port of `ISTIOD_PORTS`. */
export type TargetGroups = Record<string, pulumi.Output<string>>;

/**
 * Load balancers of the istiods that serve other clusters, and their private names.
 *
 * @returns the target groups of each, by istiod key
 */
export function createAddresses(
  name: string,
  { addresses: istiods, zones }: IstioPlan,
  { vpcs, securityGroups }: AddressInputs,
  options: AwsOptions,
): Record<string, TargetGroups> {
  for (const [mesh, zone] of Object.entries(zones)) {
    createZone(logicalName(name, mesh), zone, vpcs, options);
  }
  return mapValues(istiods, (istiod, key) => {
    const { loadBalancerName, addresses, targetCluster, vpc, provider } = istiod;
    const { deletionProtection } = istiod;
    const { vpcId, loadBalancerSubnetIds: subnetIds } = lookUp(vpcs, vpc);
    const { targetGroupArns } = new InternalBalancer(
      logicalName(name, key),
      {
        ...{ loadBalancerName, vpcId, subnetIds, addresses, targetCluster, deletionProtection },
        securityGroupId: lookUp(securityGroups, key),
        ports: ISTIOD_PORTS,
        health: ISTIOD_READY,
        deregistrationDelay: istiodDrain.deregistration,
      },
      options(provider),
    );
    return targetGroupArns;
  });
}

function createZone(
  name: string,
  { name: zoneName, owner, joined, records }: PrivateZonePlan,
  vpcs: Record<string, VpcHandle>,
  options: AwsOptions,
): void {
  const foreign = joined.filter(({ isForeign }) => isForeign);
  const { zoneId } = new PrivateZone(
    name,
    {
      zoneName,
      vpcId: lookUp(vpcs, owner.vpc).vpcId,
      foreignVpcs: Object.fromEntries(
        foreign.map(({ vpc, region }) => [vpc, { vpcId: lookUp(vpcs, vpc).vpcId, region }]),
      ),
      records,
    },
    options(owner.provider),
  );
  for (const { vpc, provider } of joined) {
    const { vpcId } = lookUp(vpcs, vpc);
    new PrivateZoneAssociation(logicalName(name, vpc), { zoneId, vpcId }, options(provider));
  }
}

/** What binds istiods to their load balancers. */
export interface BindingInputs {
  /** Target groups by istiod key. */
  targetGroups: Record<string, TargetGroups>;
  /** What must exist first, by member key: istiod's namespace. */
  after: Record<string, pulumi.Resource[]>;
}

/**
 * Puts every istiod that serves other clusters behind its load balancer, by istiod key. Before istiod: only pods that come later are
 * gated by the health of their target (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/).
 */
export function createBindings(
  name: string,
  { controlPlanes: plans }: IstioPlan,
  { targetGroups, after }: BindingInputs,
  options: ClusterOptions,
): Record<string, pulumi.Resource> {
  const served = Object.entries(plans).flatMap(([member, { istiods, ...controlPlane }]) =>
    istiods
      .filter(({ host }) => host !== undefined)
      .map(({ revision }) => ({ ...controlPlane, member, revision })),
  );
  return Object.fromEntries(
    served.map(({ member, mesh, cluster, revision, namespace, loadBalancers }) => {
      const key = istiodKey(mesh, cluster, revision);
      const arns = lookUp(targetGroups, key);
      const binding = new TargetBinding(
        logicalName(name, key),
        {
          namespace,
          service: istiodName(revision),
          loadBalancers,
          targetGroups: Object.fromEntries(
            Object.entries(ISTIOD_SERVICE).map(([port, number]) => [number, lookUp(arns, port)]),
          ),
        },
        waitingFor(options(cluster), lookUp(after, member)),
      );
      return [key, binding];
    }),
  );
}
