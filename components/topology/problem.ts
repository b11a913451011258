/** Config key that holds the description. */
export const DESCRIPTION_KEY = "istio-patterns:topology";

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

/**
 * Every problem, in the order of the description's paths as found, under one heading.
 *
 * @param isPartial what builds on these could not be checked
 */
export function formatProblems(problems: Problem[], isPartial = false): string {
  const lines = problems.map((problem) => `  ${formatProblem(problem)}`);
  return [`${problemsHeading(problems.length, isPartial)}:`, ...lines].join("\n");
}

/** How many problems there are, and whether these may be all. */
export function problemsHeading(number: number, isPartial = false): string {
  const heading = `${DESCRIPTION_KEY} has ${number} problem${number === 1 ? "" : "s"}`;
  const these = number === 1 ? "it is" : "these are";
  return isPartial ? `${heading}; more may show once ${these} mended` : heading;
}

const LONGEST = 80;

/** A value as a user would write it in the description, cut where it is long. */
export function written(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return cut(`[${value.map(leaf).join(", ")}]`);
  return cut(leaf(value));
}

function leaf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const keys = Object.keys(value);
  return keys.length === 0 ? "{}" : `a map of ${keys.join(", ")}`;
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`;
}
