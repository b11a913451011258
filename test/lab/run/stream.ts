import { sleep } from "../machine/processes";

/** One request; a string says why it failed. */
export type Ask = () => Promise<string | undefined>;

const perSecond = 100;
/** Requests under way at once: on a machine that is too slow for the rate the others are not made. */
const mostAtOnce = 20;

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
    for (let due = Date.now(); !this.#stopped; await sleep(5))
      for (; due <= Date.now(); due += 1000 / perSecond)
        if (this.#underWay < mostAtOnce) void this.#one();
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
