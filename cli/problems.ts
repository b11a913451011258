/** What the command line refuses, in the one form that the program prints too. */
import * as pulumi from "@pulumi/pulumi";
import { formatProblem, problemsHeading } from "../components/topology";
import type { Finding, Problem } from "../components/topology";
import { CALLED } from "./called";
import { positionsOf } from "./lines";

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
  /**
   * @param heading what stands before the problems
   * @param source stack file whose description the paths of the problems are of
   */
  constructor(
    message: string,
    readonly problems: Refused[] = [],
    readonly heading = "",
    readonly source?: Source,
  ) {
    super(message);
  }
}

/** The file itself is at fault. */
export function refuseFile(problem: Problem): never {
  const [heading, rule] = ["The stack file has 1 problem", "file"];
  const message = `${heading}:\n  ${formatProblem(problem)} [${rule}]`;
  throw new Refusal(message, [{ rule, ...problem }], heading);
}

/** The description in a file is at fault; partial: in what could be checked. */
export function refuseDescription(
  problems: (Problem | Finding)[],
  source?: Source,
  isPartial = false,
): never {
  const refused = problems.map((problem) => ({
    ...{ rule: "shape", ...problem },
    fix: pasteable(problem.fix, source),
  }));
  const heading = problemsHeading(refused.length, isPartial);
  const message = [`${heading}:`, ...linesOf(refused, source), EXPLAINED].join("\n");
  throw new Refusal(message, refused, heading, source);
}

/** What follows problems of a description. */
export const EXPLAINED = `\`${CALLED} explain <rule>\` says why.`;

/** One line each, as editors and terminals know them: `file:line:column: path: got ...`, and the rule that may be explained. */
function linesOf(problems: Refused[], source?: Source): string[] {
  const placeOf = placesIn(source);
  return problems.map(
    (problem) => `  ${placeOf(problem.path)}${formatProblem(problem)} [${problem.rule}]`,
  );
}

/** `Pulumi.dev.yaml:7:12: ` of a path; nothing where no file is known. */
export function placesIn(source?: Source): (path: string) => string {
  if (!source) return () => "";
  const positionOf = positionsOf(source.text);
  return (path) => {
    const { line, column } = positionOf(path) ?? {};
    return line === undefined ? `${source.path}: ` : `${source.path}:${line}:${column}: `;
  };
}

/** Names of files that a shell takes as they are, and those that it takes in quotes; a ref of git is neither. */
const [PLAIN_NAME, QUOTED_NAME] = [/^[\w./-]+$/, /^[^:'\n]+$/];

/** A command that changes the very file, whatever the stack that is selected. */
export function pasteable(fix: string, source?: Source): string {
  if (!source || !QUOTED_NAME.test(source.path)) return fix;
  const file = PLAIN_NAME.test(source.path) ? source.path : `'${source.path}'`;
  return fix.replaceAll(
    /`pulumi config set (?=[^`]*`)/g,
    (command) => `${command}--config-file ${file} `,
  );
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
