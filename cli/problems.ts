/** What the command line refuses, in the one form that the program prints too. */
import * as pulumi from "@pulumi/pulumi";
import { formatProblem, formatProblems } from "../components/topology";
import type { Finding, Problem } from "../components/topology";

/** Where a stack file was read, and what stands there. */
export interface Source {
  /** As it was named; `<ref>:<file>` where git has it. */
  path: string;
  text: string;
}

/** A problem with the rule that it breaks. */
export interface Refused extends Problem {
  /** A rule of the topology; `shape`, `file` or `argument` where none of them got to see it. */
  rule: string;
}

/** A user's mistake: it is printed as it is, without a stack trace, and ends the process with 2. */
export class Refusal extends Error {
  /** @param source stack file whose description the paths of the problems are of */
  constructor(
    message: string,
    readonly problems: Refused[] = [],
    readonly source?: Source,
  ) {
    super(message);
  }
}

/** The file itself is at fault. */
export function refuseFile(problem: Problem): never {
  const message = `The stack file has 1 problem:\n  ${formatProblem(problem)}`;
  throw new Refusal(message, [{ rule: "file", ...problem }]);
}

/** The description in a file is at fault. */
export function refuseDescription(problems: (Problem | Finding)[], source?: Source): never {
  const refused = problems.map((problem) => ({ rule: "shape", ...problem }));
  throw new Refusal(formatProblems(problems), refused, source);
}

/** An argument of the command is at fault. */
export function refuseArgument(problem: Problem): never {
  throw new Refusal(formatProblem(problem), [{ rule: "argument", ...problem }]);
}

/** Whether an error is a user's mistake, found here, by the program or by a component. */
export function isMistake(error: unknown): error is Error {
  const { RunError, InputPropertyError, InputPropertiesError } = pulumi;
  const kinds = [RunError, InputPropertyError, InputPropertiesError];
  return error instanceof Refusal || kinds.some((kind) => kind.isInstance(error));
}
