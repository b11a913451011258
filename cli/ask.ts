/** Questions on a terminal, one line each. */
import { createInterface } from "node:readline/promises";
import type { Streams } from "./exitCode";

/** An answer that `complain` has nothing against, or `otherwise` where there is none. */
export type Ask = (question: {
  text: string;
  otherwise: string;
  complain(answer: string): string | undefined;
}) => Promise<string>;

/** Whether somebody is there to answer. */
export function isAsked({ stdin, stdout }: Streams): boolean {
  return stdin?.isTTY === true && stdout.isTTY === true;
}

/** What a conversation comes to; undefined where it is broken off, by Ctrl-C or an end of input. */
export async function converse<T>(
  { stdin, stdout }: Streams,
  talk: (ask: Ask) => Promise<T>,
): Promise<T | undefined> {
  const output = stdout as NodeJS.WritableStream;
  const lines = createInterface({ input: stdin!, output, terminal: true });
  const end = new AbortController();
  lines.once("close", () => end.abort());
  try {
    return await talk(async ({ text, otherwise, complain }) => {
      for (;;) {
        const said = await lines.question(`${text} [${otherwise}] `, { signal: end.signal });
        const answer = said.trim() || otherwise;
        const complaint = complain(answer);
        if (complaint === undefined) return answer;
        output.write(`  ${complaint}\n`);
      }
    });
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
    output.write("\n");
    return undefined;
  } finally {
    lines.close();
  }
}
