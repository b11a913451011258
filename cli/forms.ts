/** What the command line prints for machines: each form has a version, and a schema in `schema/` that is made from these types. */
import type { DiffReport } from "./diff/report";
import type { Report } from "./report/report";
import type { ResourceReport } from "./report/resource";

/** A field may be added; a field that goes, or means something else, raises it. */
export const JSON_VERSION = 1;

/** A plan, as `plan --json` prints it. */
export interface PlanJson extends Report {
  /** Version of this form. */
  version: typeof JSON_VERSION;
  /** Every resource, by URN. */
  resources: ResourceReport[];
}

/** A diff, as `diff --json` prints it. */
export interface DiffJson extends DiffReport {
  /** Version of this form. */
  version: typeof JSON_VERSION;
}

/** A refusal, as every command with `--json` prints it instead, with exit code 2. */
export interface RefusalJson {
  /** Version of this form. */
  version: typeof JSON_VERSION;
  refused: {
    /** All that is refused, in words. */
    message: string;
    /** What is to be mended; none where arguments, or a program's own check, are refused. */
    problems: ProblemJson[];
  };
}

/** Something that is to be mended in a stack file. */
export interface ProblemJson {
  /** The rule that it breaks; `shape` where a value is none of its field's, `file` where the file is no stack file, `argument`. */
  rule: string;
  /** Where in the description, such as `clusters.east.network`. */
  path: string;
  /** The stack file, as it was named, whose description the path is of. */
  file?: string;
  /** Line of the path in the file, from 1; of what is above it, where the path is not there. */
  line?: number;
  /** Column in that line, from 1. */
  column?: number;
  /** What stands there. */
  got: string;
  /** What may stand there. */
  allowed: string;
  /** What to do. */
  fix: string;
}
