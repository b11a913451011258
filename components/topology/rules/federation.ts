/** What federation gateways need before anything can be related to them. */
import { find } from "../../records";
import { pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import { oneOf } from "../suggest";
import type { Topology } from "../topology";
import { hasPlaces, when } from "./support";

function checkMembers({ federation, meshes, description }: Topology): Problem[] {
  return Object.entries(federation.gateways).flatMap(([name, { clusters }]) => {
    const mesh = find(meshes, name);
    if (mesh === undefined || !hasPlaces(description.meshes[name]!, description)) return [];
    const members = Object.keys(mesh.members);
    return clusters.flatMap((cluster, index) =>
      when(Object.hasOwn(description.clusters, cluster) && !members.includes(cluster), {
        path: pathOf("federation", "gateways", name, "clusters", index),
        got: written(cluster),
        allowed: `a member of mesh ${name}: ${oneOf(members)}`,
        fix: "name one of these",
      }),
    );
  });
}

export const federationFormRules: Rule[] = [
  {
    id: "federation-gateway-member",
    summary: "The gateways of an exporting mesh stand in its own clusters.",
    why: "They lead to what the istiod of their cluster knows.",
    severity: Severity.Problem,
    foundation: true,
    check: checkMembers,
  },
];
