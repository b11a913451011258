/** Groups of machines from the plan. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterHandle, VpcHandle } from "../handles";
import { kubernetesOptions, waitingFor } from "../options";
import type { RoomOptions } from "../options";
import { machineGroup } from "../network/firewall/groups";
import { lookUp, mapValues } from "../records";
import { logicalName } from "../topology";
import type { MachineGroupPlan, MachinesPlan } from "./facts";
import { EntryPolicy } from "./entryPolicy";
import { MachineRegistration } from "./machineRegistration";
import { MachineRole } from "./machineRole";
import { createNamespaces, inCluster } from "./namespaces";
import { namespaceKey } from "./plan";
import { machineService } from "./registration";
import { VirtualMachineGroup } from "./virtualMachineGroup";

/** What machines need of other rooms. */
export interface MachineInputs {
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

/** In every cluster that registers machines or tasks; after what configures the mesh there: entries are Istio's. */
export function createEntryPolicies(
  name: string,
  guarded: MachinesPlan["guarded"],
  after: MachineInputs["after"],
  { cluster: clusterOptions }: RoomOptions,
): MachineInputs["entryPolicies"] {
  return mapValues(
    guarded,
    ({ member }, cluster) =>
      new EntryPolicy(
        inCluster(name, cluster, "registered"),
        {},
        waitingFor(clusterOptions(cluster), lookUp(after, member)),
      ),
  );
}

/** Every group of machines: its role, then what it is registered by, then the machines, which so leave before that goes. */
export function createMachines(
  name: string,
  plan: MachinesPlan,
  inputs: MachineInputs,
  options: RoomOptions,
): void {
  const namespaces = createNamespaces(name, plan.namespaces, options.cluster);
  createServices(name, plan, namespaces, options);
  for (const group of Object.values(plan.groups)) {
    const logical = logicalName(name, group.name);
    const { autoScalingGroup, region, policyArns, iam } = group;
    const role = new MachineRole(
      logical,
      { autoScalingGroup, region, policyArns, iam },
      options.aws(group.provider),
    );
    const first = [
      lookUp(namespaces, namespaceKey(group.cluster, group.namespace)),
      lookUp(inputs.entryPolicies, group.cluster),
    ];
    const registration = new MachineRegistration(
      inCluster(name, group.cluster, group.name),
      registrationArgs(group, role, lookUp(inputs.clusters, group.cluster)),
      waitingFor(options.cluster(group.cluster), first),
    );
    new VirtualMachineGroup(
      logical,
      groupArgs(group, role, inputs),
      waitingFor(options.aws(group.provider), [registration]),
    );
  }
}

/** In clusters that do not serve a group: names of Services are looked up in the client's own. */
function createServices(
  name: string,
  { services, groups }: MachinesPlan,
  namespaces: Record<string, pulumi.Resource>,
  options: RoomOptions,
): void {
  for (const { cluster, group: key } of Object.values(services)) {
    const { name: group, namespace, ports } = lookUp(groups, key);
    const first = [lookUp(namespaces, namespaceKey(cluster, namespace))];
    new k8s.core.v1.Service(
      inCluster(name, cluster, group),
      machineService({ group, namespace, ports }),
      kubernetesOptions(waitingFor(options.cluster(cluster), first)),
    );
  }
}

function registrationArgs(
  plan: MachineGroupPlan,
  { roleArn }: MachineRole,
  { eksName }: ClusterHandle,
) {
  const { name: group, namespace, serviceAccount, ports, network, probe, kubernetesGroup } = plan;
  // A rule sees to it that EKS knows the cluster.
  const identity = { clusterName: eksName!, roleArn, kubernetesGroup, namespace, serviceAccount };
  return { group, ...identity, ports, network, probe, dataPlane: plan.dataPlane };
}

function groupArgs(
  plan: MachineGroupPlan,
  { instanceProfileArn }: MachineRole,
  { vpcs, clusters, securityGroups, roots }: MachineInputs,
) {
  const { name: group, mesh, cluster, count, trustDomain, network, istiodHost } = plan;
  const { encryptionKey: diskKeyArn, namespace, serviceAccount } = plan;
  const { endpoint, certificateAuthority } = lookUp(clusters, cluster);
  const membership = {
    ...{
      mesh,
      dataPlane: plan.dataPlane,
      trustDomain,
      clusterId: cluster,
      network,
      istiodHost,
      namespace,
      serviceAccount,
    },
    ...{ clusterName: plan.eksName, endpoint: endpoint!, rootCertificate: lookUp(roots, mesh) },
    certificateAuthority: certificateAuthority!,
  };
  const place = {
    subnetIds: lookUp(vpcs, plan.vpc).privateSubnetIds,
    securityGroupId: lookUp(securityGroups, machineGroup({ group: plan })),
    instanceProfileArn,
  };
  return {
    ...plan,
    ...{ group, ...place, membership, minSize: count.min, maxSize: count.max, diskKeyArn },
  };
}
