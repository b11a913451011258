/** The ports that a report shows as open, and those that a graph opens for the meshes. */
import type { Report } from "../../cli/report/report";
import type { Graph, Registration } from "../support/graph";

/** Whose ports, which, for whom and why. */
type Opened = [target: string, ports: string, from: string[], reason: string];

const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

export function shownPorts({ ports, name }: Report): Opened[] {
  return together(
    ports.flatMap(({ target, rules }) =>
      rules.map((rule): Opened => [
        inGraph(name, target),
        rule.ports,
        rule.from.map((from) => inGraph(name, from)),
        rule.reason,
      ]),
    ),
  );
}

/** A load balancer of the report as its group is called in the graph. */
function inGraph(name: string, place: string): string {
  const [balancer] = /\S+\/\S+$/.exec(place.replace("/east-west", "/istio-eastwestgateway")) ?? [];
  return place.startsWith("load balancer ")
    ? `load balancer ${name}-${balancer!.replaceAll("/", "-")}`
    : place;
}

export function madePorts(graph: Graph, name: string): Opened[] {
  // What a VPC opens for its own endpoints is inside the VPC, and no port of the mesh.
  const rules = graph.ofType(INGRESS).filter(({ parent }) => !parent!.includes(":Vpc"));
  return together(
    rules.map((rule) => {
      const { fromPort, toPort, description: reason } = rule.inputs;
      const ports = fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
      return [targetOf(graph, rule, name), ports, sourcesOf(graph, rule, name), reason];
    }),
  );
}

/** One entry per target, ports and reason, sorted. */
function together(all: Opened[]): Opened[] {
  const opened = new Map<string, Opened>();
  for (const [target, ports, from, reason] of all) {
    const key = [target, ports, reason].join();
    const others = opened.get(key)?.[2] ?? [];
    opened.set(key, [target, ports, [...others, ...from].sort(), reason]);
  }
  return [...opened.values()].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Ids that the engine makes up are in no registration: what a property comes from stands in its dependencies. */
function originOf(graph: Graph, rule: Registration, property: string, type: RegExp) {
  return (rule.propertyDependencies[property] ?? [])
    .map((urn) => graph.get(urn)!)
    .find((resource) => type.test(resource.type));
}

/** What a group that is made here is for. */
function carrierOf(group: Registration, name: string): string {
  const [, own, kind] = new RegExp(`^${name}-(.*)\\.(machines|tasks)$`).exec(group.name) ?? [];
  return own ? `${kind} ${own}` : `load balancer ${group.name}`;
}

function targetOf(graph: Graph, rule: Registration, name: string): string {
  const group = originOf(graph, rule, "securityGroupId", /:SecurityGroup$/);
  return group ? carrierOf(group, name) : `cluster ${clusterOf(graph.get(rule.parent!)!, name)}`;
}

function sourcesOf(graph: Graph, rule: Registration, name: string): string[] {
  const { cidrIpv4, prefixListId, referencedSecurityGroupId } = rule.inputs;
  if (cidrIpv4 !== undefined) return [cidrIpv4];
  // What nothing makes is named by an id of the user's.
  const isMade = ["prefixListId", "referencedSecurityGroupId"].some(
    (property) => (rule.propertyDependencies[property] ?? []).length > 0,
  );
  if (!isMade) return [prefixListId ?? referencedSecurityGroupId];
  const list = originOf(graph, rule, "prefixListId", /:ManagedPrefixList$/);
  if (list) return list.inputs.entries.map(({ cidr }: { cidr: string }) => cidr);
  const property = "referencedSecurityGroupId";
  const group = originOf(graph, rule, property, /:SecurityGroup$/);
  if (group) return [carrierOf(group, name)];
  return [`cluster ${clusterOf(originOf(graph, rule, property, /:Cluster$/)!, name)}`];
}

function clusterOf(resource: Registration, name: string): string {
  return resource.name.slice(`${name}-`.length);
}
