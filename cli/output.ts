/** What another program prints. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Bytes that a program may print. */
const MOST = 1 << 26;

/** What becomes of what a program prints; `refuse` gets the first line of what it, or who reads it, has to complain of. */
export async function outputOf<T>(
  program: string,
  words: string[],
  read: (text: string) => T,
  refuse: (got: string) => never,
): Promise<T> {
  try {
    const { stdout } = await promisify(execFile)(program, words, { maxBuffer: MOST });
    return read(stdout);
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT") return refuse(`no program ${program}`);
    return refuse((stderr?.trim() || message).split("\n")[0]!);
  }
}
