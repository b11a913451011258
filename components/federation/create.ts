/** Gateways for other meshes, and what meshes say of each other, from the plan. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { readinessGates } from "../cluster/loadBalancers/readinessGates";
import type { VpcHandle } from "../handles";
import { kubernetesOptions, waitingFor } from "../options";
import type { ClusterOptions } from "../options";
import { find, lookUp, mapValues } from "../records";
import { FEDERATION_NAME, FEDERATION_NAMESPACE, logicalName, memberKey } from "../topology";
import type { FederationPlan } from "./facts";
import { FederationConfiguration } from "./federationConfiguration";
import { FederationGateway } from "./federationGateway";

/** What federation needs of other rooms. */
export interface FederationInputs {
  vpcs: Record<string, VpcHandle>;
  /** Ids of security groups, by the keys of what carries them. */
  securityGroups: Record<string, pulumi.Input<string>>;
  /** What must be there first, by member key. */
  after: Record<string, pulumi.Resource[]>;
}

/** What each mesh says of the others, and then the gateways, which so never lead anywhere before. */
export function createFederation(
  name: string,
  plan: FederationPlan,
  { vpcs, securityGroups, after }: FederationInputs,
  options: ClusterOptions,
): void {
  const namespaces = createNamespaces(name, plan, options);
  const ready = (mesh: string, cluster: string) => [
    ...lookUp(after, memberKey(mesh, cluster)),
    ...[find(namespaces, cluster)].filter((one) => one !== undefined),
  ];
  for (const { mesh, cluster, namespace, ...exchange } of Object.values(plan.configurations)) {
    new FederationConfiguration(
      logicalName(name, mesh, cluster, FEDERATION_NAME),
      { namespace, exchange },
      waitingFor(options(cluster), ready(mesh, cluster)),
    );
  }
  for (const [key, { mesh, cluster, vpc, ...gateway }] of Object.entries(plan.gateways)) {
    const { vpcId, loadBalancerSubnetIds: subnetIds } = lookUp(vpcs, vpc);
    new FederationGateway(
      logicalName(name, key),
      { ...gateway, vpcId, subnetIds, securityGroupId: lookUp(securityGroups, key) },
      waitingFor(options(cluster), ready(mesh, cluster)),
    );
  }
}

/** Apart from istiod: who may change what other meshes reach should not thereby be able to change the control plane. */
function createNamespaces(
  name: string,
  { namespaces }: FederationPlan,
  options: ClusterOptions,
): Record<string, pulumi.Resource> {
  return mapValues(namespaces, ({ loadBalancers }, cluster) => {
    const labels = {
      "pod-security.kubernetes.io/enforce": "baseline",
      ...readinessGates(loadBalancers),
    };
    return new k8s.core.v1.Namespace(
      logicalName(name, `${cluster}.${FEDERATION_NAMESPACE}`),
      { metadata: { name: FEDERATION_NAMESPACE, labels } },
      kubernetesOptions(options(cluster)),
    );
  });
}
