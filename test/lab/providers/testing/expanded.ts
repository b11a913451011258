import * as os from "node:os";
import { mockRun } from "../../../support/graph";
import type { Graph } from "../../../support/graph";
import type { Props } from "../base/values";
import { constructCluster } from "../eks/cluster";

/** The children of an `eks:index:Cluster` with these arguments, on the in-process engine. */
export async function expandedCluster(name: string, args: Props): Promise<Graph> {
  // Kubeconfigs look there for an API server that nobody has started.
  process.env.LAB_STORE ??= os.tmpdir();
  return mockRun(() => constructCluster(name, args, {}));
}
