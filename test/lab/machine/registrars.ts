import { allows } from "../../support/iam";
import type { Policy } from "../../support/iam";
import type { Json } from "./kube";
import type { Store } from "./store";

/** Who registers pods with target groups: EKS Auto Mode, and the AWS load-balancer controller. */
export const registrars = {
  autoBindings: {
    api: "eks.amazonaws.com/v1",
    finalizer: "eks.amazonaws.com/resources",
    loadBalancerClass: "eks.amazonaws.com/nlb",
    serviceFinalizer: "service.eks.amazonaws.com/resources",
    gates: "target-health.eks.amazonaws.com",
    label: "eks.amazonaws.com/pod-readiness-gate-inject",
    webhook: "eks-load-balancing-webhook",
    mayRegister: (_: Store, cluster: string, group: TargetGroup) =>
      autoModeMayRegister(cluster, group),
  },
  controllerBindings: {
    api: "elbv2.k8s.aws/v1beta1",
    finalizer: "elbv2.k8s.aws/resources",
    loadBalancerClass: "service.k8s.aws/nlb",
    serviceFinalizer: "service.k8s.aws/resources",
    gates: "target-health.elbv2.k8s.aws",
    label: "elbv2.k8s.aws/pod-readiness-gate-inject",
    webhook: "aws-load-balancer-webhook",
    mayRegister: controllerMayRegister,
  },
} as const;

export type BindingKind = keyof typeof registrars;
export const bindingKinds = Object.keys(registrars) as BindingKind[];

/** Bindings of a namespace. */
export const bindingsPath = (kind: BindingKind, namespace: string): string =>
  `/apis/${registrars[kind].api}/namespaces/${namespace}/targetgroupbindings`;

/** Gate, and condition, by which a binding's targets hold a pod back (pkg/targetgroupbinding/utils.go of the controller). */
export const gateOf = (kind: BindingKind, { metadata }: Json): string =>
  `${registrars[kind].gates}/${metadata.name}`;

/** A target group as the store has it: its ARN, and all of its tags. */
type TargetGroup = Json;

const tagsOf = ({ tags, tagsAll }: TargetGroup): Record<string, string> => tagsAll ?? tags ?? {};

/**
 * Auto Mode leaves alone every target group that does not name its cluster
 * (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html).
 */
function autoModeMayRegister(cluster: string, group: TargetGroup): boolean {
  return tagsOf(group)["eks:eks-cluster-name"] === cluster;
}

/**
 * Whether the AWS load-balancer controller of a cluster may register targets with a group, which it does by RegisterTargets
 * (kubernetes-sigs/aws-load-balancer-controller, pkg/targetgroupbinding/targets_manager.go): what the policies of the role say
 * that it has by Pod Identity. The rights of the one in a cluster of yours are not known.
 */
function controllerMayRegister(store: Store, cluster: string, group: TargetGroup): boolean {
  const isYours = !store.outputs("eks.Cluster").some(({ name }) => name === cluster);
  const action = "elasticloadbalancing:RegisterTargets";
  const call = { action, resource: group.arn, tags: tagsOf(group) };
  return isYours || policiesOf(store, cluster).some((policy) => allows(policy, call));
}

const SERVICE_TAGS = [
  "eks:eks-cluster-name",
  ...["service.eks.amazonaws.com/stack", "service.eks.amazonaws.com/resource"],
];

/**
 * Whether Auto Mode may make a load balancer with some tags. By AmazonEKSLoadBalancingPolicy it may with its own alone
 * (`ForAllValues:StringEquals` on `aws:TagKeys`,
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html); with others if an inline
 * policy of the cluster's role says so.
 */
export function autoModeMayTag(store: Store, record: Json, tags: Record<string, string>): boolean {
  if (Object.keys(tags).every((key) => SERVICE_TAGS.includes(key))) return true;
  const { name, roleArn } = record.outputs;
  const role = store.outputs("iam.Role").find(({ arn }) => arn === roleArn);
  const action = "elasticloadbalancing:CreateLoadBalancer";
  const place = `arn:aws:elasticloadbalancing:${record.region}:${record.account}`;
  const resource = `${place}:loadbalancer/net/k8s-it/0123456789abcdef`;
  const requested = { "eks:eks-cluster-name": name, ...tags };
  return policiesOfRole(store, role).some((policy) =>
    allows(policy, { action, resource, tags: {}, requested }),
  );
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
  return policiesOfRole(store, role);
}

function policiesOfRole(store: Store, role: Json | undefined): Policy[] {
  return store
    .outputs("iam.RolePolicy")
    .filter((policy) => role && policy.role === role.name)
    .map(({ policy }) => JSON.parse(policy));
}
