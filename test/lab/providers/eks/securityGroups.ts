import { asProps } from "../base/values";
import { child } from "./children";
import type { Child, Context, Inputs } from "./children";

const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const EVERYTHING = { protocol: "-1", fromPort: 0, toPort: 0 };

export interface SecurityGroups {
  readonly clusterGroup?: Child;
  readonly nodeGroup?: Child;
  /** Rules of the node group, which carries the cluster's name in its tags. */
  readonly afterCluster: (cluster: Child) => void;
}

/** The groups that the real component makes unless told not to; Auto Mode has none of them. */
export function nodeGroups(context: Context): SecurityGroups {
  const { name, args } = context;
  if (args.clusterSecurityGroup) {
    return { clusterGroup: args.clusterSecurityGroup as Child, afterCluster: () => undefined };
  }
  if (args.skipDefaultSecurityGroups ?? asProps(args.autoMode).enabled) {
    return { afterCluster: () => undefined };
  }
  const group = (role: string) => {
    const tags = { Name: `${name}-${role}` };
    const inputs = { vpcId: args.vpcId, revokeRulesOnDelete: true, tags };
    return child(context, "aws:ec2/securityGroup:SecurityGroup", `${name}-${role}`, inputs, []);
  };
  const clusterGroup = group("eksClusterSecurityGroup");
  const rule = (key: string, inputs: Inputs) => child(context, RULE, `${name}-${key}`, inputs, []);
  rule("eksClusterInternetEgressRule", {
    ...EVERYTHING,
    type: "egress",
    cidrBlocks: ["0.0.0.0/0"],
    securityGroupId: clusterGroup.id,
  });
  const nodeGroup = group("nodeSecurityGroup");
  const afterCluster = () => nodeRules(rule, clusterGroup, nodeGroup);
  return { clusterGroup, nodeGroup, afterCluster };
}

function nodeRules(rule: (key: string, inputs: Inputs) => Child, cluster: Child, node: Child) {
  const ingress = { type: "ingress", protocol: "tcp", securityGroupId: node.id };
  const fromCluster = { ...ingress, sourceSecurityGroupId: cluster.id };
  rule("eksNodeIngressRule", { ...ingress, ...EVERYTHING, self: true });
  rule("eksNodeClusterIngressRule", { ...fromCluster, fromPort: 1025, toPort: 65535 });
  rule("eksExtApiServerClusterIngressRule", { ...fromCluster, fromPort: 443, toPort: 443 });
  rule("eksNodeInternetEgressRule", {
    ...EVERYTHING,
    type: "egress",
    cidrBlocks: ["0.0.0.0/0"],
    securityGroupId: node.id,
  });
  rule("eksClusterIngressRule", {
    ...ingress,
    fromPort: 443,
    toPort: 443,
    securityGroupId: cluster.id,
    sourceSecurityGroupId: node.id,
  });
}
