import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** What a judge has against something. */
export interface Finding {
  readonly judge: "cfn-lint" | "check-jsonschema" | "checkov" | "kubernetes" | "parliament";
  /** The judge's own name of what is wrong. */
  readonly rule: string;
  /** The thing, without the stack file or variant. */
  readonly where: string;
  /** The stack file or variant. */
  readonly subject: string;
  readonly message: string;
}

/** Where judges work, and with what. */
export interface Court {
  /** Folder of this run. */
  readonly work: string;
  /** The Python that has the judges. */
  readonly python: string;
  readonly helm: string;
  readonly charts: string;
}

/** A document that a judge reads as a file. */
export interface Exhibit {
  /** Of the file, without an ending. */
  readonly name: string;
  readonly text: string;
}

/** A folder of its own that holds the exhibits. */
export function laidOut(court: Court, exhibits: readonly Exhibit[], ending: string): string {
  const folder = fs.mkdtempSync(path.join(court.work, "exhibits-"));
  for (const { name, text } of exhibits) fs.writeFileSync(path.join(folder, name + ending), text);
  return folder;
}

const largest = 256 * 1024 * 1024;

/** Standard output of Python, run with arguments that call a judge. It ends with one of the codes when it has come to its end, found something or not. */
export function asked(
  court: Court,
  args: readonly string[],
  codes: readonly number[],
  input = "",
): Promise<string> {
  // Settings and caches of whoever runs the lab are no part of it.
  const env = { PATH: process.env.PATH, HOME: court.work, TMPDIR: court.work };
  const options = { cwd: court.work, env, maxBuffer: largest };
  return new Promise((resolve, reject) => {
    const child = execFile(court.python, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number" && codes.includes(code)) resolve(stdout);
      else reject(new Error(`${args.slice(0, 2).join(" ")} ended with ${code}: ${stderr}`));
    });
    child.stdin?.end(input);
  });
}
