/** The shape of what another stack puts out of a mesh: it may be of another version, or of somebody else's program. */
import { mapValues } from "../records";
import { publishedMesh } from "./federationSchema";
import { pathOf } from "./path";
import type { Problem } from "./problem";
import { sorted } from "./sorted";
import type { PublishedPeer } from "./topology";

/** What was read of peers, or what is wrong with it. */
export function checkPeers(read: Record<string, unknown>): {
  peers: Record<string, PublishedPeer>;
  problems: Problem[];
} {
  const results = mapValues(read, (value) => publishedMesh.safeParse(sorted(value)));
  const problems = Object.entries(results).flatMap(([name, { error }]) =>
    (error?.issues ?? []).map(({ path, message }) => ({
      path: pathOf("federation", "peers", name, "output"),
      got: path.length === 0 ? message : `${pathOf(...path)}: ${message}`,
      allowed: "what this package puts out as `federation`, of one mesh",
      fix: "name that output, and use one version of this package in both stacks; or write it under given",
    })),
  );
  if (problems.length > 0) return { peers: {}, problems };
  return { peers: mapValues(results, ({ data }) => data!), problems };
}
