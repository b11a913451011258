/** Smallest words of every report. */

/** What something is called, and what there is to say of it. */
export type Row = [label: string, says: string];

/** `3 subnets`, `1 subnet`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
