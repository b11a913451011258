/** What the measurements must keep to. */
import type { Measured } from "./measure";

export interface Check {
  claim: string;
  got: number;
  limit: number;
  ok: boolean;
}

/** Every claim about how a plan grows, with the number found. */
export function checkGrowth(measured: Measured[]): Check[] {
  const at = (clusters: number) => measured.find((each) => each.clusters === clusters)!;
  const perResource = ({ processor, resources }: Measured) => (processor / resources) * 1000;
  return [
    atMost(
      "resources at 50 clusters grow linearly from 20",
      at(50).resources,
      (50 / 20) * 1.05 * at(20).resources,
    ),
    atMost("resources at 20 clusters: 60 + 70 for each", at(20).resources, 60 + 70 * 20),
    atMost(
      "processor ms per resource at 50 clusters: 1.5 times that at 5",
      perResource(at(50)),
      1.5 * perResource(at(5)),
    ),
    atMost(
      "seconds of `up` at 20 clusters: 1.1 times that at 2",
      at(20).makespan,
      1.1 * at(2).makespan,
    ),
  ];
}

function atMost(claim: string, got: number, limit: number): Check {
  return { claim, got, limit, ok: got <= limit };
}
