/** What the command line refuses, in the one form that the program prints too. */
import * as pulumi from "@pulumi/pulumi";
import { formatProblem, formatProblems } from "../components/topology";
import type { Problem } from "../components/topology";

/** A user's mistake: it is printed as it is, without a stack trace, and ends the process with 2. */
export class Refusal extends Error {}

/** The file itself is at fault. */
export function refuseFile(problem: Problem): never {
  throw new Refusal(`The stack file has 1 problem:\n  ${formatProblem(problem)}`);
}

/** The description in it is at fault. */
export function refuseDescription(problems: Problem[]): never {
  throw new Refusal(formatProblems(problems));
}

/** Whether an error is a user's mistake, found here, by the program or by a component. */
export function isMistake(error: unknown): error is Error {
  const { RunError, InputPropertyError, InputPropertiesError } = pulumi;
  const kinds = [RunError, InputPropertyError, InputPropertiesError];
  return error instanceof Refusal || kinds.some((kind) => kind.isInstance(error));
}
