/** Plans of every pattern and of variants that add what the ready stack files leave out. */
import { planStack } from "../../cli/planFile";
import type { FilePlan } from "../../cli/planFile";
import type { TopologyDescription } from "../../components/topology";
import { patterns } from "../support/topologies";
import * as variants from "../support/variants";

export const subjects: Record<string, TopologyDescription> = {
  ...patterns,
  managedNodes: variants.managedNodes,
  transitGateways: variants.transitGateways,
  behindHub: variants.behindHub,
  joinedByOthers: variants.joinedByOthers,
  brought: variants.brought,
  broughtConfigCluster: variants.broughtConfigCluster,
  twoServers: variants.twoServers,
  management: variants.management,
  movingRemotes: variants.movingRemotes,
};

const plans = new Map<TopologyDescription, Promise<FilePlan>>();

/** Planned once for all tests that look at it. */
export function planOf(description: TopologyDescription): Promise<FilePlan> {
  const planned = plans.get(description) ?? planDescription(description);
  plans.set(description, planned);
  return planned;
}

function planDescription(description: TopologyDescription): Promise<FilePlan> {
  const config = { "aws:region": "eu-west-1" };
  return planStack({ stack: "test", region: "eu-west-1", description, config, secretKeys: [] });
}
