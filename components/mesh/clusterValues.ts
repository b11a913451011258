/** Values of the clusters that exist, wherever they come from. */
import * as pulumi from "@pulumi/pulumi";
import type { ExistingClusterValues } from "../existing";
import { demandSecret } from "../options";
import type { Secrets } from "../options";
import { logicalName } from "../topology";
import type { Cluster, StackOutput, Topology } from "../topology";

/** Where kubeconfigs come from. */
interface Sources {
  /** Values that are given, by cluster. */
  given?: Record<string, ExistingClusterValues>;
  /** Values of config keys, by key. */
  secrets: Secrets;
}

/** Values of the clusters that exist, by name, each with its kubeconfig: given, from a secret or from another stack. */
export function createClusterValues(
  { name, clusters }: Topology,
  { given = {}, secrets }: Sources,
  opts: pulumi.CustomResourceOptions,
): Record<string, ExistingClusterValues> {
  const outputOf = otherStacks(name, opts);
  const kubeconfigOf = (cluster: Cluster) => {
    const { secret, output } = cluster.existing?.kubeconfig ?? {};
    return output
      ? outputOf(output)
      : demandSecret(secrets, secret!, `kubeconfig of cluster ${cluster.name}`);
  };
  const yours = Object.values(clusters).filter(({ existing }) => existing !== undefined);
  return Object.fromEntries(
    yours.map((cluster) => {
      const values = given[cluster.name];
      return [cluster.name, { ...values, kubeconfig: values?.kubeconfig ?? kubeconfigOf(cluster) }];
    }),
  );
}

/** One reference per stack, of a name of its own: two of one name have one URN (pulumi/pulumi#7018). */
function otherStacks(prefix: string, opts: pulumi.CustomResourceOptions) {
  const stacks = new Map<string, pulumi.StackReference>();
  return ({ stack, name }: StackOutput): pulumi.Output<string> => {
    const reference =
      stacks.get(stack) ??
      new pulumi.StackReference(logicalName(prefix, stack), { name: stack }, opts);
    stacks.set(stack, reference);
    return reference.requireOutput(name) as pulumi.Output<string>;
  };
}
