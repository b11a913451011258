import * as assert from "node:assert/strict";
import { sleep } from "../machine/processes";
import { proxied } from "./check";
import { callFrom, hostOf, probePod } from "./probe";
import type { Session } from "./session";

/** One request; a string says why it failed. */
export type Ask = () => Promise<string | undefined>;

const perSecond = 100;
/** Milliseconds that they go on for once it has happened. */
const afterwards = 1000;
/** Requests under way at once; more wait, so that a caller that hangs is seen as one. */
const mostAtOnce = 200;

/** Requests at a steady rate until they are stopped, each on a connection of its own. */
export class Stream {
  readonly failures: string[] = [];
  sent = 0;
  #underWay = 0;
  #stopped = false;
  readonly #over: Promise<void>;

  constructor(
    readonly name: string,
    readonly ask: Ask,
  ) {
    this.#over = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#over;
    while (this.#underWay > 0) await sleep(20);
  }

  async #run(): Promise<void> {
    const started = Date.now();
    while (!this.#stopped) {
      const due = ((Date.now() - started) * perSecond) / 1000;
      while (this.sent < due && this.#underWay < mostAtOnce) void this.#one();
      await sleep(5);
    }
  }

  async #one(): Promise<void> {
    this.sent += 1;
    this.#underWay += 1;
    const failure = await this.ask().catch((error: Error) => error.message);
    if (failure !== undefined) this.failures.push(failure);
    this.#underWay -= 1;
  }
}

/** What streams have lost, by their names; nothing where each has sent and lost none. */
export function lossesOf(streams: readonly Stream[]): string[] {
  return streams.flatMap(({ name, sent, failures }) => {
    if (sent === 0) return [`${name}: no request was sent`];
    const first = failures[0];
    return first === undefined ? [] : [`${name}: ${failures.length} of ${sent}, first: ${first}`];
  });
}

/** Calls from every member to every member, at a steady rate each, while something happens: none may be lost. */
export async function underTraffic(session: Session, act: () => Promise<void>): Promise<void> {
  // Without a proxy there is nobody to call.
  if (proxied(session.file.pattern)) return act();
  const streams = await streamsBetween(session);
  try {
    await act();
    await sleep(afterwards);
  } finally {
    await Promise.all(streams.map((stream) => stream.stop()));
  }
  const lost = lossesOf(streams);
  assert.deepEqual(lost, [], `expected no call to be lost:\n${lost.join("\n")}`);
}

async function streamsBetween(session: Session): Promise<Stream[]> {
  const { members } = session;
  const pods = await Promise.all(
    members.map((cluster) => probePod(session.cluster(cluster), { cluster, where: "inside" })),
  );
  return members.flatMap((from, n) =>
    members.map((to) => {
      const host = hostOf({ cluster: to, where: "inside" });
      return new Stream(`${from} to ${to}`, async () => {
        const { body = "", error } = await callFrom(session.cluster(from), pods[n], host, "header");
        return body.startsWith("{") ? undefined : (error ?? body);
      });
    }),
  );
}
