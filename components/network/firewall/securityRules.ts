import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import type { Protocol } from "./facts";

/** What the other side of a rule is named by. */
export const RuleSide = {
  /** An IPv4 range. */
  Cidr: "cidr",
  /** Id of a managed prefix list. */
  PrefixList: "prefix-list",
  /** Id of a security group. */
  SecurityGroup: "security-group",
} as const;
export type RuleSide = (typeof RuleSide)[keyof typeof RuleSide];

/** One rule of a security group. */
export interface SecurityRule {
  /** Unique in its group and direction; part of the logical name. */
  name: string;
  /** What the other side is named by. */
  side: RuleSide;
  /** The range, or the id of the prefix list or group. */
  value: pulumi.Input<string>;
  /** First port. */
  fromPort: pulumi.Input<number>;
  /** Last port. */
  toPort: pulumi.Input<number>;
  /**
   * Protocol of the ports.
   *
   * @default tcp
   */
  protocol?: Protocol;
  /** Why the ports are open: the rule's description in AWS. */
  reason: pulumi.Input<string>;
}

/** The rules of one security group, by direction. */
export interface GroupRules {
  /**
   * What it lets in.
   *
   * @default nothing
   */
  ingress?: SecurityRule[];
  /**
   * What it lets out.
   *
   * @default nothing
   */
  egress?: SecurityRule[];
}

/** What the rules of one security group are made from. */
export interface SecurityRulesArgs {
  /** Id of the group. */
  securityGroupId: pulumi.Input<string>;
  /**
   * What it lets in and out, in one object: of types that stand in plain lists alone, Pulumi's generator makes Go SDKs
   * that do not compile (https://github.com/pulumi/pulumi/issues/14662).
   */
  rules: GroupRules;
}

/**
 * Rules of one security group, each a resource of its own: those of others stay as they are.
 *
 * A dot in their names ends that of the component: group `a` with rule `b-c` and group `a-b` with rule `c` stay apart.
 */
export class SecurityRules extends pulumi.ComponentResource {
  constructor(name: string, args: SecurityRulesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:SecurityRules", name, {}, opts);
    const { securityGroupId, rules } = args;
    const { ingress = [], egress = [] } = rules;
    const options = childOptions(this, opts);
    const made = ingress.map((rule): [string, pulumi.Resource] => [
      rule.name,
      new aws.vpc.SecurityGroupIngressRule(
        `${name}.${rule.name}`,
        { securityGroupId, ...ruleArgs(rule) },
        options,
      ),
    ]);
    INGRESS.set(this, Object.fromEntries(made));
    for (const rule of egress) {
      new aws.vpc.SecurityGroupEgressRule(
        `${name}.${rule.name}`,
        { securityGroupId, ...ruleArgs(rule) },
        options,
      );
    }
    this.registerOutputs({});
  }
}

/** Not a property of the component: the package's schema would have it for an output. */
const INGRESS = new WeakMap<SecurityRules, Record<string, pulumi.Resource>>();

/** What lets in, by the rules' names, for what must wait for one of them. */
export function ingressOf(rules: SecurityRules): Record<string, pulumi.Resource> {
  return INGRESS.get(rules)!;
}

const INPUT_OF = {
  [RuleSide.Cidr]: "cidrIpv4",
  [RuleSide.PrefixList]: "prefixListId",
  [RuleSide.SecurityGroup]: "referencedSecurityGroupId",
} satisfies Record<RuleSide, keyof aws.vpc.SecurityGroupIngressRuleArgs>;

function ruleArgs({ side, value, fromPort, toPort, protocol = "tcp", reason }: SecurityRule) {
  return {
    ipProtocol: protocol,
    fromPort,
    toPort,
    [INPUT_OF[side]]: value,
    description: reason,
  };
}
