import { sleep } from "../machine/processes";

/** One request; a string says why it failed. */
export type Ask = () => Promise<string | undefined>;

/** Where nothing else is said. */
const usualPerSecond = 100;
/**
 * A connection that a proxy keeps may be closed from its other end just as a request goes out on it. Envoy sends such a request again
 * only where its route says so, since it cannot know what is done twice then; who asks may, where that does no harm
 * (https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2), as here.
 */
const closedUnder = /reset reason: connection termination/;
/** Of so many requests one may be asked again for that: more are no coincidence, and lost. */
const perRepeated = 1000;
/** Requests under way at once: on a machine that is too slow for the rate the others are not made. */
const mostAtOnce = 20;

/** Requests at a steady rate until they are stopped, each on a connection of its own. */
export class Stream {
  readonly failures: string[] = [];
  sent = 0;
  repeated = 0;
  #underWay = 0;
  #stopped = false;
  readonly #over: Promise<void>;

  constructor(
    readonly name: string,
    readonly ask: Ask,
    readonly perSecond = usualPerSecond,
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
      for (; due <= Date.now(); due += 1000 / this.perSecond)
        if (this.#underWay < mostAtOnce) void this.#one();
  }

  async #one(): Promise<void> {
    this.sent += 1;
    this.#underWay += 1;
    let failure = await this.#answer();
    if (failure !== undefined && closedUnder.test(failure)) {
      this.repeated += 1;
      failure = await this.#answer();
    }
    if (failure !== undefined) this.failures.push(failure);
    this.#underWay -= 1;
  }

  #answer(): Promise<string | undefined> {
    return this.ask().catch((error: Error) => error.message);
  }
}

/** What streams have lost, by their names; nothing where each has sent and lost none. */
export function lossesOf(streams: readonly Stream[]): string[] {
  return streams.flatMap((stream) => {
    const { name, sent, failures } = stream;
    if (sent === 0) return [`${name}: no request was sent`];
    const first = failures[0];
    if (first !== undefined) return [`${name}: ${failures.length} of ${sent}, first: ${first}`];
    return stream.repeated * perRepeated > sent ? repeatsOf([stream]) : [];
  });
}

/** What streams have asked again, by their names. */
export function repeatsOf(streams: readonly Stream[]): string[] {
  return streams
    .filter(({ repeated }) => repeated > 0)
    .map(({ name, sent, repeated }) => `${name}: ${repeated} of ${sent} asked again`);
}
