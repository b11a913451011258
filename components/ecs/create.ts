/** ECS services from the plan. */
import * as pulumi from "@pulumi/pulumi";
import type { ClusterHandle, VpcHandle } from "../handles";
import { tasksGroup } from "../network/firewall/groups";
import { waitingFor } from "../options";
import type { RoomOptions } from "../options";
import { lookUp, mapValues } from "../records";
import { LaunchType, logicalName } from "../topology";
import { createNamespaces, inCluster } from "../vm/namespaces";
import { namespaceKey } from "../vm/plan";
import { EcsMeshCluster } from "./ecsMeshCluster";
import { EcsMeshService } from "./ecsMeshService";
import type { EcsClusterPlan, EcsServicePlan, TasksPlan } from "./facts";
import { imagesOf } from "./policies";
import { TaskPolicy } from "./taskPolicy";
import { TaskRegistration } from "./taskRegistration";
import { TaskRoles } from "./taskRoles";

/** What tasks need of other rooms. */
export interface TaskInputs {
  vpcs: Record<string, VpcHandle>;
  clusters: Record<string, ClusterHandle>;
  /** Ids of security groups, by the keys of what carries them. */
  securityGroups: Record<string, pulumi.Input<string>>;
  /** PEM of the root certificates, by mesh. */
  roots: Record<string, pulumi.Input<string>>;
  /** What must be there first, by member key. */
  after: Record<string, pulumi.Resource[]>;
  /** What keeps whoever registers to the labels of its group, by cluster. */
  entryPolicies: Record<string, pulumi.Resource>;
}

/** Every ECS service: its roles, then what it is registered by, then its tasks, which so leave before that goes. */
export function createTasks(
  name: string,
  plan: TasksPlan,
  inputs: TaskInputs,
  options: RoomOptions,
): void {
  const namespaces = createNamespaces(name, plan.namespaces, options.cluster);
  const policies = createPolicies(name, plan, inputs, options);
  const ecsClusters = mapValues(
    plan.ecsClusters,
    (cluster) =>
      new EcsMeshCluster(
        logicalName(name, cluster.key),
        clusterArgs(cluster, inputs),
        options.aws(cluster.provider),
      ),
  );
  for (const service of Object.values(plan.services)) {
    const logical = logicalName(name, service.name);
    const roles = new TaskRoles(logical, rolesArgs(service), options.aws(service.provider));
    const first = [
      lookUp(namespaces, namespaceKey(service.cluster, service.namespace)),
      lookUp(policies, service.cluster),
      lookUp(inputs.entryPolicies, service.cluster),
    ];
    const registration = new TaskRegistration(
      inCluster(name, service.cluster, service.name),
      registrationArgs(service, roles, inputs),
      waitingFor(options.cluster(service.cluster), first),
    );
    new EcsMeshService(
      logical,
      serviceArgs(service, roles, placeOf(service, ecsClusters), inputs),
      waitingFor(options.aws(service.provider), [registration]),
    );
  }
}

function rolesArgs(service: EcsServicePlan) {
  const { region, policyArns, exec, encryptionKey: logKeyArn, iam, secrets } = service;
  const images = imagesOf(service);
  return { region, images, secretArns: Object.values(secrets), policyArns, exec, logKeyArn, iam };
}

function clusterArgs({ name: clusterName, vpc, instances }: EcsClusterPlan, inputs: TaskInputs) {
  if (!instances) return { clusterName };
  const { count, encryptionKey: diskKeyArn, ...known } = instances;
  const { vpcId, privateSubnetIds: subnetIds } = lookUp(inputs.vpcs, vpc);
  const size = { minSize: count.min, maxSize: count.max };
  return { clusterName, instances: { ...known, ...size, diskKeyArn, vpcId, subnetIds } };
}

/** Where tasks run, and on whose capacity: absent, on that of Fargate which they say. */
function placeOf(
  { launchType, ecsCluster, existing }: EcsServicePlan,
  ecsClusters: Record<string, EcsMeshCluster>,
): { clusterArn: pulumi.Input<string>; capacityProvider?: pulumi.Input<string> } {
  const { clusterArn, capacityProvider } = existing ?? lookUp(ecsClusters, ecsCluster!);
  return { clusterArn, ...(launchType === LaunchType.Ec2 && { capacityProvider }) };
}

/** After what configures the mesh there: entries are Istio's. */
function createPolicies(
  name: string,
  { guarded }: TasksPlan,
  { after }: TaskInputs,
  options: RoomOptions,
): Record<string, pulumi.Resource> {
  return mapValues(
    guarded,
    ({ member }, cluster) =>
      new TaskPolicy(
        inCluster(name, cluster, "entries"),
        {},
        waitingFor(options.cluster(cluster), lookUp(after, member)),
      ),
  );
}

function registrationArgs(
  plan: EcsServicePlan,
  { taskRoleArn: roleArn }: TaskRoles,
  { vpcs, clusters }: TaskInputs,
) {
  const { name: service, cluster, vpc, namespace, serviceAccount, ports, network, region } = plan;
  // A rule sees to it that EKS knows the cluster.
  const identity = { clusterName: lookUp(clusters, cluster).eksName!, roleArn };
  const found = pulumi.output(lookUp(vpcs, vpc).privateZones);
  const zones = plan.zones.map(({ key, name }, index) => [
    key,
    name ?? found.apply((names) => names[index]!),
  ]);
  return {
    ...{ ...identity, service, namespace, serviceAccount, ports, network, region },
    waypoint: plan.waypoint,
    zones: Object.fromEntries(zones) as Record<string, pulumi.Input<string>>,
  };
}

function serviceArgs(
  plan: EcsServicePlan,
  { taskRoleArn, executionRoleArn, logGroupName }: TaskRoles,
  place: ReturnType<typeof placeOf>,
  { vpcs, clusters, securityGroups, roots }: TaskInputs,
) {
  const { name: service, mesh, cluster, network, istiodHost, namespace, serviceAccount } = plan;
  const { ztunnelImage, helperImage, forwarderImage, family, region } = plan;
  const { endpoint, certificateAuthority } = lookUp(clusters, cluster);
  const membership = {
    ...{ clusterId: cluster, network, istiodHost, namespace, serviceAccount },
    ...{
      ztunnelImage,
      helperImage,
      forwarderImage,
      clusterName: plan.eksName,
      endpoint: endpoint!,
    },
    ...{ certificateAuthority: certificateAuthority!, rootCertificate: lookUp(roots, mesh) },
  };
  const { image, ports, command, environment, secrets, healthCheck, proxyEnv, forward } = plan;
  const { command: healthCommand } = healthCheck;
  const { launchType, count, scaling, cpu, memory, capacity, onDemandBase } = plan;
  const { architecture, exec } = plan;
  return {
    ...{ service, family, region, ...place, taskRoleArn, executionRoleArn, logGroupName },
    subnetIds: lookUp(vpcs, plan.vpc).privateSubnetIds,
    securityGroupId: lookUp(securityGroups, tasksGroup({ service: plan })),
    membership,
    application: { image, ports, command, environment, secrets, healthCommand, proxyEnv, forward },
    ...{ launchType, count, scaling, cpu, memory, capacity, onDemandBase, architecture, exec },
  };
}
