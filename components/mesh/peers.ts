/** Reads what other stacks put out of their meshes, before anything is planned. */
import * as pulumi from "@pulumi/pulumi";
import { formatProblems, pathOf } from "../topology";
import type { PeerOutput, Problem, PublishedMesh } from "../topology";

/** Peers of a description whose shape is not checked yet, with the outputs that they name. */
function outputsIn(description: unknown): [name: string, output: Required<PeerOutput>][] {
  const peers = at(at(description, "federation"), "peers");
  if (typeof peers !== "object" || peers === null) return [];
  return Object.entries(peers).flatMap(([name, peer]) => {
    const output = at(peer, "output");
    const [stack, key, mesh = name] = ["stack", "name", "mesh"].map((one) => at(output, one));
    const isWhole = [stack, key, mesh].every((one) => typeof one === "string" && one !== "");
    // What is not whole the check of the shape will say.
    return isWhole ? [[name, { stack, name: key, mesh } as Required<PeerOutput>]] : [];
  });
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** What was read, and what is missing of it. */
export interface ReadPeers {
  peers: Record<string, PublishedMesh>;
  missing: Problem[];
}

/** With every peer of which a stack puts out nothing, for who has more to say of the description. */
export async function findPeers(description: unknown): Promise<ReadPeers> {
  const named = outputsIn(description);
  const stacks = new Map<string, pulumi.StackReference>();
  for (const [, { stack }] of named)
    if (!stacks.has(stack))
      stacks.set(stack, new pulumi.StackReference(`peers/${stack}`, { name: stack }));
  const read = await Promise.all(
    named.map(async ([name, output]) => {
      const found = await stacks.get(output.stack)!.getOutputDetails(output.name);
      return { name, output, value: at(found.value ?? found.secretValue, output.mesh) };
    }),
  );
  const found = read.filter(({ value }) => value !== undefined);
  return {
    // Its shape is checked with the description.
    peers: Object.fromEntries(found.map(({ name, value }) => [name, value as PublishedMesh])),
    missing: read
      .filter((one) => !found.includes(one))
      .map(({ name, output }) => missingIn(name, output)),
  };
}

/**
 * What the stacks of all peers put out, by peer: what `existing.peers` of a MeshTopology's args takes. Other stacks' states are read in a preview too.
 *
 * Throws where one is missing, with every one that is.
 *
 * @param description the description that names them
 */
export async function readPeers(description: unknown): Promise<Record<string, PublishedMesh>> {
  const { peers, missing } = await findPeers(description);
  if (missing.length > 0) throw new pulumi.RunError(formatProblems(missing));
  return peers;
}

function missingIn(peer: string, { stack, name, mesh }: Required<PeerOutput>): Problem {
  return {
    path: pathOf("federation", "peers", peer, "output"),
    got: `nothing of mesh ${mesh} in output ${name} of stack ${stack}`,
    allowed: "a mesh with a trust domain of its own, whose stack is up",
    fix: `run \`pulumi up --stack ${stack}\` once without what it imports from here, or correct stack, name and mesh`,
  };
}
