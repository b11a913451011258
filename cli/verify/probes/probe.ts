/** Asks every pair of places whether it is as planned: makes probes, asks, and removes them again, whatever happens. */
import { setTimeout as sleep } from "node:timers/promises";
import { PlaceKind } from "../../../components/mesh/reach";
import type { Cell, Reach, ReachPlace } from "../../../components/mesh/reach";
import type { Planned } from "../../../components/mesh";
import { DataPlane } from "../../../components/topology";
import type { Access, Thing } from "../access";
import type { Progress } from "../progress";
import type { Finding } from "../standing/finding";
import { judge } from "./answers";
import type { Answer, Verdict } from "./answers";
import { ask } from "./ask";
import type { Question, Standing } from "./ask";
import { causeOf } from "./causes";
import type { Differing } from "./causes";
import { readEvidence } from "./evidence";
import { podOf, serviceHost } from "./names";
import type { ProbeOptions } from "./names";
import { objectsIn } from "./objects";
import { awaitPod, makeAll, removeAll } from "./stand";

export interface AskOptions extends ProbeOptions {
  /** Pairs of places, as `from:to`; none: all. */
  cells: string[];
  /** Seconds until pods are ready, and until what is planned works. */
  timeout: number;
  /** Ends it: what was made is removed. */
  signal: AbortSignal;
}

export interface Asked {
  verdicts: Verdict[];
  /** What was made and could not be removed, a line for each cluster. */
  left: string[];
}

/** Calls at one time of one probe. */
const AT_ONCE = 4;

/** What is asked about. */
export interface Subject {
  planned: Planned;
  reach: Reach;
  accesses: Record<string, Access>;
  /** Addresses of gateways, by key. */
  gateways: Record<string, string>;
  /** What stands. */
  findings: Finding[];
}

export async function probe(
  subject: Subject,
  options: AskOptions,
  progress: Progress,
): Promise<Asked> {
  const { planned, accesses, gateways } = subject;
  const { namespace, signal } = options;
  const reach = chosen(subject.reach, options.cells);
  const clusters = [...new Set(reach.places.map(({ cluster }) => cluster))];
  const there = clusters.filter((name) => accesses[name] !== undefined);
  const objects = Object.fromEntries(
    there.map((name) => [name, objectsIn(planned.relations, reach.places, name, options)]),
  );
  try {
    const { addresses, why } = await stand(accesses, reach, objects, options, progress);
    const standing: Standing = { namespace, accesses, gateways, addresses };
    const questions = reach.cells.map((cell) => questionOf(planned, reach, cell));
    const verdicts = await askAll(questions, standing, why, options, progress);
    const explained = await explain(verdicts, questions, subject, namespace);
    return { verdicts: explained, left: await clean(objects, accesses, options, progress) };
  } catch (error) {
    const left = await clean(objects, accesses, options, progress);
    if (signal.aborted) throw new Interrupted(left);
    throw error;
  }
}

/** Says of what differs why it likely does, by what is read while the probes still stand. */
async function explain(
  verdicts: Verdict[],
  questions: Question[],
  { planned, accesses, findings, reach }: Subject,
  namespace: string,
): Promise<Verdict[]> {
  if (verdicts.every(({ asPlanned }) => asPlanned)) return verdicts;
  const evidence = await readEvidence(planned, accesses, reach.places, namespace);
  return verdicts.map((verdict) => {
    if (verdict.asPlanned) return verdict;
    const question = questions.find(({ cell }) => cell === verdict.cell)!;
    const likely = causeOf(differingOf(verdict, question, namespace), findings, evidence);
    return { ...verdict, ...(likely !== undefined && { likely }) };
  });
}

function differingOf(
  { cell, answer }: Verdict,
  { from, to, member }: Question,
  namespace: string,
): Differing {
  const isNamed = cell.identity !== undefined && member?.in.mesh.dataPlane === DataPlane.Sidecar;
  const serving = member?.controlPlane ? [member.controlPlane] : (member?.servers ?? []);
  const servers = serving.map(({ at }) => at.cluster.name);
  return { cell, answer, from, to, servers, ...(isNamed && { host: serviceHost(to, namespace) }) };
}

/** It was told to end, and has removed what it made, but for what is left. */
export class Interrupted extends Error {
  constructor(readonly left: string[]) {
    super(["interrupted; what was made is removed", ...left].join("\n"));
  }
}

/** The cells that are asked for, and the places that they are of. */
export function chosen({ places, cells }: Reach, names: string[]): Reach {
  if (names.length === 0) return { places, cells };
  const own = cells.filter(({ from, to }) => names.includes(`${from}:${to}`));
  const keys = new Set(own.flatMap(({ from, to }) => [from, to]));
  return { places: places.filter(({ key }) => keys.has(key)), cells: own };
}

/** Addresses of probes by place, and why there is none. */
interface Stood {
  addresses: Record<string, string>;
  why: Record<string, string>;
}

