/** Tasks of ECS services, as checks ask them. */
import * as fs from "node:fs";
import type { EcsService } from "../../../components/topology/outside";
import type { Service } from "../machine/ecs/ecs";
import type { Task } from "../machine/ecs/task";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import type { Pattern, Reason } from "./check";
import { doorOf, probePod, type Place, type Where } from "./probe";
import type { Session } from "./session";
import { during } from "./underCalls";

/** The pattern of pods, tasks and machines in one mesh, whose parts others show. */
export const mixed = "03-mixed";

/** Where there are ECS services whose application the lab knows. */
function known({ topology, kind }: Pattern): Reason | undefined {
  if (Object.keys(topology.ecsServices).length === 0) return "noTasks";
  return kind === "shipped" ? undefined : "ownTasks";
}

/** Where there is a ztunnel for their tasks too. */
export const tasks = (pattern: Pattern): Reason | undefined =>
  known(pattern) ?? (process.env.LAB_ZTUNNEL ? undefined : "noZtunnel");

/** Where there is none: what of tasks runs without. */
export const helpersOfTasks = (pattern: Pattern): Reason | undefined =>
  known(pattern) ?? (process.env.LAB_ZTUNNEL ? "realZtunnel" : undefined);

/** Seconds that a task may take for what it does beside everything else of the lab. */
export const patience = 120;

/** An ECS service of the description, and what ECS has of it. */
export interface Running {
  readonly described: EcsService;
  readonly service: Service;
}

/** Every ECS service. */
export function servicesIn({ topology, machine }: Session): Running[] {
  return Object.values(topology.ecsServices).map((described) => {
    const found = [...machine.ecs.services.values()].find(({ stored }) => {
      const { containerDefinitions } = definitionOf(stored.outputs.taskDefinition);
      return containerDefinitions.includes(`{"name":"SERVICE","value":"${described.name}"}`);
    });
    if (!found) throw new Error(`no ECS service ${described.name}`);
    return { described, service: found };
  });

  function definitionOf(arn: string): Json {
    const all = machine.store.outputs("ecs.TaskDefinition");
    return all.find((one) => one.arn === arn) ?? { containerDefinitions: "" };
  }
}

/** The probe of the first cluster. */
export const probeAt = ({ members: [cluster] }: Session, where: Where): Place => ({
  cluster,
  where,
});

/** Name of a service in every cluster. */
export const taskHost = ({ name, namespace }: EcsService): string =>
  `${name}.${namespace}.svc.cluster.local`;

export const identityOf = (session: Session, { namespace, serviceAccount }: EcsService): string =>
  `spiffe://${session.mesh.trustDomain}/ns/${namespace}/sa/${serviceAccount}`;

export const entriesPath = (namespace: string): string =>
  `/apis/networking.istio.io/v1/namespaces/${namespace}/workloadentries`;

/** The entries that istiod has made of a service's tasks. */
export async function entriesOf(session: Session, { described }: Running): Promise<Json[]> {
  const { namespace, controlledBy, name } = described;
  const all = await session.cluster(controlledBy).kube.list(entriesPath(namespace));
  return all.filter(({ metadata }) => metadata.name.startsWith(`${name}-`));
}

/** Waits for what a service's tasks are to become; if they do not, the error has what they have said. */
export async function untilTasks<T>(
  what: string,
  { service }: Running,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = patience,
): Promise<T> {
  return until(what, seconds, ask).catch((error: Error) => {
    const said = service.tasks.map(stateOf);
    throw new Error([error.message, ...service.events.slice(-8), ...said].join("\n"));
  });
}

/** All of them healthy, and no others. */
export async function untilSteady(running: Running): Promise<Task[]> {
  const { service } = running;
  await untilTasks(`${service.name} steady`, running, () => service.isSteady);
  return service.healthy;
}

