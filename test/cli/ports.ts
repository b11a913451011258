/** The ports that a report shows as open, and those that a graph opens for the meshes. */
import assert from "node:assert/strict";
import type { Report } from "../../cli/report/report";
import type { Graph, Registration } from "../support/graph";

/** Whose ports, which, for whom and why. */
type Opened = [target: string, ports: string, from: string[], reason: string];

const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

export function shownPorts({ ports, name }: Report): Opened[] {
  return sorted(
    ports.flatMap(({ target, rules }) =>
      rules.map((rule): Opened => [
        ownerIn(name, target),
        rule.ports,
        [...rule.from].sort(),
        rule.reason,
      ]),
    ),
  );
}

/** A target of the report as its group or its cluster is called in the graph, where the cluster comes first. */
function ownerIn(name: string, target: string): string {
  const [mesh, cluster, gateway] = target.split(" ").pop()!.split("/");
  return target.startsWith("load balancer ")
    ? `load balancer ${name}-${cluster}-${mesh}-${gateway}`
    : `cluster ${mesh}`;
}

export function madePorts(graph: Graph, name: string): Opened[] {
  const opened = new Map<string, Opened>();
  // What a VPC opens for its own endpoints is inside the VPC, and no port of the mesh.
  for (const rule of graph.ofType(INGRESS).filter(({ parent }) => !parent!.includes(":Vpc"))) {
    const { fromPort, toPort, description: reason } = rule.inputs;
    const ports = fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
    const target = targetOf(graph, rule, name);
    const key = [target, ports, reason].join();
    const [, , from] = opened.get(key) ?? [target, ports, [], reason];
    opened.set(key, [target, ports, [...from, ...sourcesOf(graph, rule, name)].sort(), reason]);
  }
  return sorted([...opened.values()]);
}

/** Ids that the engine makes up are in no registration: what a property comes from stands in its dependencies. */
function originOf(graph: Graph, rule: Registration, property: string, type: RegExp) {
  return (rule.propertyDependencies[property] ?? [])
    .map((urn) => graph.get(urn)!)
    .find((resource) => type.test(resource.type));
}

function targetOf(graph: Graph, rule: Registration, name: string): string {
  const group = originOf(graph, rule, "securityGroupId", /:SecurityGroup$/);
  return group
    ? `load balancer ${group.name}`
    : `cluster ${clusterOf(graph.get(rule.parent!)!, name)}`;
}

function sourcesOf(graph: Graph, rule: Registration, name: string): string[] {
  const { cidrIpv4 } = rule.inputs;
  if (cidrIpv4 !== undefined) return [cidrIpv4];
  const list = originOf(graph, rule, "prefixListId", /:ManagedPrefixList$/);
  if (list) return list.inputs.entries.map(({ cidr }: { cidr: string }) => cidr);
  const property = "referencedSecurityGroupId";
  const group = originOf(graph, rule, property, /:SecurityGroup$/);
  // A reason ends with the gateway and its mesh.
  if (group) return [`load balancer of ${gatewayIn(rule, group)}`];
  return [`cluster ${clusterOf(originOf(graph, rule, property, /:Cluster$/)!, name)}`];
}

function gatewayIn({ inputs }: Registration, group: Registration): string {
  const [, gateway, mesh] = /: (\S+) of mesh (\S+)$/.exec(inputs.description)!;
  assert.ok(group.name.endsWith(`-${mesh}-${gateway}`), group.name);
  return gateway;
}

function clusterOf(resource: Registration, name: string): string {
  return resource.name.slice(`${name}-`.length);
}

function sorted(opened: Opened[]): Opened[] {
  return opened.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
