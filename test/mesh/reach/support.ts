import fc from "fast-check";
import { planReach } from "../../../components/mesh/reach";
import type { Cell } from "../../../components/mesh/reach";
import type { TopologyDescription } from "../../../components/topology";
import { descriptions } from "../../support/descriptions";
import { factsOf, relationsOf } from "../../support/topologies";
import { servedDescriptions } from "../../network/support";
import type { Made } from "./claims";

export const drawn = fc.oneof(descriptions, servedDescriptions);

/** The matrix of a description, with what it is made from. */
export function made(description: TopologyDescription): Made {
  const relations = relationsOf(description);
  const { network } = factsOf(description);
  return { topology: relations.topology, network, reach: planReach(relations, network) };
}

/** `direct as spiffe://…`, `through a, b`, `not at all: closed`. */
export function said({ way, identity }: Cell): string {
  const as = identity === undefined ? "" : ` as ${identity}`;
  switch (way.kind) {
    case "direct":
      return `direct${as}`;
    case "gateways":
      return `through ${way.through.map((hop) => hop.join(" or ")).join(", ")}${as}`;
    case "none":
      return `not at all: ${way.why}`;
  }
}

/** Every cell of a description in words, by `from → to`. */
export function cellsOf(description: TopologyDescription): Record<string, string> {
  const { reach } = made(description);
  return Object.fromEntries(reach.cells.map((cell) => [`${cell.from} → ${cell.to}`, said(cell)]));
}
