import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { DataPlane } from "../topology";
import { DEFAULT_PROBE } from "./boot/environment";
import { createIdentity } from "./identity";
import { machineService, tokenRules, workloadGroup } from "./registration";

/** A command that tells whether an application on a machine is well. */
export interface MachineProbe {
  /**
   * The program and its arguments.
   *
   * @default every port takes connections
   */
  command?: string[];
  /** Seconds between two runs, at most 60: a machine that leaves waits for four of them. */
  periodSeconds: number;
}

/** What lets a group of machines into a mesh is made from. */
export interface MachineRegistrationArgs {
  /** Name of the group, of its WorkloadGroup and of its Service. */
  group: string;
  /** Name that EKS knows the cluster by. */
  clusterName: pulumi.Input<string>;
  /** ARN of the machines' role. */
  roleArn: pulumi.Input<string>;
  /** Kubernetes group of that role, for this group of machines alone. */
  kubernetesGroup: pulumi.Input<string>;
  /** Namespace of their identity, which exists. */
  namespace: pulumi.Input<string>;
  /** Service account of their identity; it is made here. */
  serviceAccount: string;
  /**
   * Ports of the application by name.
   *
   * @default none, and no Service: nobody calls them
   */
  ports?: Record<string, number>;
  /** Istio network of the machines. */
  network: string;
  /**
   * Data plane of the mesh: in ambient clients call the machines by HBONE.
   *
   * @default sidecar
   */
  dataPlane?: DataPlane;
  /**
   * Tells whether the application is well.
   *
   * @default every port takes connections, asked every 5 seconds
   */
  probe?: MachineProbe;
}

/**
 * What lets a group of machines into a mesh, in the cluster that holds the configuration of the istiod that serves them: their role
 * makes tokens of one service account there and does nothing else, and istiod makes an entry for each machine from a WorkloadGroup. `EntryPolicy`
 * keeps machines to the labels of that.
 *
 * Taking the access entry away keeps machines from new certificates; those that they have live for at most a day.
 */
export class MachineRegistration extends pulumi.ComponentResource {
  constructor(name: string, args: MachineRegistrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:MachineRegistration", name, {}, opts);
    const { group, namespace, ports = {}, probe = DEFAULT_PROBE } = args;
    const { dataPlane = DataPlane.Sidecar } = args;
    const children = childOptions(this, opts);
    const rules = tokenRules(args.serviceAccount);
    createIdentity(name, { ...args, kind: "machines", rules }, children);
    const metadata = { name: group, namespace };
    new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "networking.istio.io/v1",
        kind: "WorkloadGroup",
        metadata,
        spec: workloadGroup({ ...args, ports, probe, dataPlane }),
      },
      children,
    );
    if (Object.keys(ports).length > 0)
      new k8s.core.v1.Service(name, machineService({ group, namespace, ports }), children);

    this.registerOutputs({});
  }
}
