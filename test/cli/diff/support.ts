/** Changes of descriptions, and what they come to. */
import { buildDiff } from "../../../cli/diff/build";
import type { DiffReport } from "../../../cli/diff/report";
import type { TopologyDescription } from "../../../components/topology";
import { patterns } from "../../support/topologies";
import { planOf } from "../support";

export const TWO = patterns["02-multi-primary-different-networks"];

export type Change = (description: TopologyDescription) => void;

/** What a change of a description comes to. */
export async function diffOf(before: TopologyDescription, change: Change): Promise<DiffReport> {
  const after = structuredClone(before);
  change(after);
  const [base, head] = [await planOf(before), await planOf(after)];
  return buildDiff({ name: "base", plan: base }, { name: "head", plan: head });
}

export const moveVpc: Change = ({ networks }) => void (networks["net-east"].cidr = "10.99.0.0/16");
export const addCluster: Change = ({ networks, clusters, meshes }) => {
  networks["net-north"] = { cidr: "10.30.0.0/16" };
  clusters.north = { network: "net-north" };
  meshes.prod.clusters.north = {};
};
export const bumpIstio: Change = ({ istio }) => void (istio!.version = "1.31.3");
