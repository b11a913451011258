/** Runs of two things that are compared. */

const RUNS = 5;

interface Run {
  /** Seconds of processor time. */
  processor: number;
}

/** Runs both in turn, so that other work on the machine disturbs both alike; the median run of each. */
export async function inTurn<A extends Run, B extends Run>(
  first: () => Promise<A>,
  second: () => Promise<B>,
): Promise<[A, B]> {
  const [ones, others]: [A[], B[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    ones.push(await first());
    others.push(await second());
  }
  return [median(ones), median(others)];
}

function median<T extends Run>(runs: T[]): T {
  return runs.sort((a, b) => a.processor - b.processor)[(runs.length - 1) / 2]!;
}
