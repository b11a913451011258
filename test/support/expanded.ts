/** What the provider of `eks.Cluster`, which does not run here, makes below it, as far as transforms change it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [] });

/**
 * The role and the cluster below an EKS component, as in nodejs/eks/cluster/cluster.ts of pulumi-eks.
 *
 * @param parents types of the components that the EKS component stands in, outermost first
 * @param after what is known only once the EKS component is registered: its transforms hold from then on
 */
export function expandCluster(
  name: string,
  parents: string[],
  after: pulumi.Output<unknown>,
): pulumi.Output<void> {
  const types = [...parents, "istio-patterns:index:EksCluster", "eks:index:Cluster"].join("$");
  const urn = `urn:pulumi:dev::istio-patterns::${types}::${name}`;
  return after.apply(() => {
    const below = { parent: new pulumi.DependencyResource(urn) };
    const role = new aws.iam.Role(`${name}-eksRole-role`, { assumeRolePolicy }, below);
    const vpcConfig = { subnetIds: [] };
    new aws.eks.Cluster(`${name}-eksCluster`, { roleArn: role.arn, vpcConfig }, below);
  });
}
