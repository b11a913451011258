/** Namespaces of workloads outside Kubernetes, in every cluster that knows them. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { kubernetesOptions } from "../options";
import type { ClusterOptions } from "../options";
import { mapValues } from "../records";
import { logicalName } from "../topology";

/** With a dot, which neither name has: joined by hyphens two could be one. */
export function inCluster(name: string, cluster: string, own: string): string {
  return logicalName(name, `${cluster}.${own}`);
}

export function createNamespaces(
  name: string,
  namespaces: Record<string, { cluster: string; namespace: string }>,
  options: ClusterOptions,
): Record<string, pulumi.Resource> {
  return mapValues(
    namespaces,
    ({ cluster, namespace }) =>
      new k8s.core.v1.Namespace(
        inCluster(name, cluster, namespace),
        { metadata: { name: namespace } },
        kubernetesOptions(options(cluster)),
      ),
  );
}
