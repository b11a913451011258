/** Runs MeshTopology in a program of a user's. */
import assert from "node:assert/strict";
import { MeshTopology } from "../../components";
import type { MeshTopologyArgs, MeshTopologyOptions } from "../../components";
import type { RunOptions } from "../../engine";
import { mockRun } from "../support/graph";
import type { Graph } from "../support/graph";

export const PROVIDER = "pulumi:providers:aws";
export const REGION = { "aws:region": "eu-west-1" };

/** A program that makes one or several and puts all their outputs out. */
export function run(
  args: MeshTopologyArgs | Record<string, MeshTopologyArgs>,
  options: RunOptions = {},
  opts?: () => MeshTopologyOptions,
): Promise<Graph> {
  const all = "topology" in args ? { mesh: args as MeshTopologyArgs } : args;
  const make = () => {
    const made = Object.entries(all).map(
      ([name, each]) => new MeshTopology(name, each as MeshTopologyArgs, opts?.()),
    );
    const [{ vpcs, clusters, securityGroups, gatewayAddresses, kubeconfigs }] = made;
    return { vpcs, clusters, securityGroups, gatewayAddresses, kubeconfigs };
  };
  return mockRun(make, { config: REGION, ...options });
}

/** The error that a program ends with. */
export async function refusal(...args: Parameters<typeof run>): Promise<Error> {
  return run(...args).then(
    () => assert.fail("the program was not refused"),
    (error: Error) => error,
  );
}
