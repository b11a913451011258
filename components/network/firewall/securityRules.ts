import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";

/** One rule of a security group. Exactly one of `cidr`, `prefixListId` and `securityGroupId`, where none is given for it. */
export interface SecurityRule {
  /** Unique in its group; part of the logical name. */
  name: string;
  /** IPv4 range of the other side. */
  cidr?: pulumi.Input<string>;
  /** Managed prefix list of the other side. */
  prefixListId?: pulumi.Input<string>;
  /** Security group of the other side. */
  securityGroupId?: pulumi.Input<string>;
  /** First TCP port. */
  fromPort: pulumi.Input<number>;
  /** Last TCP port. */
  toPort: pulumi.Input<number>;
  /** Why the port is open: the rule's description in AWS. */
  reason: pulumi.Input<string>;
}

/** The security group of the load balancer of one gateway, or of one istiod. */
export interface GatewaySecurity {
  /** Physical name of the group. It cannot change once a load balancer has the group. */
  groupName: pulumi.Input<string>;
  /**
   * Description of the group in AWS. It cannot change either.
   *
   * @default Load balancer of an Istio gateway
   */
  description?: pulumi.Input<string>;
  /** What the load balancer lets in. */
  ingress: SecurityRule[];
  /** What the load balancer sends on. */
  egress: SecurityRule[];
  /** What the cluster lets in from the load balancer, which is the other side of each. */
  toCluster: SecurityRule[];
}

/** What the security groups around one cluster are made from. */
export interface SecurityRulesArgs {
  /** VPC of the cluster. */
  vpcId: pulumi.Input<string>;
  /** Security group of the cluster's nodes and pods; needed where there is a rule for it. */
  clusterSecurityGroupId?: pulumi.Input<string>;
  /**
   * What nodes, pods and API server let in from other addresses.
   *
   * @default nothing
   */
  ingress?: SecurityRule[];
  /**
   * Gateways of the cluster, and istiods that serve other clusters, by a name for each.
   *
   * @default none
   */
  gateways?: Record<string, GatewaySecurity>;
}

/** Rules on a cluster's security group, and one group for each load balancer of its gateways and istiods. */
export class SecurityRules extends pulumi.ComponentResource {
  /** Ids of the security groups of the load balancers, by the names given. */
  public readonly gatewaySecurityGroupIds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: SecurityRulesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:SecurityRules", name, {}, opts);
    const options = childOptions(this, opts);
    for (const rule of args.ingress ?? [])
      allowIn(name, args.clusterSecurityGroupId!, rule, options);
    const groups = Object.entries(args.gateways ?? {}).map(([gateway, security]) => [
      gateway,
      createGatewayGroup(`${name}-${gateway}`, args, security, options),
    ]);
    this.gatewaySecurityGroupIds = pulumi.output<Record<string, string>>(
      Object.fromEntries(groups),
    );
    this.registerOutputs({ gatewaySecurityGroupIds: this.gatewaySecurityGroupIds });
  }
}

function createGatewayGroup(
  name: string,
  { vpcId, clusterSecurityGroupId }: SecurityRulesArgs,
  { groupName, description, ingress, egress, toCluster }: GatewaySecurity,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const group = new aws.ec2.SecurityGroup(
    name,
    {
      name: groupName,
      // A changed description would replace a group that a load balancer holds.
      description: description ?? "Load balancer of an Istio gateway",
      vpcId,
      tags: { Name: groupName },
    },
    options,
  );
  for (const rule of ingress) allowIn(name, group.id, rule, options);
  for (const rule of egress) allowOut(name, group.id, rule, options);
  for (const rule of toCluster) {
    allowIn(name, clusterSecurityGroupId!, { ...rule, securityGroupId: group.id }, options);
  }
  return group.id;
}

function allowIn(
  name: string,
  groupId: pulumi.Input<string>,
  rule: SecurityRule,
  options: pulumi.CustomResourceOptions,
): void {
  new aws.vpc.SecurityGroupIngressRule(`${name}-${rule.name}`, ruleArgs(groupId, rule), options);
}

function allowOut(
  name: string,
  groupId: pulumi.Input<string>,
  rule: SecurityRule,
  options: pulumi.CustomResourceOptions,
): void {
  new aws.vpc.SecurityGroupEgressRule(`${name}-${rule.name}`, ruleArgs(groupId, rule), options);
}

function ruleArgs(securityGroupId: pulumi.Input<string>, rule: SecurityRule) {
  return {
    securityGroupId,
    ipProtocol: "tcp",
    fromPort: rule.fromPort,
    toPort: rule.toPort,
    cidrIpv4: rule.cidr,
    prefixListId: rule.prefixListId,
    referencedSecurityGroupId: rule.securityGroupId,
    description: rule.reason,
  };
}
