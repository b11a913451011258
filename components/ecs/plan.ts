/** Which tasks run where, as whom, and what they are told. */
import type { IstiodAddressPlan } from "../istio/facts";
import { find, keyed, lookUp } from "../records";
import {
  architectureOf,
  distinctName,
  istiodKey,
  logicalName,
  memberKey,
  planRoles,
  providerKey,
  SubnetTier,
  tagsOf,
  tasksOf,
} from "../topology";
import type { EcsCluster, Relations, Tasks, Topology, Vpc } from "../topology";
import { imagesOf, versionOf } from "../versions/istio";
import { namespaceKey } from "../vm/plan";
import type {
  EcsClusterPlan,
  EcsInstancesPlan,
  EcsServicePlan,
  TasksPlan,
  ZonePlan,
} from "./facts";
import { imageId } from "./instances";
import { kubernetesGroup } from "./registration";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html, API_CreateCluster.html there. */
const LONGEST_NAME = 255;

/** Every ECS service, with the ECS clusters that hold them and the namespaces that clients find them in. */
export function planTasks(
  { topology, meshes }: Relations,
  addresses: Record<string, IstiodAddressPlan>,
): TasksPlan {
  const tasks = meshes.flatMap(tasksOf);
  const services = tasks.map((one) => planService(topology, one, addresses));
  return {
    services: keyed(services, ({ name }) => name),
    ecsClusters: keyed(
      [
        ...tasks.flatMap((one) => planFargate(topology, one)),
        ...Object.values(topology.ecsClusters).flatMap((one) => planInstances(topology, one)),
      ],
      ({ key }) => key,
    ),
    namespaces: keyed(
      services.map(({ cluster, namespace }) => ({ cluster, namespace })),
      ({ cluster, namespace }) => namespaceKey(cluster, namespace),
    ),
    guarded: Object.fromEntries(services.map(({ cluster, member }) => [cluster, { member }])),
  };
}

/** With a dot, which the name of no mesh or VPC has. */
function ecsClusterKey({ service, vpc }: Tasks): string {
  const { ecsCluster, mesh } = service;
  return ecsCluster === undefined ? `${mesh}/${vpc.id}` : capacityKey(ecsCluster);
}

function capacityKey(ecsCluster: string): string {
  return `${ecsCluster}.ecs`;
}

/** What tasks on Fargate share where the description names nothing. */
function planFargate(topology: Topology, tasks: Tasks): EcsClusterPlan[] {
  const { service, vpc } = tasks;
  if (service.ecsCluster !== undefined) return [];
  return [
    {
      key: ecsClusterKey(tasks),
      name: distinctName([topology.name, "tasks", service.mesh, vpc.id], LONGEST_NAME),
      ...{ vpc: vpc.id, provider: providerKey(vpc) },
    },
  ];
}

function planInstances(topology: Topology, cluster: EcsCluster): EcsClusterPlan[] {
  if (cluster.existing) return [];
  const vpc = lookUp(topology.vpcs, cluster.vpc);
  return [
    {
      key: capacityKey(cluster.name),
      name: distinctName([topology.name, "tasks", cluster.name], LONGEST_NAME),
      ...{ vpc: vpc.id, provider: providerKey(vpc) },
      instances: instancesOf(topology, cluster, vpc),
    },
  ];
}

function instancesOf(topology: Topology, cluster: EcsCluster, vpc: Vpc): EcsInstancesPlan {
  const { instanceType, count, capacity, lifetimeDays } = cluster;
  return {
    ...{ region: vpc.region, imageId: imageId(architectureOf(instanceType)) },
    ...{ instanceType, count, capacity, lifetimeDays },
    tags: { ...tagsOf(topology), Name: logicalName(topology.name, cluster.name) },
    encryptionKey: find(topology.encryptionKeys, vpc.region),
    iam: planRoles(topology.iam, vpc.account),
  };
}

function planService(
  topology: Topology,
  tasks: Tasks,
  addresses: Record<string, IstiodAddressPlan>,
): EcsServicePlan {
  const { service, vpc, controlledBy, servedBy, picks } = tasks;
  const { mesh } = controlledBy.in;
  const cluster = controlledBy.at.cluster.name;
  const serving = istiodKey(mesh.name, servedBy.at.cluster.name, picks.name);
  const { hub, tag } = imagesOf(picks.version, mesh.istio.hub);
  const { name, namespace, serviceAccount, ports, image, command } = service;
  const { environment, secrets, healthCheck, proxyEnv, forward, count, cpu, memory } = service;
  const { capacity, onDemandBase, architecture, policyArns, scaling, exec, launchType } = service;
  const existing = find(topology.ecsClusters, service.ecsCluster ?? "")?.existing;
  return {
    ...{ name, mesh: mesh.name, cluster, member: memberKey(mesh.name, cluster) },
    // A rule holds that EKS knows the cluster.
    eksName: controlledBy.at.eksName ?? "",
    ...(existing ? { existing } : { ecsCluster: ecsClusterKey(tasks) }),
    ...{ launchType, vpc: vpc.id, zones: zonesOf(vpc) },
    ...{ provider: providerKey(vpc), region: vpc.region, network: vpc.network },
    family: distinctName([topology.name, "tasks", name], LONGEST_NAME),
    kubernetesGroup: kubernetesGroup(namespace, serviceAccount),
    ...{ namespace, serviceAccount, ports, istiodHost: lookUp(addresses, serving).host },
    ztunnelImage: `${hub}/ztunnel:${tag}`,
    helperImage: mesh.istio.refresherImage ?? versionOf(picks.version).refresherImage,
    forwarderImage: mesh.istio.forwarderImage ?? versionOf(picks.version).forwarderImage,
    ...{ image, ...(command && { command }), environment, secrets, healthCheck, proxyEnv },
    forward,
    ...(service.waypoint && { waypoint: picks.name === undefined ? {} : { revision: picks.name } }),
    ...{ count, ...(scaling && { scaling }), cpu, memory, capacity },
    ...(onDemandBase !== undefined && { onDemandBase }),
    ...{ architecture, policyArns, exec },
    encryptionKey: find(topology.encryptionKeys, vpc.region),
    iam: planRoles(topology.iam, vpc.account),
  };
}

/** By index where the VPC is made here: their names are AWS's to say. */
function zonesOf({ existing, settings }: Vpc): ZonePlan[] {
  if (!existing)
    return Array.from({ length: settings.zones }, (_, zone) => ({ key: String(zone) }));
  const standing = Object.values(existing.subnets).filter(
    ({ tier }) => tier === SubnetTier.Private,
  );
  const names = [...new Set(standing.map(({ zone }) => zone))].sort();
  return names.map((name) => ({ key: name, name }));
}
