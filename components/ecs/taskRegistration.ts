import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { createIdentity } from "../vm/identity";
import { machineService } from "../vm/registration";
import { waypointGateway, waypointLabels, waypointParameters } from "./waypoint";
import type { WaypointFacts } from "./waypoint";
import { kubernetesGroup, SERVICE_LABEL, taskGroup, taskRules } from "./registration";

/** What lets the tasks of an ECS service into a mesh is made from. */
export interface TaskRegistrationArgs {
  /** Name of the service: of its Service, and what begins the names of its WorkloadGroups. */
  service: string;
  /** Name that EKS knows the cluster by. */
  clusterName: pulumi.Input<string>;
  /** ARN of the tasks' role. */
  roleArn: pulumi.Input<string>;
  /** Namespace of their identity, which exists. */
  namespace: string;
  /** Service account of their identity; it is made here. */
  serviceAccount: string;
  /** Ports of the application by name. */
  ports: Record<string, number>;
  /** Istio network of the tasks. */
  network: string;
  /** AWS region of the tasks. */
  region: string;
  /** Availability zones that they may stand in, by what they are called in logical names: each has a WorkloadGroup. */
  zones: Record<string, pulumi.Input<string>>;
  /**
   * Puts a waypoint in front of the Service: policies and routes that look into HTTP name the Service in `targetRefs`.
   *
   * @default none
   */
  waypoint?: TaskWaypoint;
}

/** A waypoint of a service's own: two Envoys or more, made by the istiod that serves the tasks. */
export interface TaskWaypoint {
  /**
   * Revision of that istiod.
   *
   * @default the one without a name
   */
  revision?: string;
}

/**
 * What lets the tasks of an ECS service into an ambient mesh, in the cluster that holds the configuration of the istiod that serves
 * them: their role makes tokens of one service account there, puts its tasks into their Service and takes them out again, and istiod makes an entry for
 * each task from the WorkloadGroup of its zone. `TaskPolicy` keeps the role to its own entries, `EntryPolicy` tasks to the labels of their group.
 *
 * Taking the access entry away keeps tasks from new certificates; those that they have live for at most a day.
 */
export class TaskRegistration extends pulumi.ComponentResource {
  constructor(name: string, args: TaskRegistrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:TaskRegistration", name, {}, opts);
    const { service, namespace, ports, region, zones } = args;
    const children = childOptions(this, opts);
    const group = kubernetesGroup(namespace, args.serviceAccount);
    const rules = taskRules(args.serviceAccount);
    createIdentity(name, { ...args, kubernetesGroup: group, kind: "tasks", rules }, children);
    for (const [key, zone] of Object.entries(zones)) {
      const spec = taskGroup(args, pulumi.interpolate`${region}/${zone}`);
      const metadata = { name: pulumi.interpolate`${service}-${zone}`, namespace };
      new k8s.apiextensions.CustomResource(
        `${name}-${key}`,
        { apiVersion: "networking.istio.io/v1", kind: "WorkloadGroup", metadata, spec },
        children,
      );
    }
    const found = machineService({ group: service, namespace, ports, label: SERVICE_LABEL });
    const waypoint = args.waypoint && createWaypoint(name, { ...args, ...args.waypoint }, children);
    const labels = waypoint && waypointLabels(service);
    new k8s.core.v1.Service(
      name,
      { ...found, metadata: { ...found.metadata, labels } },
      pulumi.mergeOptions(children, { dependsOn: waypoint ? [waypoint] : [] }),
    );

    this.registerOutputs({});
  }
}

/** Known once it takes calls. */
function createWaypoint(
  name: string,
  facts: WaypointFacts,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const logical = `${name}-waypoint`;
  const parameters = new k8s.core.v1.ConfigMap(logical, waypointParameters(facts), opts);
  return new k8s.apiextensions.CustomResource(
    logical,
    waypointGateway(facts),
    pulumi.mergeOptions(opts, { dependsOn: [parameters] }),
  );
}
