import { allows } from "../../support/iam";
import type { Policy } from "../../support/iam";
import type { Json } from "./kube";
import type { Store } from "./store";

/** A target group as the store has it: its ARN, and all of its tags. */
type TargetGroup = Json;

const tagsOf = ({ tags, tagsAll }: TargetGroup): Record<string, string> => tagsAll ?? tags ?? {};

/**
 * Auto Mode leaves alone every target group that does not name its cluster
 * (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html).
 */
export function autoModeMayRegister(cluster: string, group: TargetGroup): boolean {
  return tagsOf(group)["eks:eks-cluster-name"] === cluster;
}

/**
 * Whether the AWS load-balancer controller of a cluster may register targets with a group, which it does by RegisterTargets
 * (kubernetes-sigs/aws-load-balancer-controller, pkg/targetgroupbinding/targets_manager.go): what the policies of the role say
 * that it has by Pod Identity. The rights of the one in a cluster of yours are not known.
 */
export function controllerMayRegister(store: Store, cluster: string, group: TargetGroup): boolean {
  const isYours = !store.outputs("eks.Cluster").some(({ name }) => name === cluster);
  const action = "elasticloadbalancing:RegisterTargets";
  const call = { action, resource: group.arn, tags: tagsOf(group) };
  return isYours || policiesOf(store, cluster).some((policy) => allows(policy, call));
}

function policiesOf(store: Store, cluster: string): Policy[] {
  const identity = store
    .outputs("eks.PodIdentityAssociation")
    .find(
      ({ clusterName, namespace, serviceAccount }) =>
        clusterName === cluster &&
        namespace === "kube-system" &&
        serviceAccount === "aws-load-balancer-controller",
    );
  const role = store.outputs("iam.Role").find(({ arn }) => identity && arn === identity.roleArn);
  return store
    .outputs("iam.RolePolicy")
    .filter((policy) => role && policy.role === role.name)
    .map(({ policy }) => JSON.parse(policy));
}
