/** What is wrong with a description, in the one form that program, plugin and CLI print. */
export interface Problem {
  /** Where in the description, such as `clusters.east.network`. */
  path: string;
  /** The value found there, as the user would write it; "nothing" where it is missing. */
  got: string;
  /** What may stand there. */
  allowed: string;
  /** What to do. */
  fix: string;
}

/** One line per problem: `clusters.east.network: got "sharde"; allowed: shared, wide; fix: did you mean "shared"?` */
export function formatProblem(problem: Problem): string {
  return `${problem.path}: got ${problem.got}; allowed: ${problem.allowed}; fix: ${problem.fix}`;
}

/** Every problem, in the order of the description's paths as found, under one heading. */
export function formatProblems(problems: Problem[]): string {
  const heading =
    problems.length === 1
      ? "istio-patterns:topology has 1 problem:"
      : `istio-patterns:topology has ${problems.length} problems:`;
  return [heading, ...problems.map((problem) => `  ${formatProblem(problem)}`)].join("\n");
}

/** A value as a user would write it in the description. */
export function written(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
