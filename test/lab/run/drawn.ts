import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import type { TopologyDescription, TrustDescription } from "../../../components/topology";
import { descriptionsOf } from "../../support/descriptions";
import { CONTEXT } from "../../support/topologies";
import { beyondLab } from "./limits";

/** One of the descriptions that a seed draws. */
export interface Draw {
  readonly seed: number;
  /** From 0. */
  readonly nth: number;
}

/** Without what the lab has not, where something else can stand in its place. */
function ofTheLab(description: TopologyDescription): TopologyDescription {
  const { trust, ...drawn } = structuredClone(description);
  if (drawn.api?.private) delete drawn.api;
  for (const cluster of Object.values(drawn.clusters)) {
    if (cluster.api?.private) delete cluster.api;
    delete cluster.nodes;
    delete cluster.gatewayApi;
  }
  for (const mesh of Object.values(drawn.meshes)) {
    if (hasSecret(mesh.trust)) delete mesh.trust;
    // Asked by plain HTTP, from where the lab is.
    for (const gateway of Object.values(mesh.ingress ?? {})) {
      delete gateway.ports;
      delete gateway.allowFrom;
    }
  }
  return hasSecret(trust) ? drawn : { ...drawn, ...(trust && { trust }) };
}

const hasSecret = (trust?: TrustDescription): boolean =>
  Object.values(trust?.roots ?? {}).some(({ secret }) => secret !== undefined);

/** Two clusters: each more takes minutes, and one alone reaches no other. */
const small = descriptionsOf({ networks: 2, clusters: 2, meshes: 2 })
  .map(ofTheLab)
  .filter((one) => Object.keys(one.clusters).length === 2 && beyondLab(one).length === 0);

export function drawn({ seed, nth }: Draw): TopologyDescription {
  return fc.sample(small, { seed, numRuns: nth + 1 })[nth];
}

/** Writes a stack file of what was drawn; where it is. */
export function writeDrawn(folder: string, draw: Draw): string {
  const file = path.join(folder, `random-${draw.seed}-${draw.nth}.yaml`);
  const config = { "aws:region": CONTEXT.region, "istio-patterns:topology": drawn(draw) };
  fs.writeFileSync(file, stringify({ config }));
  return file;
}
