import type { Finding } from "./findings";

/** What is right although a judge has something against it. */
export interface Exception extends Pick<Finding, "judge" | "rule"> {
  /** Matches `where`. */
  readonly at: RegExp;
  /** Matches the message, where the rule says different things. */
  readonly says?: RegExp;
  readonly because: string;
}

const cfnLint: Exception[] = [
  {
    judge: "cfn-lint",
    rule: "W3010",
    at: /^AWS::EC2::Subnet .* AvailabilityZone$/,
    because: "a plan is of one region and says which of its zones each subnet is in",
  },
];

const aws: Omit<Exception, "judge">[] = [
  {
    rule: "CKV_AWS_65",
    at: /^AWS::ECS::Cluster /,
    because: "CloudWatch charges for each metric of each task; those of the mesh are ztunnel's",
  },
  {
    rule: "CKV_AWS_91",
    at: /^AWS::ElasticLoadBalancingV2::LoadBalancer /,
    because: "NLBs log TLS listeners alone, and istiod's are TCP",
  },
  {
    rule: "CKV_AWS_158",
    at: /^AWS::Logs::LogGroup .*(?<!-flow)-logs$/,
    because: "CloudWatch encrypts every group; with a key of yours where `encryption.keys` has one",
  },
  {
    rule: "CKV_AWS_158",
    at: /^AWS::Logs::LogGroup .*-flow-logs$/,
    because: "CloudWatch encrypts every group; a flow log holds addresses and ports, no content",
  },
  {
    rule: "CKV_AWS_260",
    at: /^AWS::EC2::SecurityGroupIngress .*\.http-0\.0\.0\.0-0$/,
    because: "an ingress gateway with `exposure: internet`, which the description asks for",
  },
];

const objects: Omit<Exception, "judge">[] = [
  {
    rule: "CKV_K8S_8",
    at: /^(program|chart \w+) /,
    because:
      "as in all of Istio: what is not ready gets no traffic, a restart would end what is open",
  },
  {
    rule: "CKV_K8S_11",
    at: /^(program|chart \w+) /,
    because: "requests hold the share of each; a limit of CPU would throttle on bursts of pushes",
  },
  {
    rule: "CKV_K8S_15",
    at: /^(program|chart \w+) /,
    because: "versions are tags that do not move; a restart must not need the registry",
  },
  {
    rule: "CKV_K8S_43",
    at: /^(program|chart \w+) /,
    because: "Istio releases by tag, from a hub that the description may name",
  },
  {
    rule: "CKV_K8S_49",
    at: /^(program ClusterRole\.default\.istio-reader-|chart istiod ClusterRole\.default\.istio)/,
    because: "the chart's rule: all kinds of Istio's own groups, which differ between versions",
  },
  {
    rule: "CKV_K8S_155",
    at: /^(program ClusterRole\.default\.istio-reader-|chart istiod ClusterRole\.default\.istio)/,
    because: "the chart's rule: istiod writes its CA into the webhooks of its revision",
  },
];

/** Of the charts, what no value of theirs changes, or what their work needs. */
const charts: Omit<Exception, "judge">[] = [
  {
    rule: "CKV2_K8S_5",
    at: /^chart gateway RoleBinding\./,
    because: "a gateway serves certificates from Secrets of its own namespace",
  },
  {
    rule: "CKV_K8S_13",
    at: /^chart (istiod|cni|ztunnel) /,
    because:
      "memory grows with the mesh: a limit here would end istiod or a node's proxy by surprise",
  },
  {
    rule: "CKV_K8S_38",
    at: /^chart /,
    because: "each calls the API server, or proves by its token to istiod who it is",
  },
  {
    rule: "CKV_K8S_29",
    at: /^chart (istiod|cni|ztunnel) /,
    because: "the charts say it for each container, where it holds too",
  },
  {
    rule: "CKV_K8S_31",
    at: /^chart (istiod|cni|gateway|ztunnel) /,
    because: "the node's default",
  },
  {
    rule: "CKV_K8S_40",
    at: /^chart (istiod|cni|gateway|ztunnel) /,
    because: "Istio's own user 1337, which traffic capture knows it by; agents of nodes are root",
  },
  ...["CKV_K8S_9", "CKV_K8S_14"].map((rule) => ({
    rule,
    at: /^chart gateway Deployment\./,
    because: "image and probes of a gateway's one container come with injection",
  })),
  ...["CKV_K8S_20", "CKV_K8S_23", "CKV_K8S_25", "CKV_K8S_39"].map((rule) => ({
    rule,
    at: /^chart (cni|ztunnel) DaemonSet\./,
    because: "agents of nodes enter the network namespaces of pods",
  })),
  {
    rule: "CKV_K8S_22",
    at: /^chart cni DaemonSet\./,
    because: "it writes the node's CNI configuration and binary",
  },
];

const checkov = [...aws, ...objects, ...charts].map(
  (one) => ({ judge: "checkov", ...one }) as const,
);

const parliament: Exception[] = [
  {
    judge: "parliament",
    rule: "RESOURCE_MISMATCH",
    at: /^policy .*-nodes-rights$/,
    says: /'ec2:(RunInstances|CreateNetworkInterface|CreateFleet|CreateVolume|CreateSecurityGroup)'/,
    because:
      "AWS's own policies of the same role have the images, subnets and groups that tags are not for",
  },
  {
    judge: "parliament",
    rule: "RESOURCE_MISMATCH",
    at: /-load-balancer-controller-policy$/,
    says: /'ec2:CreateSecurityGroup', 'required_format': 'arn:\*:ec2:\*:\*:security-group/,
    because: "EC2 asks about the VPC and the group in one call: each has a statement of its own",
  },
  {
    judge: "parliament",
    rule: "RESOURCE_MISMATCH",
    at: /-load-balancer-controller-policy$/,
    says: /\[(\{'action': '\S+', 'required_format': '\S+:listener\/app\/\S+'\}(, )?)+\]$/,
    because: "application load balancers are not used",
  },
  {
    judge: "parliament",
    rule: "UNKNOWN_CONDITION_FOR_ACTION",
    at: /-load-balancer-controller-policy$/,
    says: /condition elasticloadbalancing:CreateAction for action elasticloadbalancing:AddTags$/,
    because:
      "AWS's table has it (list_awselasticloadbalancingv2.html, AddTags), parliament's copy not",
  },
];

export const exceptions: readonly Exception[] = [...cfnLint, ...checkov, ...parliament];

/** What no exception answers, and the exceptions that answer nothing. */
export function weighed(findings: readonly Finding[]) {
  const answers = (one: Exception, { judge, rule, where, message }: Finding) =>
    one.judge === judge &&
    one.rule === rule &&
    one.at.test(where) &&
    (one.says?.test(message) ?? true);
  return {
    open: findings.filter((finding) => !exceptions.some((one) => answers(one, finding))),
    idle: exceptions.filter((one) => !findings.some((finding) => answers(one, finding))),
  };
}
