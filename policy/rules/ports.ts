/** No port of the mesh's own is open to the world. */
import { ALL_PORTS, EAST_WEST_PORT, FEDERATION_PORT } from "../../components/istio/ports";
import type { Problem } from "../../components/topology/problem";
import { isIn, listOf, UNKNOWN } from "../rule";
import type { Resource, ResourceRule } from "../rule";

/** What Istio listens on, in pods and on load balancers, those for other meshes among them. */
const MESH_PORTS = [
  ...new Set([...ALL_PORTS, ...Object.values(EAST_WEST_PORT), FEDERATION_PORT]),
].sort((a, b) => a - b);

const WORLD = ["0.0.0.0/0", "::/0"];

/** Who may come to which ports. A protocol -1 is all of them, whatever ports are said. */
interface Opening {
  protocol: unknown;
  from: unknown;
  to: unknown;
  /** Path and value. */
  ranges: [string, unknown][];
}

export const noPublicMeshPort: ResourceRule = {
  name: "no-public-mesh-port",
  summary: "No security group opens a port of the mesh to the world.",
  why: "Istio's ports trust the network that they are reached by, or carry traffic for every service (https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio).",
  level: "mandatory",
  check: (resource) => [...openingsOf(resource).flatMap(problemsOf), ...listProblems(resource)],
};

const READERS: Readonly<Record<string, (inputs: Resource["inputs"]) => Opening[]>> = {
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (inputs) => [
    {
      ...{ protocol: inputs.ipProtocol, from: inputs.fromPort, to: inputs.toPort },
      ranges: ["cidrIpv4", "cidrIpv6"].map((key) => [key, inputs[key]]),
    },
  ],
  "aws:ec2/securityGroupRule:SecurityGroupRule": (inputs) =>
    inputs.type === "ingress" ? [inline(inputs, "")] : [],
  "aws:ec2/securityGroup:SecurityGroup": inlineAll,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": inlineAll,
};

function openingsOf({ type, inputs }: Resource): Opening[] {
  return READERS[type]?.(inputs) ?? [];
}

function inlineAll({ ingress }: Resource["inputs"]): Opening[] {
  return listOf<Resource["inputs"]>(ingress).map((rule, index) =>
    inline(rule, `ingress[${index}].`),
  );
}

function inline(rule: Resource["inputs"], path: string): Opening {
  return {
    ...{ protocol: rule.protocol, from: rule.fromPort, to: rule.toPort },
    ranges: ["cidrBlocks", "ipv6CidrBlocks"].flatMap((key) =>
      listOf(rule[key]).map((cidr, index): [string, unknown] => [`${path}${key}[${index}]`, cidr]),
    ),
  };
}

function problemsOf({ protocol, from, to, ranges }: Opening): Problem[] {
  const isOpen = (port: number) =>
    String(protocol) === "-1" || (Number(from) <= port && port <= Number(to));
  const open = MESH_PORTS.filter(isOpen);
  if (open.length === 0 || protocol === UNKNOWN) return [];
  return ranges
    .filter(([, range]) => WORLD.includes(String(range)))
    .map(([path, range]) => ({
      path,
      got: `${String(range)} with ${open.length === 1 ? "port" : "ports"} ${open.join(", ")}`,
      allowed: "addresses, groups and prefix lists of your own",
      fix: "name who calls, or let clients come by an IngressGateway, which opens its own ports alone",
    }));
}

/** A list of this package's stands for a mesh's networks, and opens its ports to what it holds. */
function listProblems(resource: Resource): Problem[] {
  const { type, inputs } = resource;
  if (type !== "aws:ec2/managedPrefixList:ManagedPrefixList" || !isIn(resource, "MeshTopology"))
    return [];
  return listOf<{ cidr?: unknown }>(inputs.entries)
    .map(({ cidr }, index) => ({ path: `entries[${index}].cidr`, cidr }))
    .filter(({ cidr }) => WORLD.includes(String(cidr)))
    .map(({ path, cidr }) => ({
      path,
      got: `${String(cidr)} in a list that ports of the mesh are open to`,
      allowed: "addresses of your networks",
      fix: "name these",
    }));
}
