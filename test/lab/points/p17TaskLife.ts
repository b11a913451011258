import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Task } from "../machine/ecs/task";
import { command, sleep, until } from "../machine/processes";
import type { Check } from "../run/check";
import {
  callFrom,
  doorOf,
  hostOf,
  nameOf,
  namespaces,
  probePod,
  probePort,
  type Place,
} from "../run/probe";
import type { Session } from "../run/session";
import {
  askFromTask,
  connectionsOf,
  entriesOf,
  patience,
  servicesIn,
  setVariables,
  taskHost,
  tasks,
  untilSaid,
  untilSteady,
  untilTasks,
  withRevision,
  type Running,
} from "../run/tasks";
import { during } from "../run/underCalls";

const probeAt = ({ members: [cluster] }: Session, where: Place["where"]): Place => ({
  cluster,
  where,
});

/** Calls of a service's tasks from a pod of the mesh, while something happens: none may be lost. */
async function underCalls(
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

/** Names of containers in the order in which they have stopped. */
const stopped = ({ stops }: Task): string[] =>
  [...stops].sort(([, a], [, b]) => a - b).map(([name]) => name);

async function demandLeaving(session: Session, running: Running, task: Task): Promise<void> {
  await untilTasks("the task is gone", running, () => task.status === "STOPPED");
  assert.deepEqual(stopped(task), ["mesh-drain", "app", "ztunnel", "mesh-token"]);
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

const rolls: Check = {
  key: "task-rolls",
  point: 17,
  title: "no call is lost while a deployment rolls, nor while one fails and goes back",
  skip: tasks,
  async run(session) {
    const [running] = servicesIn(session);
    const { service } = running;
    const { ecs } = session.machine;
    const before = await untilSteady(running);
    const first = service.primary;
    ecs.mostStartSeconds = 1;
    const stranger = { SERVICE_ACCOUNT: "stranger" };
    await underCalls(session, running, async () => {
      await withRevision(
        session,
        running,
        (containers) => setVariables(containers, "mesh-token", stranger),
        async () => {
          await untilSaid(
            running,
            before,
            "mesh-token",
            /403[^]*no token for service account ecs\/stranger/,
          );
          await untilTasks(
            "back to the deployment before",
            running,
            () =>
              service.events.some((event) =>
                event.includes(`rolling back to deployment ${first.id}.`),
              ) && service.isSteady,
            2 * patience,
          );
          assert.equal(service.primary, first);
          assert.deepEqual(
            before.filter(({ status }) => status !== "RUNNING").map(({ reason }) => reason),
            [],
            "tasks of the deployment before that have ended",
          );
        },
      ).finally(() => (ecs.mostStartSeconds = Infinity));
      await withRevision(
        session,
        running,
        (containers) => setVariables(containers, "app", { VERSION: "2" }),
        async () => {
          await untilTasks(
            "another deployment",
            running,
            () => service.isSteady && service.tasks.every((task) => !before.includes(task)),
            2 * patience,
          );
        },
      );
    });
  },
};

const wire = path.join(__dirname, "wire.py");

/** What may be opened from and to a task: HBONE, istiod, the API server, names, and what ECS answers on. */
const expectedOnWire = [
  ...["in tcp 15008", "out tcp 15008", "out tcp 15012", "out tcp 443"],
  ...["out tcp 80 of ECS", "out udp 53"],
];

const quiet: Check = {
  key: "task-wire",
  point: 17,
  title:
    "on a task's wire are HBONE, istiod, the API server and names alone, while it calls and is called",
  skip: tasks,
  async run(session) {
    for (const running of servicesIn(session)) {
      const [task] = await untilSteady(running);
      const { address } = task.options;
      const url = `http://${hostOf(probeAt(session, "inside"))}:${probePort}/header`;
      let seen: string[] = [];
      await underCalls(session, running, async () => {
        const enter = ["-t", `${task.networkPid}`, "--net"];
        const sniffed = command("nsenter", ...enter, "/usr/bin/python3", wire, "8", address);
        for (let n = 0; n < 5; n++) await Promise.all([sleep(1000), askFromTask(task, url)]);
        seen = JSON.parse(await sniffed);
      });
      const others = seen.filter((one) => !expectedOnWire.includes(one));
      assert.deepEqual(others, [], `on the wire of ${described(running)}`);
      for (const one of ["in tcp 15008", "out tcp 15008"])
        assert.ok(seen.includes(one), `${one} of ${seen.join()}`);
    }
  },
};

const described = ({ described: { name } }: Running): string => name;

type Direction = "vpc.SecurityGroupIngressRule" | "vpc.SecurityGroupEgressRule";

/** What a group lets in or out beside what is planned: one port, of or to those of another group. */
interface Opening {
  readonly type: Direction;
  readonly group: string;
  readonly port: number;
  readonly other: string;
}

/** Opens groups past the plan while something happens. */
async function opened(
  { machine: { store } }: Session,
  openings: readonly Opening[],
  act: () => Promise<void>,
): Promise<void> {
  const [{ account, region }] = store.list("eks.Cluster");
  const rules = openings.map(({ type, group, port, other }, n) => {
    const ports = { ipProtocol: "tcp", fromPort: port, toPort: port };
    const outputs = { securityGroupId: group, referencedSecurityGroupId: other, ...ports };
    return { type, id: `sgr-lab-${n}`, account, region, inputs: outputs, outputs };
  });
  rules.forEach((rule) => store.write(rule));
  try {
    // The cloud follows its store every second.
    await sleep(4000);
    await act();
  } finally {
    rules.forEach(({ type, id }) => store.remove(type, id));
  }
}

const groupOf = ({ service }: Running): string =>
  service.stored.outputs.networkConfiguration.securityGroups[0];

/** Group of a cluster's pods. */
const podsGroup = ({ machine: { store } }: Session): string =>
  store.outputs("eks.Cluster")[0].vpcConfig.clusterSecurityGroupId;

const closed: Check = {
  key: "task-closed",
  point: 17,
  title: "plain text gets to no task: its group keeps it out, and on EC2 the mesh's policy too",
  skip: tasks,
  async run(session) {
    const from = probeAt(session, "outside");
    const cluster = session.cluster(from.cluster);
    const pod = await probePod(cluster, from);
    for (const running of servicesIn(session)) {
      const [port] = Object.values<number>(running.described.ports);
      const [task] = await untilSteady(running);
      const answers = async () => {
        const { body = "" } = await callFrom(cluster, pod, task.options.address, "header", port);
        return body.startsWith("{");
      };
      assert.equal(await answers(), false, `${described(running)} as planned`);
      // What holds on Fargate is the group alone: without it the application answers.
      const open = { group: groupOf(running), port, other: podsGroup(session) };
      await opened(session, [{ type: "vpc.SecurityGroupIngressRule", ...open }], async () => {
        const isFargate = running.described.launchType === "fargate";
        const refused = () =>
          connectionsOf(task, "inbound").some((line) => line.includes("policy rejection"));
        await untilTasks("what becomes of plain text", running, async () => {
          const isAnswered = await answers();
          assert.ok(isFargate || !isAnswered, `${described(running)} answers plain text`);
          return isFargate ? isAnswered : refused();
        });
      });
    }
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

/** Takes the access entry of a service's role away while something happens. */
async function withoutEntry(
  { machine: { store } }: Session,
  task: Task,
  act: () => Promise<unknown>,
) {
  const role = task.options.definition.taskRoleArn;
  const entry = store.list("eks.AccessEntry").find(({ outputs }) => outputs.principalArn === role)!;
  store.remove(entry.type, entry.id);
  try {
    await act();
  } finally {
    store.write(entry);
  }
}

const waits: Check = {
  key: "task-waits",
  point: 17,
  title:
    "without ECS's endpoints, access entry or istiod a task says so, and joins once they are there",
  skip: tasks,
  async run(session) {
    const [running] = servicesIn(session);
    const { ecs } = session.machine;
    const before = await untilSteady(running);
    const [istiod] = session.istiods;
    const replicas = (await istiod.pods()).length;
    ecs.endpoints.isAway = true;
    before[0].stop("StopTask");
    const said = (name: string, line: RegExp) => untilSaid(running, before, name, line);
    try {
      await said("mesh-token", /ECS does not say yet which address and zone the task has/);
      await istiod.scale(0);
      await withoutEntry(session, before[1], async () => {
        ecs.endpoints.isAway = false;
        await said("mesh-token", /401[^]*no token for service account ecs\/echo of cluster/);
      });
      await said("ztunnel", /XDS client connection error/);
    } finally {
      ecs.endpoints.isAway = false;
      await istiod.scale(replicas);
    }
    await untilSteady(running);
  },
};

/** Serial number of the certificate that a task's ztunnel has for itself. */
async function serialOf(task: Task): Promise<string | undefined> {
  const dump = JSON.parse(
    await task.container("ztunnel").run("curl", "-fsS", "http://127.0.0.1:15000/config_dump"),
  );
  return dump.certificates?.[0]?.certChain?.[0]?.serialNumber;
}

const LIFE = { SECRET_TTL: "40s" };

const renews: Check = {
  key: "task-renews",
  point: 17,
  title: "a task renews its token, and with it its certificate, again and again",
  skip: tasks,
  async run(session) {
    const [running] = servicesIn(session);
    const change = (containers: Parameters<typeof setVariables>[0]) => {
      setVariables(containers, "mesh-token", { REFRESH_SECONDS: "5" });
      setVariables(containers, "ztunnel", LIFE);
    };
    const { service } = running;
    const { id } = service.primary;
    await withRevision(session, running, change, async () => {
      const isThere = () => service.isSteady && service.primary.id !== id;
      await untilTasks("tasks of short lives", running, isThere, 2 * patience);
      const [task] = service.healthy;
      const token = () => task.container("mesh-token").run("cat", "/mesh/token");
      const first = { token: await token(), serial: await serialOf(task) };
      assert.ok(first.serial, "a certificate");
      await until("another token", patience, async () => (await token()) !== first.token);
      await until(
        "another certificate",
        patience,
        async () => (await serialOf(task)) !== first.serial,
      );
      const second = await serialOf(task);
      await until("and another", patience, async () => (await serialOf(task)) !== second);
    });
  },
};

const latency = path.join(__dirname, "latency.py");
const REQUESTS = "300";

interface Measured {
  readonly kept: { readonly median: number; readonly p99: number };
  readonly new: { readonly median: number; readonly p99: number };
}

/** Asks as somebody in a task's network. */
async function measured(task: Task, user: number, host: string): Promise<Measured> {
  const enter = ["-t", `${task.networkPid}`, "--net"];
  const as = ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  const ask = ["/usr/bin/python3", latency, host, `${probePort}`, REQUESTS];
  return JSON.parse(await command("nsenter", ...enter, ...as, ...ask));
}

const text = ({ kept, new: fresh }: Measured): string =>
  `${kept.median} and ${kept.p99} ms (a new connection each: ${fresh.median} and ${fresh.p99})`;

/** MiB that a process holds. */
function residentOf(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) / 1024;
}

/** Of ztunnel's user nothing is captured: it goes straight to a pod outside the mesh. */
const costs: Check = {
  key: "task-costs",
  point: 17,
  title: "ztunnel takes less than 64 MiB, and a request through two of them is answered",
  skip: tasks,
  async run(session) {
    const running = servicesIn(session).find((one) => one.described.launchType === "ec2")!;
    const [task] = await untilSteady(running);
    const [inside, outside] = (["inside", "outside"] as const).map((where) =>
      probeAt(session, where),
    );
    const cluster = session.cluster(inside.cluster);
    const { status } = await probePod(cluster, outside);
    const service = `/api/v1/namespaces/${namespaces.inside}/services/${nameOf(inside.cluster)}`;
    const { spec } = await cluster.kube.get(service);
    const [own, pods] = [groupOf(running), podsGroup(session)];
    await opened(
      session,
      [
        { type: "vpc.SecurityGroupEgressRule", group: own, port: probePort, other: pods },
        { type: "vpc.SecurityGroupIngressRule", group: pods, port: probePort, other: own },
      ],
      async () => {
        const through = await measured(task, 0, spec.clusterIP);
        const direct = await measured(task, 1337, status.podIP);
        console.log(`  a request through ztunnels, median and p99: ${text(through)}`);
        console.log(`  a request straight to the pod: ${text(direct)}`);
      },
    );
    const sizes = session.machine.ecs.tasks.map((one) =>
      residentOf(one.container("ztunnel").service!.pid),
    );
    console.log(`  ztunnel of a task holds ${sizes.map((mib) => mib.toFixed(0)).join(", ")} MiB`);
    assert.ok(Math.max(...sizes) < 64, `${sizes.join()} MiB`);
  },
};

export const taskLifeChecks = [
  ...[quiet, closed, costs, replaced, rolls, waits, survives, renews],
] as const satisfies readonly Check[];