function stateOf({ id, status, reason = "", containers }: Task): string {
  const states = containers.map(({ name, status: own, health, how = "", service }) => {
    const log = service ? `\n      ${service.tail(6).replaceAll("\n", "\n      ")}` : "";
    return `    ${name} ${own} ${health} ${how}${log}`;
  });
  return [`  task ${id} ${status} ${reason}`, ...states].join("\n");
}

/** Connections that a ztunnel has let in or refused to, as its log says. */
export function inboundIn(log: string): string[] {
  const lines = fs.readFileSync(log, "utf8").split("\n");
  return lines.filter((line) => line.includes('direction="inbound"'));
}

/** Those of a task's. */
export const letInBy = (task: Task): string[] => inboundIn(task.container("ztunnel").log);

/** Asks for a page as a task's application does, in its container and with its variables; the answer, or why there is none. */
export async function askFromTask(task: Task, url: string): Promise<string> {
  const ask = ["curl", "--silent", "--show-error", "--max-time", "8", url];
  return task
    .container("app")
    .run(...ask)
    .catch((error: Error) => error.message);
}

/** Calls of a service's tasks from a pod of the mesh, while something happens: none may be lost. */
export async function underCalls(
  session: Session,
  { described }: Running,
  act: () => Promise<void>,
): Promise<void> {
  const from = probeAt(session, "inside");
  const cluster = session.cluster(from.cluster);
  const door = doorOf(cluster, await probePod(cluster, from));
  const [port] = Object.values<number>(described.ports);
  const name = `${from.cluster} to ${described.name}`;
  await during([{ name, door, host: taskHost(described), port }], act);
}

/** Has a service run another revision of its task definition while something happens, and then the planned one again. */
export async function withRevision(
  { machine: { store } }: Session,
  running: Running,
  change: (containers: Json[]) => void,
  act: () => Promise<void>,
): Promise<void> {
  const { stored } = running.service;
  const planned = store
    .list("ecs.TaskDefinition")
    .find(({ outputs }) => outputs.arn === stored.outputs.taskDefinition)!;
  const containers: Json[] = JSON.parse(planned.outputs.containerDefinitions);
  change(containers);
  const { family } = planned.outputs;
  const revision = Number(planned.outputs.revision) + 1;
  const arn = planned.outputs.arn.replace(/:\d+$/, `:${revision}`);
  const containerDefinitions = JSON.stringify(containers);
  const id = `${family}:${revision}`;
  store.write({
    ...planned,
    id,
    outputs: { ...planned.outputs, revision, arn, containerDefinitions },
  });
  store.write({ ...stored, outputs: { ...stored.outputs, taskDefinition: arn } });
  try {
    await act();
  } finally {
    store.write(stored);
    const { arn: wanted } = planned.outputs;
    const isPlanned = ({ service }: Running) =>
      service.stored.outputs.taskDefinition === wanted &&
      service.primary.taskDefinition === wanted &&
      service.isSteady;
    await untilTasks("the planned tasks again", running, () => isPlanned(running), 2 * patience);
    store.remove(planned.type, id);
  }
}

/** Sets variables of a container. */
export function setVariables(
  containers: Json[],
  name: string,
  values: Record<string, string>,
): void {
  const container = containers.find((one) => one.name === name);
  const others = container.environment.filter((one: Json) => !(one.name in values));
  const own = Object.entries(values).map(([key, value]) => ({ name: key, value }));
  container.environment = [...others, ...own];
}

/** Waits until a container of a task that is new since then has said something. */
export async function untilSaid(
  running: Running,
  before: readonly Task[],
  name: string,
  said: RegExp,
): Promise<Task> {
  return untilTasks(`${said.source} of ${name}`, running, () =>
    running.service.tasks
      .filter((task) => !before.includes(task))
      .find(({ containers }) => {
        const log = containers.find((one) => one.name === name)?.service?.log;
        return log !== undefined && said.test(fs.readFileSync(log, "utf8"));
      }),
  );
}
