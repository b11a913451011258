/** The other sides of security-group rules, and how a rule is named after its own. */
import { LinkVia } from "../topology";
import type { Mesh, Topology } from "../topology";
import { merge, sameAddresses } from "./addresses";
import { cidrsOf, memberReachOf, providerOf, reachOf } from "./membership";
import type { RulePlan } from "./plan";
import { prefixListKey } from "./prefixLists";

/** The other side of a rule. */
export type Side = Pick<RulePlan, "cidr" | "prefixList" | "cluster">;

/** What a rule is for; the name starts the rule's. */
export type Purpose = Pick<RulePlan, "name" | "fromPort" | "toPort" | "reason">;

/** Named by its other side, not by a number: another CIDR then renames no rule. */
export function rule(purpose: Purpose, side: Side): RulePlan {
  const from = side.cidr ?? side.prefixList?.split("/")[0] ?? "cluster";
  return { ...purpose, ...side, name: `${purpose.name}-${from.replace("/", "-")}` };
}

/** Where the workloads of a mesh are, as seen from a cluster. Its prefix list also says where an external istiod is. */
export function memberSides(topology: Topology, mesh: Mesh, cluster: string): Side[] {
  const list = listSide(topology, mesh, cluster);
  return list ? [list] : plainSides(cidrsOf(topology, memberReachOf(topology, mesh)));
}

/** The mesh's prefix list where it says these addresses, so that growth leaves the rule alone; else one rule per CIDR. */
export function sidesOf(topology: Topology, mesh: Mesh, cluster: string, cidrs: string[]): Side[] {
  const list = listSide(topology, mesh, cluster);
  const all = cidrsOf(topology, reachOf(topology, mesh));
  return list && sameAddresses(all, cidrs) ? [list] : plainSides(cidrs);
}

/** The mesh's prefix list in the account and region of a cluster, where there is one. */
export function listSide(topology: Topology, mesh: Mesh, cluster: string): Side | undefined {
  if (topology.linkVia !== LinkVia.TransitGateway) return undefined;
  if (reachOf(topology, mesh).length < 2) return undefined;
  const vpc = topology.vpcs[topology.clusters[cluster].vpc];
  return { prefixList: prefixListKey(mesh.name, providerOf(vpc)) };
}

export function plainSides(cidrs: string[]): Side[] {
  return cidrs.map((cidr) => ({ cidr }));
}

/** Everything in the VPC of a cluster: where its security group is not known. */
export function vpcSides(topology: Topology, cluster: string): Side[] {
  return plainSides(merge(topology.vpcs[topology.clusters[cluster].vpc].cidrs));
}

/** Addresses behind a side that is no security group. */
export function addressesOf(topology: Topology, { cidr, prefixList }: Side): string[] {
  if (cidr !== undefined) return [cidr];
  const mesh = Object.values(topology.meshes).find(({ name }) =>
    prefixList?.startsWith(`${name}/`),
  );
  return mesh ? cidrsOf(topology, reachOf(topology, mesh)) : [];
}

/** AWS refuses a rule that a group has already, which two meshes on one network would ask for. */
export function unique(all: Side[]): Side[] {
  const keyed = all.map((side): [string, Side] => [JSON.stringify(side), side]);
  return [...new Map(keyed).values()];
}
