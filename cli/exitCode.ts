/** What every command ends with, and writes to. */

/** Exit codes. Refused is what the user can mend; crashed is a bug; differs is a cluster that is not as planned. */
export const ExitCode = { Planned: 0, Crashed: 1, Refused: 2, Differs: 3 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface Streams {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: { write(text: string): unknown; isTTY?: boolean };
}
