/** A stack file as git has it. */
import { execFile } from "node:child_process";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";
import { refuseArgument } from "../problems";
import type { Source } from "../stackFile";

/** The file at a commit, branch or tag; read from git's own store, so that the work tree stays as it is. */
export async function readFromGit(ref: string, file: string): Promise<Source> {
  const path = `${ref}:${file}`;
  // Neither a ref nor a path is taken for an option: git names an object by both, joined.
  const words = ["-C", dirname(file), "show", "--end-of-options", `${ref}:./${basename(file)}`];
  try {
    const { stdout } = await promisify(execFile)("git", words, { maxBuffer: 1 << 26 });
    return { path, text: stdout };
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    return refuseArgument({
      path: `--git ${ref}`,
      got: (stderr?.trim() || message).split("\n")[0]!,
      allowed: `a commit, branch or tag that has ${file}`,
      fix: "fetch it first: a pipeline's clone often holds one commit alone",
    });
  }
}
