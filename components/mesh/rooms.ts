/** Every room, with what it adds to the whole; a new one is a row here, in the order of imports. */
import { accessOpenings } from "../access/openings";
import { accessRules } from "../access/rules";
import { accessSettings } from "../access/settings";
import { clusterOpenings } from "../cluster/openings";
import { clusterRules } from "../cluster/rules";
import { taskOpenings } from "../ecs/openings";
import { ecsRules } from "../ecs/rules";
import { federationOpenings } from "../federation/openings";
import { federationPeerRules } from "../federation/peerRules";
import { federationRules } from "../federation/rules";
import { federationSettings } from "../federation/settings";
import { istioOpenings } from "../istio/openings";
import { istioRules } from "../istio/rules";
import type { Opening } from "../network/firewall/openings";
import { networkRules } from "../network/rules";
import { checkRelated } from "../topology";
import { clusterTenantRules } from "../tenancy/cluster/rules";
import { meshTenantRules } from "../tenancy/mesh/rules";
import { tenancyRules } from "../tenancy/rules";
import { tenancySettings } from "../tenancy/settings";
import type { Finding, Relations, Rule, Setting } from "../topology";
import { topologyRules } from "../topology/rules";
import { trustRules } from "../trust/rules";
import { machineOpenings } from "../vm/openings";
import { vmRules } from "../vm/rules";
import type { Facts } from "./facts";

export interface Room {
  name: string;
  rules: readonly Rule<never>[];
  /** What of the facts its rules are asked with: the type of each is the row's own. */
  ask(facts: Facts): never;
  /** What must be open for it. */
  openings(relations: Relations): Opening[];
  /** What it needs of istiods. */
  settings: readonly Setting[];
}

interface Row<Own> extends Pick<Room, "name">, Partial<Pick<Room, "openings" | "settings">> {
  rules: readonly Rule<Own>[];
}

/** A row, whose rules take the facts that it asks them with, or none. */
export function room<Own>(row: Row<Own> & { ask: (facts: Facts) => Own }): Room;
export function room(row: Row<unknown>): Room;
export function room(row: Row<never> & { ask?: (facts: Facts) => unknown }): Room {
  const { name, rules, ask = () => undefined, openings = () => [], settings = [] } = row;
  return { name, rules, ask: ask as Room["ask"], openings, settings };
}

/** What the rules of a room find, but for those of the foundation. */
export function checkRoom({ rules, ask }: Room, relations: Relations, facts: Facts): Finding[] {
  return checkRelated(rules, relations, ask(facts));
}

export const rooms: readonly Room[] = [
  room({ name: "topology", rules: topologyRules }),
  room({ name: "network", rules: networkRules, ask: ({ network }) => network }),
  room({
    name: "cluster",
    rules: clusterRules,
    ask: ({ clusters }) => clusters,
    openings: clusterOpenings,
  }),
  room({ name: "trust", rules: trustRules }),
  room({
    name: "access",
    rules: accessRules,
    ask: ({ access }) => access,
    openings: accessOpenings,
    settings: accessSettings,
  }),
  room({ name: "istio", rules: istioRules, ask: ({ istio }) => istio, openings: istioOpenings }),
  room({ name: "vm", rules: vmRules, ask: ({ machines }) => machines, openings: machineOpenings }),
  room({ name: "ecs", rules: ecsRules, ask: ({ tasks }) => tasks, openings: taskOpenings }),
  room({
    name: "federation",
    rules: [...federationRules, ...federationPeerRules],
    openings: federationOpenings,
    settings: federationSettings,
  }),
  room({
    name: "tenancy",
    rules: [...tenancyRules, ...clusterTenantRules, ...meshTenantRules],
    settings: tenancySettings,
  }),
];
