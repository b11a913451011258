/** The other sides of security-group rules, and how a rule is named after its own. */
import { providerKey } from "../../topology";
import type { ClusterRelation, MeshRelation, Relations, Vpc } from "../../topology";
import { sameAddresses } from "../../topology/cidr";
import type { RulePlan } from "../facts";
import { isListed, prefixListKey } from "../links/prefixLists";
import { cidrsOf } from "../ranges";

/** The other side of a rule, with the addresses behind it where it is no security group. */
export type Side = Pick<RulePlan, "cidr" | "prefixList" | "cluster"> & { addresses: string[] };

/** What a rule is for; the name starts the rule's. */
export type Purpose = Pick<RulePlan, "name" | "fromPort" | "toPort" | "reason">;

/** Named by its other side, not by a number: another CIDR then renames no rule. */
export function rule(purpose: Purpose, { cidr, prefixList, cluster }: Side): RulePlan {
  const from = cidr ?? prefixList?.split("/")[0] ?? "cluster";
  return {
    ...purpose,
    cidr,
    prefixList,
    cluster,
    name: `${purpose.name}-${from.replace("/", "-")}`,
  };
}

/** Where the workloads of a mesh are, as seen from a cluster. The mesh's prefix list also holds the network of an external istiod. */
export function memberSides(relations: Relations, mesh: MeshRelation, at: ClusterRelation): Side[] {
  const list = listSide(relations, mesh, at);
  return list ? [list] : plainSides(cidrsOf(mesh.memberReach));
}

/** The mesh's prefix list where it says these addresses, so that growth leaves the rule alone; else one rule per CIDR. */
export function sidesOf(
  relations: Relations,
  mesh: MeshRelation,
  at: ClusterRelation,
  cidrs: string[],
): Side[] {
  const list = listSide(relations, mesh, at);
  return list && sameAddresses(list.addresses, cidrs) ? [list] : plainSides(cidrs);
}

/** The mesh's prefix list in the account and region of a cluster, where there is one. */
export function listSide(
  relations: Relations,
  mesh: MeshRelation,
  { vpc }: ClusterRelation,
): Side | undefined {
  if (!isListed(relations, mesh)) return undefined;
  const prefixList = prefixListKey(mesh.mesh.name, providerKey(vpc));
  return { prefixList, addresses: cidrsOf(mesh.reach) };
}

export function plainSides(cidrs: string[]): Side[] {
  return cidrs.map((cidr) => ({ cidr, addresses: [cidr] }));
}

/** The security group of a cluster. */
export function groupSide({ cluster }: ClusterRelation): Side {
  return { cluster: cluster.name, addresses: [] };
}

/** Everything in the VPC of something whose security group is not known. */
export function vpcSides({ vpc }: { vpc: Vpc }): Side[] {
  return plainSides(cidrsOf([vpc]));
}

/** AWS refuses a rule that a group has already, which two clients in one VPC would ask for. */
export function unique(all: Side[]): Side[] {
  const keyed = all.map((side): [string, Side] => [JSON.stringify(side), side]);
  return [...new Map(keyed).values()];
}
