/**
 * Results in the order of the items, so many at a time; undefined as soon as one of them is, and
 * then nothing new begins.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  run: (item: T) => Promise<R | undefined>,
): Promise<R[] | undefined> {
  const results: R[] = [];
  let next = 0;
  let stopped = false;
  const worker = async () => {
    while (next < items.length && !stopped) {
      const index = next++;
      const result = await run(items[index]);
      if (result === undefined) stopped = true;
      else results[index] = result;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return stopped ? undefined : results;
}
