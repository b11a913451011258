import fc from "fast-check";

/** Picks from what a description happens to hold, by numbers that were drawn beforehand. */
export class Choose {
  private next = 0;

  constructor(private readonly numbers: readonly number[]) {}

  /** One of a list; undefined where it is empty. */
  of<T>(list: readonly T[]): T | undefined {
    return list.length === 0
      ? undefined
      : list[this.numbers[this.next++ % this.numbers.length] % list.length];
  }

  /** An entry of a map. */
  entry<T>(map: Record<string, T> | undefined): [string, T] | undefined {
    return this.of(Object.entries(map ?? {}));
  }

  /** A value of a map that answers to a condition. */
  value<T>(map: Record<string, T> | undefined, condition: (value: T) => boolean = () => true) {
    return this.of(Object.values(map ?? {}).filter(condition));
  }
}

/** Numbers to choose by. */
export const choices: fc.Arbitrary<Choose> = fc
  .array(fc.nat(1_000_000), { minLength: 8, maxLength: 8 })
  .map((numbers) => new Choose(numbers));
