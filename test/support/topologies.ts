/** Topologies for tests, from the same files and the same defaults that users get. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse as parseYaml } from "yaml";
import { newestKubernetes } from "../../components/versions/istio";
import type { Facts } from "../../components/mesh/facts";
import { plan } from "../../components/mesh/plan";
import {
  formatProblems,
  parse,
  type Relations,
  type Topology,
  type TopologyDescription,
} from "../../components/topology";
import { relate } from "../../components/topology/relations/relate";

export const CONTEXT = {
  name: "test",
  region: "eu-west-1",
  defaults: { kubernetesVersion: newestKubernetes },
};

/** The normalised topology of a description; throws with the problems of its shape. */
export function topologyOf(description: TopologyDescription): Topology {
  const { topology, problems } = parse(description, CONTEXT);
  if (!topology) throw new Error(formatProblems(problems));
  return topology;
}

/** What follows from a description; its names must all lead somewhere. */
export function relationsOf(description: TopologyDescription): Relations {
  return relate(topologyOf(description));
}

/** What every room plans from a description. */
export function factsOf(description: TopologyDescription): Facts {
  return plan(relationsOf(description));
}

const STACKS = join(__dirname, "../../stacks");

/** A stack file as Pulumi reads it. */
export interface StackFile {
  config: Record<string, unknown> & { "istio-patterns:topology": TopologyDescription };
}

/** Stack files by pattern: the file's name without its ending. */
export const stackFiles: Record<string, StackFile> = Object.fromEntries(
  readdirSync(STACKS)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => [
      basename(file, ".yaml"),
      parseYaml(readFileSync(join(STACKS, file), "utf8")) as StackFile,
    ]),
);

/** Descriptions of the patterns that are built, by stack file, with `api` said as a user would. */
export const patterns: Record<string, TopologyDescription> = Object.fromEntries(
  Object.entries(stackFiles).map(([pattern, { config }]) => [
    pattern,
    { ...config["istio-patterns:topology"], api: { allowFrom: ["192.0.2.1/32"] } },
  ]),
);
