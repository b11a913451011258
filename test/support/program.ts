/** Runs the project's own program on descriptions, as `pulumi preview` would. */
import * as pulumi from "@pulumi/pulumi";
import { program } from "../../components/mesh";
import type { TopologyDescription } from "../../components/topology";
import type { RunOptions } from "../../engine";
import { mockRun } from "./graph";
import type { Graph } from "./graph";

/**
 * The graph of a description; throws what the program throws.
 *
 * @param more what the program's outputs are handed to, for resources beside its own
 */
export function runDescription(
  description: TopologyDescription,
  options: RunOptions = {},
  more: (outputs: Record<string, pulumi.Output<unknown>>) => void = () => {},
): Promise<Graph> {
  const body = async () => {
    const outputs = await program(new pulumi.Config());
    more(outputs);
    return outputs;
  };
  return mockRun(body, {
    ...options,
    config: {
      "aws:region": "eu-west-1",
      "istio-patterns:topology": JSON.stringify(description),
      ...options.config,
    },
  });
}