async function stand(
  accesses: Record<string, Access>,
  { places }: Reach,
  objects: Record<string, Thing[]>,
  options: AskOptions,
  progress: Progress,
): Promise<Stood> {
  const stood: Stood = { addresses: {}, why: {} };
  let ready = 0;
  progress.say(`making probes in ${Object.keys(objects).length} clusters`);
  await Promise.all(
    Object.entries(objects).map(async ([name, made]) => {
      const access = accesses[name]!;
      const own = places.filter(({ cluster }) => cluster === name);
      const failed = await makeAll(access, made);
      for (const place of own) {
        const pod = { namespace: options.namespace, name: podOf(place) };
        const { timeout, signal } = options;
        const found = failed ? { failed } : await awaitPod(access, pod, timeout, signal);
        if ("failed" in found) stood.why[place.key] = `${name}: ${found.failed}`;
        else stood.addresses[place.key] = found.address;
        ready += 1;
        progress.say(`probes ready: ${ready} of ${places.length}`);
      }
    }),
  );
  return stood;
}

function questionOf({ relations }: Planned, { places }: Reach, cell: Cell): Question {
  const [from, to] = [cell.from, cell.to].map((key) => places.find((place) => place.key === key)!);
  const member = relations.meshes
    .find(({ mesh }) => mesh.name === from!.mesh)
    ?.members.find(({ at }) => at.cluster.name === from!.cluster);
  const gateway =
    from!.kind === PlaceKind.Clients ? member?.in.mesh.ingress[from!.gateway!] : undefined;
  return { cell, from: from!, to: to!, member, ...(gateway && { gateway }) };
}

async function askAll(
  questions: Question[],
  standing: Standing,
  why: Record<string, string>,
  options: AskOptions,
  progress: Progress,
): Promise<Verdict[]> {
  const verdicts = new Map<Cell, Verdict>();
  const end = Date.now() + options.timeout * 1000;
  const told = () => progress.say(`asked ${verdicts.size} of ${questions.length}`);
  const answer = async (question: Question) => {
    const { from, to, cell } = question;
    const lost = why[from.key] ?? why[to.key] ?? lostIn(standing, from, to);
    const got = lost
      ? ({ kind: "unasked", why: lost } as const)
      : await settled(question, standing, options, end);
    const asPlanned = judge(cell, from, got, options.namespace);
    verdicts.set(cell, { cell, answer: got, asPlanned });
    told();
  };
  told();
  for (const round of rounds(questions)) {
    const callers = [...new Set(round.map(({ from }) => from))];
    const ofCaller = (caller: ReachPlace) => round.filter(({ from }) => from === caller);
    await Promise.all(callers.map((caller) => eachOf(ofCaller(caller), AT_ONCE, answer)));
  }
  progress.end();
  return questions.map(({ cell }) => verdicts.get(cell)!);
}

/** What is not to work comes last: until what is to work does, it could only be not there yet. */
function rounds(questions: Question[]): Question[][] {
  const isClosed = ({ cell }: Question) => cell.way.kind === "none";
  return [questions.filter((one) => !isClosed(one)), questions.filter(isClosed)];
}

/** Why a place of a cluster that no kubeconfig leads to cannot be asked. */
function lostIn({ accesses }: Standing, ...places: ReachPlace[]): string | undefined {
  const lost = places.find(({ cluster }) => accesses[cluster] === undefined);
  return lost && `${lost.cluster}: nothing leads to it`;
}

/** Until it is as planned: what is new takes moments to be known everywhere. What is not to work is asked twice. */
async function settled(
  question: Question,
  standing: Standing,
  { namespace, signal }: AskOptions,
  end: number,
): Promise<Answer> {
  const { cell, from } = question;
  const last = cell.way.kind === "none" ? Math.min(end, Date.now() + 5000) : end;
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask(question, standing);
    if (judge(cell, from, answer, namespace) || Date.now() > last) return answer;
    await sleep(2000, undefined, { signal });
  }
}

async function eachOf<T>(all: T[], most: number, act: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all];
  const work = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await act(one);
  };
  await Promise.all(Array.from({ length: most }, work));
}

async function clean(
  objects: Record<string, Thing[]>,
  accesses: Record<string, Access>,
  { namespace, timeout }: AskOptions,
  progress: Progress,
): Promise<string[]> {
  progress.say("removing what was made");
  const left = await Promise.all(
    Object.entries(objects).map(async ([name, made]) => {
      const elsewhere = made.filter(
        ({ kind, metadata }) => kind !== "Namespace" && metadata.namespace !== namespace,
      );
      const line = await removeAll(accesses[name]!, { namespace, elsewhere }, timeout);
      return line && `cluster ${name}: ${line}`;
    }),
  );
  progress.end();
  return left.filter((line) => line !== undefined);
}
