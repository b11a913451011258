import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { meshTaskDefinition } from "../../../components/ecs/meshTaskDefinition";
import type { TaskMembership } from "../../../components/ecs/membership";
import type { Task } from "../machine/ecs/task";
import type { Json } from "../machine/kube";
import { sleep, until } from "../machine/processes";
import type { Check } from "../run/check";
import type { Session } from "../run/session";
import {
  entriesOf,
  entriesPath,
  identityOf,
  letInBy,
  patience,
  servicesIn,
  setVariables,
  taskHost,
  tasks,
  underCalls,
  untilSaid,
  untilSteady,
  untilTasks,
  withRevision,
  type Running,
} from "../run/tasks";
import { withoutEntry } from "../run/withoutEntry";

async function demandLeaving(session: Session, running: Running, task: Task): Promise<void> {
  await untilTasks("the task is gone", running, () => task.status === "STOPPED");
  assert.deepEqual(task.stopped, ["mesh-drain", "app", "ztunnel", "mesh-token"]);
  await untilTasks("its entry is gone", running, async () =>
    (await entriesOf(session, running)).every(({ spec }) => spec.address !== task.options.address),
  );
}

const replaced: Check = {
  key: "task-replaced",
  point: 17,
  title: "no call is lost while a task is replaced, which leaves in its order and is forgotten",
  skip: tasks,
  async run(session) {
    for (const running of servicesIn(session)) {
      const [task] = await untilSteady(running);
      await underCalls(session, running, async () => {
        task.stop("StopTask");
        await demandLeaving(session, running, task);
        await untilSteady(running);
      });
    }
  },
};

/** A service account that the role makes no token of; its tasks are found to be unwell at once. */
function strange(containers: Json[]): void {
  setVariables(containers, "mesh-token", { SERVICE_ACCOUNT: "stranger", RETRY_SECONDS: "5" });
  const { healthCheck } = containers.find(({ name }) => name === "mesh-token");
  Object.assign(healthCheck, { startPeriod: 0, retries: 3 });
}

const fails: Check = {
  key: "task-fails",
  point: 17,
  title: "a deployment that joins nothing fails, says why and goes back; no call is lost meanwhile",
  skip: tasks,
  async run(session) {
    const [running] = servicesIn(session);
    const { service } = running;
    const before = await untilSteady(running);
    const first = service.primary;
    const goesBack = async () => {
      const said = /403[^]*no token for service account ecs\/stranger of cluster/;
      await untilSaid(running, before, "mesh-token", said);
      const back = `rolling back to deployment ${first.id}.`;
      const isBack = () => service.events.some((event) => event.includes(back)) && service.isSteady;
      await untilTasks("back to the deployment before", running, isBack, 2 * patience);
      assert.equal(service.primary, first);
      const gone = before.filter(({ status }) => status !== "RUNNING");
      assert.deepEqual(
        gone.map(({ reason }) => reason),
        [],
        "tasks of the deployment before that have ended",
      );
    };
    await underCalls(session, running, () => withRevision(session, running, strange, goesBack));
  },
};

/** socat knows SOCKS 5 from 1.8 on; the lab takes this machine's. */
const leads = /^socat version (1\.[89]|[2-9])/m.test(`${spawnSync("socat", ["-V"]).stdout ?? ""}`);

const portOf = ({ described }: Running): number => Object.values<number>(described.ports)[0];

/** Serial number of the certificate that a task's ztunnel has for itself. */
async function serialOf(task: Task): Promise<string | undefined> {
  const dump = JSON.parse(
    await task.container("ztunnel").run("curl", "-fsS", "http://127.0.0.1:15000/config_dump"),
  );
  return dump.certificates?.[0]?.certChain?.[0]?.serialNumber;
}

/** A port of the tasks that leads to another service. */
const local = 9001;

/** The definition of somebody who has one container of another name, with the mesh's containers added as the package does it. */
async function ownDefinition(
  session: Session,
  { described, service }: Running,
  forward: Parameters<typeof meshTaskDefinition>[0]["forward"],
): Promise<Json[]> {
  const { inputs } = session.machine.store
    .list("ecs.TaskDefinition")
    .find(({ outputs }) => outputs.arn === service.stored.outputs.taskDefinition)!;
  const planned: Json[] = JSON.parse(inputs.containerDefinitions);
  const { image, portMappings } = planned.find(({ name }) => name === "app");
  const { containerDefinitions } = meshTaskDefinition({
    ...{ service: described.name, region: service.stored.region, ports: described.ports },
    containers: [{ name: "web", essential: true, image, portMappings }],
    ...{ logGroupName: "own", membership: membershipOf(planned), forward },
  });
  return JSON.parse(await new Promise<string>((resolve) => containerDefinitions.apply(resolve)));
}

/** What the planned tasks are told of their mesh. */
function membershipOf(planned: readonly Json[]): TaskMembership {
  const container = (name: string) => planned.find((one) => one.name === name);
  const told = (name: string, variable: string): string =>
    container(name).environment.find((one: Json) => one.name === variable).value;
  return {
    ...{ clusterId: told("ztunnel", "CLUSTER_ID"), network: told("ztunnel", "NETWORK") },
    ...{ istiodHost: new URL(told("ztunnel", "XDS_ADDRESS")).hostname },
    ...{ ztunnelImage: container("ztunnel").image, helperImage: container("mesh-token").image },
    ...{
      clusterName: told("mesh-token", "EKS_NAME"),
      endpoint: told("mesh-token", "EKS_ENDPOINT"),
    },
    certificateAuthority: told("mesh-token", "EKS_CA"),
    rootCertificate: told("ztunnel", "XDS_ROOT_CA"),
    namespace: told("mesh-token", "NAMESPACE"),
    serviceAccount: told("mesh-token", "SERVICE_ACCOUNT"),
  };
}

