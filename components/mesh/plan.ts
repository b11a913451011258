import { planAccess } from "../access/plan";
import { planClusters } from "../cluster/plan";
import { planTasks } from "../ecs/plan";
import { planFederation } from "../federation/plan";
import { planIstio } from "../istio/plan";
import { planNetwork } from "../network/plan";
import type { Relations } from "../topology";
import { planTenancy } from "../tenancy/plan";
import { planTrust } from "../trust/plan";
import { planMachines } from "../vm/plan";
import type { Facts } from "./facts";
import { rooms as allRooms } from "./rooms";
import type { Room } from "./rooms";

/** The facts of everything that is related, with what each room wants open and set. */
export function plan(relations: Relations, rooms: readonly Room[] = allRooms): Facts {
  const openings = rooms.flatMap((room) => room.openings(relations));
  const settings = rooms.flatMap((room) => room.settings);
  const network = planNetwork(relations, openings);
  const access = planAccess(relations);
  const istio = planIstio(relations, settings);
  return {
    providers: { ...network.providers, ...access.providers },
    network,
    clusters: planClusters(relations, network.firewall.publicApi),
    trust: planTrust(relations),
    access,
    istio,
    machines: planMachines(relations, istio.addresses),
    tasks: planTasks(relations, istio.addresses),
    federation: planFederation(relations),
    tenancy: planTenancy(relations),
  };
}
