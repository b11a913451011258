/** From openings to security groups and rules: the one place that turns places into groups, prefix lists and addresses. */
import { logicalName } from "../../topology";
import type { Outside, Relations, Tasks } from "../../topology";
import { keyed } from "../../records";
import type { PrefixListPlan } from "../facts";
import { Protocol } from "./facts";
import type { FirewallPlan, GroupPlan, YoursToOpen } from "./facts";
import {
  balancerGroup,
  balancerLabel,
  clusterGroup,
  groupOf,
  groupOfBalancer,
  groupOfCluster,
  groupOfOutside,
  knowsGroup,
  outsideGroup,
} from "./groups";
import type { Group } from "./groups";
import type { Balancer, Opening } from "./openings";
import { publicApiOf, withoutNat } from "./publicApi";
import {
  balancerSide,
  clusterSide,
  EVERYWHERE,
  rangeSide,
  sidesOf,
  sidesTo,
  standpoint,
} from "./sides";
import type { NamedSide } from "./sides";
import { withoutSubsumed } from "./subsumed";
import type { Placed } from "./subsumed";

const HTTPS = 443;

/** A rule that is meant for a group. */
interface Meant extends Placed {
  group: string;
  way: "in" | "out";
}

/** Everything that is open, from what all rooms say must be. */
export function planFirewall(
  { clusters, meshes }: Relations,
  all: readonly Opening[],
  prefixLists: Record<string, PrefixListPlan>,
): FirewallPlan {
  const lists = Object.values(prefixLists);
  const openings = all.map(withoutNat);
  const balancers = balancersOf(all);
  const outside = meshes.flatMap((mesh) => mesh.outside);
  const meant = [
    ...openings.flatMap((opening) => rulesOf(opening, lists)),
    ...balancers.flatMap(rulesBehind),
    ...outside.flatMap((of) => rulesLeaving(of, all)),
  ];
  const groups = [
    ...balancers.map(groupOfBalancer),
    ...outside.map(groupOfOutside),
    ...clusters.filter(knowsGroup).map(groupOfCluster),
  ];
  const byGroup = new Map<string, Meant[]>(groups.map(({ key }) => [key, []]));
  for (const rule of meant) byGroup.get(rule.group)!.push(rule);
  return {
    groups: Object.fromEntries(
      groups.map(({ key, ...group }) => [key, filled(group, byGroup.get(key)!)]),
    ),
    publicApi: publicApiOf(all),
    yoursToOpen: [...openings.flatMap(yoursOf), ...balancers.flatMap(yoursBehind)],
  };
}

function balancersOf(openings: readonly Opening[]): Balancer[] {
  const all = openings.flatMap(({ to }) => (to.kind === "balancer" ? [to.of] : []));
  return Object.values(keyed(all, ({ key }) => key));
}

function filled(group: Omit<Group, "key">, own: Meant[]): GroupPlan {
  const going = (way: Meant["way"]) => withoutSubsumed(own.filter((rule) => rule.way === way));
  return { ...group, in: going("in"), out: going("out") };
}

/** What lets the sources of an opening in to a place whose group can be named. */
function rulesOf(opening: Opening, lists: PrefixListPlan[]): Meant[] {
  const group = groupOf(opening.to);
  if (group === undefined) return [];
  const sides = sidesOf(opening.from, standpoint(opening.to, lists));
  return sides.map((side) => meantFor(group, "in", opening, side));
}

/** What a load balancer sends on, and what the pods behind it let in of it. */
function rulesBehind(balancer: Balancer): Meant[] {
  const at = balancer.in;
  const known = knowsGroup(at);
  const own = balancerGroup(balancer);
  const targets = known ? [clusterSide(at)] : at.vpc.cidrs.map(rangeSide);
  return purposesBehind(balancer).flatMap((purpose) => [
    ...targets.map((side) => meantFor(own, "out", purpose, side)),
    ...(known ? [meantFor(clusterGroup(at), "in", purpose, balancerSide(balancer))] : []),
  ]);
}

/** What an application on a machine calls is not known; nodes of clusters may call everything too. */
function rulesLeaving(of: Outside, openings: readonly Opening[]): Meant[] {
  if (of.kind === "tasks") return rulesOfTasks(of, openings);
  return Object.values(Protocol).map((protocol) => {
    const reason = "what the application and its installation call";
    const purpose: Purpose = { name: `any-${protocol}`, ports: [0, 65535], protocol, reason };
    return meantFor(outsideGroup(of), "out", purpose, rangeSide(EVERYWHERE));
  });
}

/** Tasks go out to what is open for them, and by HTTPS; security groups do not see questions to the VPC's resolver. */
function rulesOfTasks(tasks: Tasks, openings: readonly Opening[]): Meant[] {
  const own = outsideGroup(tasks);
  const open = openings.filter(({ from }) =>
    from.some((source) => source.kind === "outside" && source.of === tasks),
  );
  const https: Purpose = {
    ...{ name: "https", ports: [HTTPS, HTTPS], protocol: Protocol.Tcp },
    reason: "images, logs, AWS and API servers",
  };
  return [
    meantFor(own, "out", https, rangeSide(EVERYWHERE)),
    ...open.flatMap((opening) =>
      sidesTo(opening.to, tasks.vpc).map((side) => meantFor(own, "out", opening, side)),
    ),
  ];
}

type Purpose = Pick<Opening, "name" | "ports" | "protocol" | "reason" | "isWayIn">;

function meantFor(group: string, way: Meant["way"], purpose: Purpose, behind: NamedSide): Meant {
  const { name, ports, protocol, reason, isWayIn } = purpose;
  const rule = {
    ...{ name: logicalName(name, behind.name), side: behind.side },
    ...{ ports, protocol, reason, alsoFor: [] },
    ...(isWayIn && { isWayIn }),
  };
  return { group, way, rule, behind };
}

/** Ports of the pods that a load balancer sends to, or asks for their health. */
function purposesBehind({ forwards, health }: Balancer): Purpose[] {
  const check = { name: "health", port: health, reason: "health checks of the load balancer" };
  const asked = forwards.some(({ port }) => port === health) ? [] : [check];
  return [...forwards, ...asked].map(({ port, ...purpose }) => ({
    ...purpose,
    ports: [port, port],
    protocol: Protocol.Tcp,
  }));
}

function yoursOf(opening: Opening): YoursToOpen[] {
  const { to, from, ports, protocol, reason } = opening;
  if (to.kind === "balancer" || to.kind === "outside" || knowsGroup(to.of)) return [];
  if (from.length === 0) return [];
  // No list: what it stands for is said, since the group is not ours.
  const callers = sidesOf(from, standpoint(to, [])).map(({ label }) => label);
  return [{ cluster: to.of.cluster.name, from: callers, ports, protocol, reason }];
}

function yoursBehind(balancer: Balancer): YoursToOpen[] {
  if (knowsGroup(balancer.in)) return [];
  const { name: cluster } = balancer.in.cluster;
  const from = [balancerLabel(balancer)];
  return purposesBehind(balancer).map(({ ports, protocol, reason }) => ({
    ...{ cluster, from, ports, protocol, reason },
  }));
}
