/** What every command ends with, and writes to. */

/**
 * Exit codes. Refused is what the user can mend; crashed is a bug; differs is a cluster that is not as planned; interrupted is
 * what a shell says of it.
 */
export const ExitCode = {
  Planned: 0,
  Crashed: 1,
  Refused: 2,
  Differs: 3,
  Interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface Streams {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: { write(text: string): unknown; isTTY?: boolean };
}
