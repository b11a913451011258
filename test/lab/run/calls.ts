/** Calls at a steady rate, in a process of their own: that of the lab carries what they go through. They end with standard input. */
import { until } from "../machine/processes";
import { callThrough } from "./probe";
import { lossesOf, repeatsOf, Stream, type Ask } from "./stream";

/** Who calls whom: the door of a probe, and the name of another. */
export interface Caller {
  readonly name: string;
  readonly door: string;
  readonly host: string;
  /** Port that is called; absent: that of probes. */
  readonly port?: number;
  /** What is asked for; absent: what a probe says of a request. */
  readonly request?: string;
  /** What an answer begins with; absent: as a probe's does. */
  readonly answer?: string;
  /** Requests a second; absent: a hundred. */
  readonly perSecond?: number;
}

/** What it says at its end: calls that were lost, and calls that were answered when they were asked again. */
export interface Told {
  readonly lost: readonly string[];
  readonly repeated: readonly string[];
}

/** What it says once every caller has been answered. */
export const begun = "every caller is answered";

/** Seconds until they are. */
const settleSeconds = 45;

function askOf({ door, host, port, request = "header", answer = "{" }: Caller): Ask {
  return async () => {
    const { body = "", error } = await callThrough(door, host, request, port);
    return body.startsWith(answer) ? undefined : (error ?? body);
  };
}

async function main(callers: readonly Caller[]): Promise<void> {
  const asks = callers.map((caller) => ({ ...caller, ask: askOf(caller) }));
  for (const { name, ask } of asks) {
    let last: string | undefined;
    const answered = async () => (last = await ask()) === undefined;
    await until(`${name}: a first answer`, settleSeconds, answered).catch((error: Error) => {
      throw new Error(`${error.message}; ${last}`);
    });
  }
  const streams = asks.map(({ name, ask, perSecond }) => new Stream(name, ask, perSecond));
  console.log(begun);
  await new Promise((resolve) => process.stdin.resume().once("end", resolve));
  await Promise.all(streams.map((stream) => stream.stop()));
  const told: Told = { lost: lossesOf(streams), repeated: repeatsOf(streams) };
  console.log(JSON.stringify(told));
}

if (require.main === module) {
  main(JSON.parse(process.argv[2])).then(
    () => process.exit(0),
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
}
