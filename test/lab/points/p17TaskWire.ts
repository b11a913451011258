import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Task } from "../machine/ecs/task";
import { command, sleep } from "../machine/processes";
import type { Check } from "../run/check";
import { opened, podsGroup, tasksGroup } from "../run/opened";
import { hostOf, nameOf, namespaces, probePod, probePort } from "../run/probe";
import {
  askFromTask,
  probeAt,
  servicesIn,
  tasks,
  underCalls,
  untilSteady,
  type Running,
} from "../run/tasks";

/** Runs a script in a task's network, as somebody of this machine. */
async function inNetwork(task: Task, user: number, script: string, ...args: string[]) {
  const enter = ["-t", `${task.container("ztunnel").service!.pid}`, "--net"];
  const as = ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  const python = ["/usr/bin/python3", path.join(__dirname, script), ...args];
  return JSON.parse(await command("nsenter", ...enter, ...(user ? as : []), ...python));
}

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
      const url = `http://${hostOf(probeAt(session, "inside"))}:${probePort}/header`;
      let seen: string[] = [];
      await underCalls(session, running, async () => {
        const sniffed = inNetwork(task, 0, "wire.py", "8", task.options.address);
        for (let n = 0; n < 5; n++) await Promise.all([sleep(1000), askFromTask(task, url)]);
        seen = await sniffed;
      });
      const others = seen.filter((one) => !expectedOnWire.includes(one));
      assert.deepEqual(others, [], `on the wire of ${running.described.name}`);
      for (const one of ["in tcp 15008", "out tcp 15008"])
        assert.ok(seen.includes(one), `${one} of ${seen.join()}`);
    }
  },
};

const REQUESTS = "300";

interface Measured {
  readonly kept: { readonly median: number; readonly p99: number };
  readonly new: { readonly median: number; readonly p99: number };
}

const text = ({ kept, new: fresh }: Measured): string =>
  `${kept.median} and ${kept.p99} ms on one connection, ${fresh.median} and ${fresh.p99} ms on a new one each`;

/** MiB that a process holds. */
function residentOf(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) / 1024;
}

/** MiB that a ztunnel of a task may hold. */
const MOST_MIB = 64;

function demandSmall(all: readonly Task[]): void {
  const sizes = all.map((one) => residentOf(one.container("ztunnel").service!.pid));
  console.log(`  ztunnel of a task holds ${sizes.map((mib) => mib.toFixed(0)).join(", ")} MiB`);
  assert.ok(Math.max(...sizes) < MOST_MIB, `${sizes.join()} MiB`);
}

const onInstances = ({ described }: Running): boolean => described.launchType === "ec2";

/** What ztunnel's user sends is not captured: it goes straight to a pod outside the mesh. */
const costs: Check = {
  key: "task-costs",
  point: 17,
  title: `ztunnel of a task holds less than ${MOST_MIB} MiB, and what a request through two of them takes is measured`,
  skip: tasks,
  async run(session) {
    const running = servicesIn(session).find(onInstances)!;
    const [task] = await untilSteady(running);
    const [inside, outside] = [probeAt(session, "inside"), probeAt(session, "outside")];
    const cluster = session.cluster(inside.cluster);
    const { status } = await probePod(cluster, outside);
    const service = `/api/v1/namespaces/${namespaces.inside}/services/${nameOf(inside.cluster)}`;
    const { spec } = await cluster.kube.get(service);
    const [own, pods] = [tasksGroup(running), podsGroup(session)];
    const ways = [
      { way: "Egress", group: own, port: probePort, other: pods },
      { way: "Ingress", group: pods, port: probePort, other: own },
    ] as const;
    await opened(session, ways, async () => {
      const ask = (user: number, host: string): Promise<Measured> =>
        inNetwork(task, user, "latency.py", host, `${probePort}`, REQUESTS);
      const through = await ask(65534, spec.clusterIP);
      const direct = await ask(1337, status.podIP);
      console.log(`  a request through two ztunnels, median and p99: ${text(through)}`);
      console.log(`  a request straight to a pod: ${text(direct)}`);
    });
    demandSmall(session.machine.ecs.tasks);
  },
};

export const taskWireChecks = [quiet, costs] as const satisfies readonly Check[];
