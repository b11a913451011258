/** Openings as plain values, and what descriptions say of them. */
import fc from "fast-check";
import type { Opening } from "../../components/network/firewall/openings";
import type { TopologyDescription } from "../../components/topology";
import { servedDescriptions } from "../network/support";
import { descriptions } from "./descriptions";

/** An opening with each place by its name: `pods of east`, `API server of east`, `load balancer prod/east/public`. */
export function plainly({ to, from, ...opening }: Opening) {
  return { ...opening, to: nameOf(to), from: from.map(nameOf) };
}

export type PlainOpening = ReturnType<typeof plainly>;

function nameOf(place: Opening["to"] | Opening["from"][number]): string {
  switch (place.kind) {
    case "pods":
      return podsOf(place.of.cluster.name);
    case "api":
      return apiOf(place.of.cluster.name);
    case "balancer":
      return `load balancer ${place.of.key}`;
    case "mesh":
      return `mesh ${place.of.mesh.name}`;
    case "outside":
      return `${place.of.kind} in ${place.of.vpc.id}`;
    case "addresses":
      return place.cidrs.join();
    case "given-group":
    case "given-list":
      return place.id;
    case "anyone":
      return "anyone";
  }
}

export function podsOf(cluster: string): string {
  return `pods of ${cluster}`;
}

export function apiOf(cluster: string): string {
  return `API server of ${cluster}`;
}

/** The same openings in an order that says nothing. */
export function ordered(openings: Pick<PlainOpening, "name" | "to" | "from">[]) {
  const key = ({ to, name }: Pick<PlainOpening, "name" | "to">) => `${to} ${name}`;
  return openings
    .map((opening) => ({ ...opening, from: [...opening.from].sort() }))
    .sort((a, b) => key(a).localeCompare(key(b)));
}

/** Asks a claim of many descriptions, which returns how much it has seen: at least so much in all. */
export function forAll(atLeast: number, claim: (description: TopologyDescription) => number): void {
  let seen = 0;
  fc.assert(
    fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
      seen += claim(description);
    }),
  );
  if (seen < atLeast) throw new Error(`${seen} of at least ${atLeast} were seen`);
}
