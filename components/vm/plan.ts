/** Which machines stand where, as whom, and what they are told. */
import { find, keyed, lookUp } from "../records";
import {
  AgentSource,
  distinctName,
  Inbound,
  istiodKey,
  logicalName,
  machinesOf,
  memberKey,
  partitionOf,
  planRoles,
  providerKey,
  tagsOf,
} from "../topology";
import type { Machines, Relations, Topology } from "../topology";
import type { IstiodAddressPlan } from "../istio/facts";
import type { MachineGroupPlan, MachinesPlan } from "./facts";
import { IMAGES, imageId } from "./images";

/** Longest name of an Auto Scaling group (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html). */
const LONGEST_GROUP = 255;

/** A label's length, which no tool has trouble with; EKS says no limit. */
const LONGEST_KUBERNETES_GROUP = 63;

/** Every group of machines, with the namespaces and Services that clients find them by. */
export function planMachines(
  { topology, meshes }: Relations,
  addresses: Record<string, IstiodAddressPlan>,
): MachinesPlan {
  const machines = meshes.flatMap(machinesOf);
  const groups = machines.map((one) => planGroup(topology, one, addresses));
  const places = machines.flatMap(({ group, controlledBy }) =>
    controlledBy.in.members.map(({ at }) => ({
      group: group.name,
      cluster: at.cluster.name,
      namespace: group.namespace,
      isCalled: group.inbound === Inbound.Routed,
      isOwn: at === controlledBy.at,
    })),
  );
  return {
    groups: keyed(groups, ({ name }) => name),
    namespaces: keyed(
      places
        .filter(({ isCalled, isOwn }) => isCalled || isOwn)
        .map(({ cluster, namespace }) => ({ cluster, namespace })),
      ({ cluster, namespace }) => namespaceKey(cluster, namespace),
    ),
    services: keyed(
      places
        .filter(({ isCalled, isOwn }) => isCalled && !isOwn)
        .map(({ cluster, group }) => ({ cluster, group })),
      ({ cluster, group }) => `${cluster}/${group}`,
    ),
    guarded: Object.fromEntries(groups.map(({ cluster, member }) => [cluster, { member }])),
  };
}

/** Key of a namespace in a cluster. */
export function namespaceKey(cluster: string, namespace: string): string {
  return `${cluster}/${namespace}`;
}

function planGroup(
  topology: Topology,
  { group, vpc, controlledBy, servedBy, picks }: Machines,
  addresses: Record<string, IstiodAddressPlan>,
): MachineGroupPlan {
  const { mesh } = controlledBy.in;
  const cluster = controlledBy.at.cluster.name;
  const serving = istiodKey(mesh.name, servedBy.at.cluster.name, picks.name);
  const { name, namespace, serviceAccount, image, architecture, agentPackage } = group;
  return {
    ...{
      name,
      mesh: mesh.name,
      dataPlane: mesh.dataPlane,
      cluster,
      member: memberKey(mesh.name, cluster),
    },
    ...{ vpc: vpc.id, provider: providerKey(vpc), region: vpc.region, network: vpc.network },
    // A rule holds that EKS knows the cluster.
    eksName: controlledBy.at.eksName ?? "",
    autoScalingGroup: distinctName([topology.name, "machines", name], LONGEST_GROUP),
    kubernetesGroup: kubernetesGroup(namespace, serviceAccount),
    ...{ namespace, serviceAccount, ports: group.inbound === Inbound.None ? {} : group.ports },
    ...{ trustDomain: mesh.trustDomain, istiodHost: lookUp(addresses, serving).host },
    ...{ instanceType: group.instanceType, imageId: imageId(image, architecture) },
    rootDevice: find(IMAGES, image)?.rootDevice,
    ...{ capacity: group.capacity, count: group.count, lifetimeDays: group.lifetimeDays },
    ...{ userData: group.userData, probe: group.probe, metadata: group.metadata },
    policyArns: [...group.policyArns, ...(group.ssm ? [managerPolicy(vpc.region)] : [])],
    ...planPackage(agentPackage, picks.version),
    encryptionKey: find(topology.encryptionKeys, vpc.region),
    tags: { ...tagsOf(topology), Name: logicalName(topology.name, name) },
    iam: planRoles(topology.iam, vpc.account),
  };
}

/** Namespace and account together could be joined from others. */
function kubernetesGroup(namespace: string, serviceAccount: string): string {
  return distinctName(["istio-machines", namespace, serviceAccount], LONGEST_KUBERNETES_GROUP);
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html */
function managerPolicy(region: string): string {
  return `arn:${partitionOf(region)}:iam::aws:policy/AmazonSSMManagedInstanceCore`;
}

/** The agent is of the version of the istiod that serves it, which is upgraded first. */
function planPackage(
  { source, location, sha256 }: Machines["group"]["agentPackage"],
  version: string,
): Pick<MachineGroupPlan, "packageLocation" | "packageSha256"> {
  if (source === AgentSource.Image) return {};
  const published = `https://blob.istio.io/istio-release/releases/${version}/{kind}`;
  return {
    packageLocation: location?.replace(/\/+$/, "") ?? published,
    ...(sha256 !== undefined && { packageSha256: sha256 }),
  };
}
