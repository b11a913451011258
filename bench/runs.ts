/** Runs of two things that are compared. */

const RUNS = 5;

interface Run {
  /** Seconds of processor time. */
  processor: number;
}

interface InTurn<A, B> {
  /** The median run of each. */
  first: A;
  second: B;
  /**
   * What the first takes by what the second takes right after it, the median: how fast a machine is changes from one minute
   * to the next by more than what is looked for, and neighbours share it.
   */
  ratio: number;
}

/** Runs both in turn. */
export async function inTurn<A extends Run, B extends Run>(
  first: () => Promise<A>,
  second: () => Promise<B>,
): Promise<InTurn<A, B>> {
  const pairs: { a: A; b: B; ratio: number }[] = [];
  for (let run = 0; run < RUNS; run++) {
    const [a, b] = [await first(), await second()];
    pairs.push({ a, b, ratio: a.processor / b.processor });
  }
  return {
    first: median(pairs, ({ a }) => a.processor).a,
    second: median(pairs, ({ b }) => b.processor).b,
    ratio: median(pairs, ({ ratio }) => ratio).ratio,
  };
}

function median<T>(items: T[], by: (item: T) => number): T {
  return [...items].sort((a, b) => by(a) - by(b))[(items.length - 1) / 2]!;
}
