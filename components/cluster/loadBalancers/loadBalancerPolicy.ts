/**
 * What the AWS load-balancer controller may do here: network load balancers, target groups and security groups of one
 * cluster. Its project's own policy
 * (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation/) also has application load
 * balancers, web ACLs, Shield, Cognito and certificates, which nothing here uses, and marks what it may change by the
 * presence of a tag where this one asks for the cluster's name in it.
 */
import { partitionOf, TARGETS_TAG } from "../../topology";

/** Namespace and service account of the controller. */
export const CONTROLLER_NAMESPACE = "kube-system";
export const CONTROLLER = "aws-load-balancer-controller";

const OWNER = "elbv2.k8s.aws/cluster";

/** Who may be the controller: its service account in one cluster, by Pod Identity. */
export function controllerTrustPolicy(clusterName: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            "aws:RequestTag/eks-cluster-name": clusterName,
            "aws:RequestTag/kubernetes-namespace": CONTROLLER_NAMESPACE,
            "aws:RequestTag/kubernetes-service-account": CONTROLLER,
          },
        },
      },
    ],
  };
}

/** What a policy is about. */
interface Place {
  clusterName: string;
  region: string;
  vpcId: string;
}

export function controllerPolicy(place: Place) {
  const statements = [
    serviceLinkedRole(place),
    reading,
    { Action: ["ec2:GetSecurityGroupsForVpc"], Resource: vpc(place) },
    ...securityGroups(place),
    ...loadBalancers(place),
    ...tagging(place),
    ...targets(place),
  ];
  return {
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
  };
}

const requested = ({ clusterName }: Place) => ({ [`aws:RequestTag/${OWNER}`]: clusterName });
const owned = ({ clusterName }: Place) => ({ [`aws:ResourceTag/${OWNER}`]: clusterName });

/** ARN of things of one kind in the region; the account is the role's own. */
function things({ region }: Place, service: string, kind: string): string {
  return `arn:${partitionOf(region)}:${service}:${region}:*:${kind}/*`;
}

const elb = (place: Place, ...kinds: string[]) =>
  kinds.map((kind) => things(place, "elasticloadbalancing", kind));

const vpc = ({ region, vpcId }: Place) => `arn:${partitionOf(region)}:ec2:${region}:*:vpc/${vpcId}`;

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html */
function serviceLinkedRole({ region }: Place) {
  const service = "elasticloadbalancing.amazonaws.com";
  const name = `aws-service-role/${service}/AWSServiceRoleForElasticLoadBalancing`;
  return {
    Action: ["iam:CreateServiceLinkedRole"],
    Resource: `arn:${partitionOf(region)}:iam::*:role/${name}`,
    Condition: { StringEquals: { "iam:AWSServiceName": service } },
  };
}

/** Neither service restricts these to a resource (https://docs.aws.amazon.com/service-authorization/latest/reference/). */
const reading = {
  Action: [
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DescribeVpcs",
    "ec2:DescribeVpcPeeringConnections",
    "elasticloadbalancing:DescribeCapacityReservation",
    "elasticloadbalancing:DescribeListenerAttributes",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeSSLPolicies",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DescribeTrustStores",
  ],
  Resource: "*",
};

/** Groups that the controller makes, and rules on them and on the group that EKS made for this cluster's nodes. */
function securityGroups(place: Place) {
  const rules = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"];
  const groups = things(place, "ec2", "security-group");
  const ofCluster = { [`aws:ResourceTag/kubernetes.io/cluster/${place.clusterName}`]: "owned" };
  return [
    { Action: rules, Resource: groups, Condition: { StringEquals: ofCluster } },
    {
      Action: [...rules, "ec2:DeleteSecurityGroup"],
      Resource: groups,
      Condition: { StringEquals: owned(place) },
    },
    {
      Action: ["ec2:CreateSecurityGroup"],
      Resource: groups,
      Condition: { StringEquals: requested(place) },
    },
    { Action: ["ec2:CreateSecurityGroup"], Resource: vpc(place) },
    {
      Action: ["ec2:CreateTags"],
      Resource: groups,
      Condition: {
        StringEquals: { "ec2:CreateAction": "CreateSecurityGroup", ...requested(place) },
      },
    },
    {
      Action: ["ec2:CreateTags", "ec2:DeleteTags"],
      Resource: groups,
      Condition: { StringEquals: owned(place) },
    },
  ];
}

function loadBalancers(place: Place) {
  const [balancers, groups] = elb(place, "loadbalancer/net", "targetgroup");
  const listeners = things(place, "elasticloadbalancing", "listener/net");
  return [
    {
      Action: ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"],
      Resource: [balancers, groups],
      Condition: { StringEquals: requested(place) },
    },
    {
      Action: [
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:ModifyListener",
        "elasticloadbalancing:ModifyListenerAttributes",
        "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:ModifyLoadBalancerAttributes",
        "elasticloadbalancing:SetIpAddressType",
        "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:SetSubnets",
        "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes",
      ],
      Resource: [balancers, listeners, groups],
      Condition: { StringEquals: owned(place) },
    },
  ];
}

/** Tags with the making of a thing, and later on what carries the cluster's name already. */
function tagging(place: Place) {
  const kinds = elb(place, "loadbalancer/net", "targetgroup", "listener/net");
  return [
    {
      Action: ["elasticloadbalancing:AddTags"],
      Resource: kinds,
      Condition: {
        StringEquals: {
          "elasticloadbalancing:CreateAction": [
            "CreateLoadBalancer",
            "CreateTargetGroup",
            "CreateListener",
          ],
          ...requested(place),
        },
      },
    },
    {
      Action: ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"],
      Resource: kinds,
      Condition: { StringEquals: owned(place) },
    },
  ];
}

/** Targets of the controller's own groups, and of groups made elsewhere for this cluster's TargetGroupBindings. */
function targets(place: Place) {
  const ofCluster = { [`aws:ResourceTag/${TARGETS_TAG}`]: place.clusterName };
  return [owned(place), ofCluster].map((tag) => ({
    Action: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
    Resource: elb(place, "targetgroup"),
    Condition: { StringEquals: tag },
  }));
}
