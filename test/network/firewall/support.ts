/** What a description opens, told shortly. */
import { lookUp } from "../../../components/records";
import type {
  FirewallPlan,
  GroupPlan,
  RulePlan,
  Side,
} from "../../../components/network/firewall/facts";
import type { Source } from "../../../components/network/firewall/openings";
import { LinkVia } from "../../../components/topology";
import type {
  ClusterRelation,
  ExistingClusterDescription,
  Outside,
  Relations,
  TopologyDescription,
  Vpc,
} from "../../../components/topology";
import { factsOf } from "../../support/topologies";

export const transit = { links: { via: LinkVia.TransitGateway } };

/** Public API servers that let in one address. */
export const listed = { api: { allowFrom: ["192.0.2.1/32"] } };

export function firewallOf(description: TopologyDescription): FirewallPlan {
  return factsOf(description).network.firewall;
}

/** The group under a key, such as `cluster/east`. */
export function groupOf(description: TopologyDescription, key: string): GroupPlan {
  return lookUp(firewallOf(description).groups, key);
}

/** `443 10.3.0.0/16`, `0-65535 cluster/west`, `443 list prod/eu-west-1`. */
export function told(rules: RulePlan[]): string[] {
  return rules.map(({ ports: [first, last], side }) =>
    [first === last ? `${first}` : `${first}-${last}`, sideText(side)].join(" "),
  );
}

function sideText(side: Side): string {
  if (side.kind === "cidr") return side.cidr;
  if (side.kind === "group") return side.group;
  return side.kind === "list" ? `list ${side.list}` : `${side.kind} ${side.id}`;
}

/** What a cluster lets in, without what its own load balancers send it. */
export function letIn(description: TopologyDescription, cluster: string): RulePlan[] {
  return groupOf(description, `cluster/${cluster}`).in.filter(
    ({ side }) => side.kind !== "group" || side.group.startsWith("cluster/"),
  );
}

/** A cluster of yours in a network of one range. */
export function yours(podCidr: string, securityGroupId?: string): ExistingClusterDescription {
  return {
    kubeconfig: { secret: "yours" },
    kubernetesVersion: "1.34",
    podCidrs: [podCidr],
    ...(securityGroupId && { securityGroupId }),
  };
}

/** Machines in the VPC of a cluster that is a member of a mesh. */
export function outside({ vpc, members: [controlledBy] }: ClusterRelation): Source {
  const group = { name: controlledBy.at.cluster.name };
  return { kind: "outside", of: { kind: "machines", group, vpc, controlledBy } as Outside };
}

export function clusterIn({ clusters }: Relations, name: string): ClusterRelation {
  return clusters.find(({ cluster }) => cluster.name === name)!;
}

/** Account and region of a VPC, as providers are called. */
export function place({ account, region }: Vpc): string {
  return account === undefined ? region : `${account.split(":")[4]}/${region}`;
}
