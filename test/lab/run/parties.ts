/** Whoever stands for a place of the plan in the lab: a probe, a machine or a task, all asked and asking in one way. */
import { plan } from "../../../components/mesh/plan";
import { PlaceKind, planReach, type Cell, type ReachPlace } from "../../../components/mesh/reach";
import { relate } from "../../../components/topology/relations/relate";
import { askFrom, firstMachine, isListing, machineHost } from "./machines";
import { callFrom, hostOf, probePod, probePort, type Place } from "./probe";
import type { Session } from "./session";
import { askFromTask, servicesIn, taskHost, untilSteady } from "./tasks";

export interface Party {
  /** Name of its Service, which those of its mesh know. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly page: string;
  readonly isAnswer: (answer: string) => boolean;
  /** The answer that it gets, or why it gets none. */
  readonly ask: (host: string, port: number, page: string) => Promise<string>;
}

/** A call that the plan says something of. */
export type Planned = readonly [cell: Cell, from: ReachPlace, to: ReachPlace];

const outside: readonly string[] = [PlaceKind.Machines, PlaceKind.Tasks];

/** Cells that machines or tasks are in, but for calls of the one machine to itself. */
export function outsideCells({ topology }: Session): Planned[] {
  const relations = relate(topology);
  const { places, cells } = planReach(relations, plan(relations).network);
  const place = (key: string) => places.find((one) => one.key === key)!;
  return cells
    .map((cell): Planned => [cell, place(cell.from), place(cell.to)])
    .filter(([, from, to]) => [from.kind, to.kind].some((kind) => outside.includes(kind)))
    .filter(([, from, to]) => from.kind !== PlaceKind.Clients && !areMachines(from, to));
}

const areMachines = (...places: readonly ReachPlace[]): boolean =>
  places.every(({ kind }) => kind === PlaceKind.Machines);

/** What a probe answers: a page of its own, which no proxy would make. */
const isEcho = (answer: string): boolean => answer.startsWith("{");

export async function partyAt(session: Session, place: ReachPlace): Promise<Party> {
  if (place.kind === PlaceKind.Machines) return machineParty(session);
  if (place.kind === PlaceKind.Tasks) return taskParty(session, place.tasks!);
  const where = place.kind === PlaceKind.InMesh ? "inside" : "outside";
  return probeParty(session, { cluster: place.cluster, where });
}

async function probeParty(session: Session, place: Place): Promise<Party> {
  const cluster = session.cluster(place.cluster);
  const pod = await probePod(cluster, place);
  return {
    ...{ name: hostOf(place), address: pod.status.podIP, port: probePort },
    ...{ page: "header", isAnswer: isEcho },
    ask: async (host, port, page) => {
      const { body, error = "no answer" } = await callFrom(cluster, pod, host, page, port);
      return body ?? error;
    },
  };
}

async function machineParty(session: Session): Promise<Party> {
  const machine = await firstMachine(session);
  return {
    ...{ name: machineHost(session), address: machine.options.address, port: probePort },
    ...{ page: "bash/", isAnswer: isListing },
    ask: (host, port, page) => askFrom(machine, `http://${host}:${port}/${page}`),
  };
}

async function taskParty(session: Session, name: string): Promise<Party> {
  const running = servicesIn(session).find(({ described }) => described.name === name)!;
  const [task] = await untilSteady(running);
  const [port] = Object.values<number>(running.described.ports);
  return {
    ...{ name: taskHost(running.described), address: task.options.address, port },
    ...{ page: "header", isAnswer: isEcho },
    ask: (host, on, page) => askFromTask(task, `http://${host}:${on}/${page}`),
  };
}

/** Whoever is in no mesh knows no name of the others, and uses an address, as others do of who is in none. */
const isByName = (from: ReachPlace, to: ReachPlace): boolean =>
  from.mesh !== undefined && to.mesh !== undefined;

/** What becomes of a call: none, an answer, or whom the answer says that it has seen. */
export async function callBetween(session: Session, from: ReachPlace, to: ReachPlace) {
  const [caller, called] = await Promise.all([partyAt(session, from), partyAt(session, to)]);
  const host = isByName(from, to) ? called.name : called.address;
  const answer = await caller.ask(host, called.port, called.page);
  if (!called.isAnswer(answer)) return { outcome: "none", answer };
  return { outcome: /URI=([^;,"\\]+)/.exec(answer)?.[1] ?? "answered", answer };
}
