/** What security groups let in. */
import type { Graph, Registration } from "./graph";

interface IngressRule {
  where: string;
  cidr: string;
  from: number;
  to: number;
}

/** Every rule of a security group that lets in, whether a resource of its own or part of the group. */
export function ingressRules(graph: Graph): IngressRule[] {
  const rules = graph.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
  const inline = graph.resources
    .filter(({ type }) => /:(SecurityGroup|DefaultSecurityGroup)$/.test(type))
    .flatMap(({ urn, inputs }) =>
      (inputs.ingress ?? []).map((rule: Registration["inputs"]) => ({ urn, rule })),
    );
  return [
    ...rules.map(({ urn, inputs }) => ({
      where: urn,
      cidr: inputs.cidrIpv4 ?? inputs.cidrIpv6 ?? "",
      from: inputs.fromPort,
      to: inputs.toPort,
    })),
    ...inline.flatMap(({ urn, rule }) =>
      (rule.cidrBlocks ?? []).map((cidr: string) => ({
        where: urn,
        cidr,
        from: rule.fromPort,
        to: rule.toPort,
      })),
    ),
  ];
}
