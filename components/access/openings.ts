import { API_PORT } from "../cluster/openings";
import type { Opening } from "../network/firewall/openings";
import { Protocol } from "../network/firewall/facts";
import type { Relations } from "../topology";
import { isWatched } from "./plan";

/** What must be open so that istiods read the API servers of other clusters. */
export function accessOpenings({ meshes }: Relations): Opening[] {
  return meshes
    .flatMap(({ members }) => members)
    .filter(isWatched)
    .map(({ at, watchedBy }) => ({
      name: "api",
      to: { kind: "api", of: at },
      from: watchedBy.map((watcher) => ({ kind: "pods", of: watcher.at })),
      ports: [API_PORT, API_PORT],
      protocol: Protocol.Tcp,
      reason: "istiod of other clusters watches the API server",
    }));
}
