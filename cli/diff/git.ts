/** A stack file as git has it. */
import { basename, dirname } from "node:path";
import { outputOf } from "../output";
import { refuseArgument } from "../problems";
import type { Source } from "../problems";

/** The file at a commit, branch or tag; read from git's own store, so that the work tree stays as it is. */
export async function readFromGit(ref: string, file: string): Promise<Source> {
  const path = `${ref}:${file}`;
  // Neither a ref nor a path is taken for an option: git names an object by both, joined.
  const words = ["-C", dirname(file), "show", "--end-of-options", `${ref}:./${basename(file)}`];
  return outputOf(
    "git",
    words,
    (text) => ({ path, text }),
    (got) =>
      refuseArgument({
        path: `--git ${ref}`,
        got,
        allowed: `a commit, branch or tag that has ${file}`,
        fix: FIXES.find(([said]) => said.test(got))?.[1] ?? FETCH,
      }),
  );
}

const FETCH = "fetch it first: a pipeline's clone often holds one commit alone";

/** What to do, by what git says. */
const FIXES: readonly [said: RegExp, fix: string][] = [
  [/^no program git$/, "install git, or compare two files: `diff <base> <head>`"],
  [/not a git repository/, "name a file in a clone, or compare two files: `diff <base> <head>`"],
  [
    /exists on disk, but not in|does not exist/,
    "where the file is new there is nothing to compare: `plan` it",
  ],
];
