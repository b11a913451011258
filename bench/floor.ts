/** Holds the time of a plan against its floor: the time that its resources take when one registers them by hand. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Registration } from "../engine";
import { table } from "../cli/text/layout";
import { checkFloor } from "./limits";
import type { Check, Compared } from "./limits";
import { graphOf, inChild, measure, timed } from "./measure";
import { register } from "./register";
import { inTurn } from "./runs";

/** What the child reads: what to register before anything is measured, and what to measure. */
interface Task {
  first: Registration[];
  resources: Registration[];
}

interface Floor {
  processor: number;
  urns: string[];
}

/** Measures plans of these sizes and their floors, prints both, and says whether the plans keep to the limit. */
export async function compareFloor(
  sizes: number[],
  print: (...lines: string[]) => void,
): Promise<Check[]> {
  const directory = mkdtempSync(join(tmpdir(), "bench-floor-"));
  try {
    const compared: Compared[] = [];
    for (const clusters of sizes) {
      compared.push(await compare(clusters, directory));
      print(`  ${clusters} of ${sizes.at(-1)} clusters compared with their floor`);
    }
    print("", ...table([HEADING, ...compared.map(row)]), "");
    return compared.flatMap(checkFloor);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const HEADING = ["clusters", "plan: processor s", "floor: processor s", "plan / floor"];

function row({ clusters, plan, floor, ratio }: Compared): string[] {
  return [String(clusters), ...[plan, floor, ratio].map((number) => number.toFixed(2))];
}

async function compare(clusters: number, directory: string): Promise<Compared> {
  const { resources: first } = await graphOf({ clusters: 1 });
  const { resources } = await graphOf({ clusters });
  const file = join(directory, `${clusters}.json`);
  writeFileSync(file, JSON.stringify({ first, resources } satisfies Task));
  const {
    first: plan,
    second: floor,
    ratio,
  } = await inTurn(
    () => measure({ clusters }),
    () => inChild<Floor>("--floor", file),
  );
  return {
    clusters,
    plan: plan.processor,
    floor: floor.processor,
    ratio,
    strangers: strangers(
      resources.map(({ urn }) => urn),
      floor.urns,
    ),
  };
}

/** Runs in the child: a process that has planned the graph would have warmed up for it. */
export async function registerHere(file: string): Promise<void> {
  const { first, resources }: Task = JSON.parse(readFileSync(file, "utf8"));
  const { result, processor } = await timed(
    () => register(first),
    () => register(resources),
  );
  const urns = result.resources.map(({ urn }) => urn);
  process.stdout.write(JSON.stringify({ processor, urns } satisfies Floor));
}

/** URNs that only one of two graphs holds. */
export function strangers(planned: string[], registered: string[]): string[] {
  const [a, b] = [new Set(planned), new Set(registered)];
  return [...planned.filter((urn) => !b.has(urn)), ...registered.filter((urn) => !a.has(urn))];
}
