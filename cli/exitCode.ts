/** What every command ends with, and writes to. */

/** Exit codes of all commands: a pipeline can hold a change back by them. */
export const ExitCode = {
  Done: 0,
  Crashed: 1,
  Refused: 2,
  Differs: 3,
  Changes: 4,
  Dangerous: 5,
  Interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What each means, in one line of the documentation's table and of every command's help. */
export const EXIT_MEANINGS = {
  [ExitCode.Done]: "done: planned, as planned, or nothing changes",
  [ExitCode.Crashed]: "crashed, which is a bug",
  [ExitCode.Refused]: "refused: the stack file or an argument is to be mended",
  [ExitCode.Differs]: "differs: clusters are not as planned, or could not be looked at",
  [ExitCode.Changes]: "changes, none of them dangerous",
  [ExitCode.Dangerous]:
    "dangerous changes: a VPC, cluster, root or a load balancer's addresses go or are made anew, or a port opens to the world",
  [ExitCode.Interrupted]: "interrupted",
} as const satisfies Record<ExitCode, string>;

/** Lines for the help of a command: every one is done, crashes or refuses, and some end otherwise. */
export function exitHelp(...more: ExitCode[]): string {
  const codes = [ExitCode.Done, ExitCode.Crashed, ExitCode.Refused, ...more];
  return ["\nExit codes:", ...codes.map((code) => `  ${code}  ${EXIT_MEANINGS[code]}`)].join("\n");
}

interface Stream {
  write(text: string): unknown;
  isTTY?: boolean;
  /** Of a terminal. */
  columns?: number;
}

export interface Streams {
  /** Where answers come from; absent where nobody answers. */
  stdin?: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: Stream;
  stderr: Stream;
}