/** A program that knows no proxy asks a port of its own task, and the service behind it knows whose task that is. */
async function demandLed(session: Session, task: Task, { described }: Running, to: Running) {
  const asks = ["env", "-u", "HTTP_PROXY", "-u", "ALL_PROXY", "curl", "-sS", "--max-time", "8"];
  const answer = await task.container("web").run(...asks, `http://127.0.0.1:${local}/header`);
  assert.ok(answer.startsWith("{"), answer);
  const caller = `src.identity="${identityOf(session, described)}"`;
  await untilTasks(`${caller} in their logs`, to, () =>
    to.service.tasks.flatMap(letInBy).some((line) => line.includes(caller)),
  );
}

/** Tokens are renewed every five seconds, and certificates live for forty. */
function shortLived(containers: Json[]): void {
  setVariables(containers, "mesh-token", { REFRESH_SECONDS: "5" });
  setVariables(containers, "ztunnel", { SECRET_TTL: "40s" });
}

async function untilRenewed(what: string, ask: () => Promise<string | undefined>): Promise<void> {
  const first = await ask();
  assert.ok(first, what);
  await until(`another ${what}`, patience, async () => {
    const now = await ask();
    return now !== undefined && now !== first;
  });
}

const renews: Check = {
  key: "task-renews",
  point: 17,
  title:
    "no call is lost while a deployment rolls to a task definition of somebody's own, whose tasks renew tokens and certificates and lead a port to a Service",
  skip: tasks,
  async run(session) {
    const [running, other] = servicesIn(session);
    const { service } = running;
    const { id } = service.primary;
    const pay = { host: taskHost(other.described), port: portOf(other), local };
    const own = await ownDefinition(session, running, leads ? { pay } : {});
    const change = (containers: Json[]) => {
      containers.splice(0, containers.length, ...own);
      shortLived(containers);
    };
    const rollAndRenew = async () => {
      const isThere = () => service.isSteady && service.primary.id !== id;
      await untilTasks("tasks of short lives", running, isThere, 2 * patience);
      const [task] = service.healthy;
      if (leads) await demandLed(session, task, running, other);
      else console.log("  no socat that knows SOCKS 5: no port of a task is led to a Service");
      await untilRenewed("token", () => task.container("mesh-token").run("cat", "/mesh/token"));
      for (let n = 0; n < 2; n++) await untilRenewed("certificate", () => serialOf(task));
    };
    await underCalls(session, running, () => withRevision(session, running, change, rollAndRenew));
  },
};

const survives: Check = {
  key: "task-istiod",
  point: 17,
  title: "entries of live tasks stay while istiod restarts, and no call of them is lost",
  skip: tasks,
  async run(session) {
    const [running] = servicesIn(session);
    await untilSteady(running);
    const names = async () =>
      (await entriesOf(session, running)).map(({ metadata }) => `${metadata.name} ${metadata.uid}`);
    const before = await names();
    await underCalls(session, running, async () => {
      for (const istiod of session.istiods) await istiod.restart();
      // Longer than istiod's grace for entries whose proxy has gone.
      await sleep(20_000);
    });
    assert.deepEqual(await names(), before);
  },
};

const waits: Check = {
  key: "task-waits",
  point: 17,
  title:
    "without ECS's endpoints, access entry or istiod a task says so, and joins once they are there",
  skip: tasks,
  async run(session) {
    const [running] = servicesIn(session);
    const { endpoints } = session.machine.ecs;
    const before = await untilSteady(running);
    const [istiod] = session.istiods;
    const replicas = (await istiod.pods()).length;
    const said = (name: string, line: RegExp) => untilSaid(running, before, name, line);
    const [leaving] = before;
    await istiod.scale(0);
    try {
      await withoutEntry(session, leaving.options.definition.taskRoleArn, async () => {
        endpoints.stop();
        leaving.stop("StopTask");
        const unknown = /ECS does not say yet which address and zone the task has/;
        await said("mesh-token", unknown).finally(() => endpoints.start());
        await said("mesh-token", /401[^]*no token for service account ecs\/echo of cluster/);
      });
      await said("ztunnel", /XDS client connection error/);
    } finally {
      await istiod.scale(replicas);
    }
    await untilSteady(running);
  },
};

/** Its entry is deleted as istiod does with one of a proxy that it has not heard of for long, and made again once it hears of it. */
const returns: Check = {
  key: "task-returns",
  point: 17,
  title: "a task that istiod has forgotten is registered anew, and called again",
  skip: tasks,
  async run(session) {
    const [running] = servicesIn(session);
    await untilSteady(running);
    const { kube } = session.cluster(running.described.controlledBy);
    const isServing = async () => {
      const now = await entriesOf(session, running);
      return (
        now.length === running.described.count &&
        now.every(({ metadata }) => "istio-patterns/serves" in metadata.labels)
      );
    };
    for (const { metadata } of await entriesOf(session, running))
      await kube.end(`${entriesPath(metadata.namespace)}/${metadata.name}`);
    for (const istiod of session.istiods) await istiod.restart();
    await untilTasks("their labels on new entries", running, isServing);
  },
};

export const taskLifeChecks = [
  ...[replaced, fails, renews, survives, waits, returns],
] as const satisfies readonly Check[];
