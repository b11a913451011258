import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { EcsService } from "../../../components/topology/outside";
import type { Task } from "../machine/ecs/task";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import type { Stored } from "../machine/store";
import type { Check } from "../run/check";
import { refusalFor } from "../run/registering";
import type { Session } from "../run/session";
import { entriesPath, helpersOfTasks, patience } from "../run/tasks";

const standIn = path.join(__dirname, "..", "machine", "ecs", "standInZtunnel.cjs");

/** Of a planned task definition. */
const planned = (task: Task): Json[] => JSON.parse(task.options.definition.containerDefinitions);

function storedOf({ machine: { store } }: Session, { name }: EcsService): Stored {
  const says = `{"name":"SERVICE","value":"${name}"}`;
  const definition = store
    .outputs("ecs.TaskDefinition")
    .find(({ containerDefinitions }) => containerDefinitions.includes(says));
  const found = store
    .list("ecs.Service")
    .find(({ outputs }) => outputs.taskDefinition === definition?.arn);
  assert.ok(found, `no ECS service ${name}`);
  return found;
}

async function untilRuns(task: Task): Promise<void> {
  const ready = () =>
    task.container("mesh-init").exitCode === 0 &&
    ["mesh-token", "ztunnel"].every((name) => task.container(name).health === "HEALTHY") &&
    task.container("app").status === "RUNNING";
  await until(`helpers of ${task.id}`, patience, () => task.containers.length > 0 && ready()).catch(
    (error: Error) => {
      const said = task.containers.map(
        ({ name, status, health, how = "", service }) =>
          `  ${name} ${status} ${health} ${how} ${service?.tail(6) ?? ""}`,
      );
      throw new Error([error.message, task.reason ?? "", ...said].join("\n"));
    },
  );
}

/** What ztunnel would have: the planned variables, and those that a task alone knows. */
function demandTold(task: Task, { namespace, name, serviceAccount }: EcsService): void {
  const { address, subnet } = task.options;
  const [line] = fs.readFileSync(task.container("ztunnel").log, "utf8").split("\n");
  const { args, env } = JSON.parse(line);
  assert.deepEqual(args, ["proxy", "ztunnel"]);
  const { environment, user } = planned(task).find((one) => one.name === "ztunnel");
  assert.equal(user, "1337:1337");
  const group = `${name}-${subnet.availabilityZone}`;
  const expected = {
    ...Object.fromEntries(environment.map((one: Json) => [one.name, one.value])),
    ...{ INSTANCE_IP: address, POD_NAME: task.id, ISTIO_META_AUTO_REGISTER_GROUP: group },
    PROXY_WORKLOAD_INFO: `${namespace}/${group}-${address}/${serviceAccount}`,
  };
  const told = Object.fromEntries(Object.keys(expected).map((key) => [key, env[key]]));
  assert.deepEqual(told, expected);
}

/** The lab registers it with its token, as its ztunnel would; the task itself puts its entry into the Service then. */
async function demandRegistered(session: Session, task: Task, described: EcsService) {
  const { name, namespace, controlledBy: cluster } = described;
  const { address, subnet } = task.options;
  const token = await task.container("mesh-token").run("cat", "/mesh/token");
  const group = `${name}-${subnet.availabilityZone}`;
  const registrant = { kind: "ztunnel", cluster, namespace, token, group, address } as const;
  // ztunnel says no network of its own, which would be part of the entry's name.
  const refusal = await refusalFor(session, registrant, { NETWORK: "" });
  assert.equal(refusal, "", "why istiod refuses it");
  const entries = entriesPath(namespace);
  await until(`${name}: a task in its Service`, patience, async () => {
    const found = (await session.cluster(cluster).kube.list(entries)).find(
      ({ spec }) => spec.address === address,
    );
    return found?.metadata.labels["istio-patterns/serves"] === name;
  });
}

const helped: Check = {
  key: "task-helpers",
  point: 17,
  title:
    "without a ztunnel the other containers of a task run, and its token registers it; ztunnel is checked by variables and command line alone",
  skip: helpersOfTasks,
  async run(session) {
    for (const described of Object.values(session.topology.ecsServices)) {
      const task = await session.machine.ecs.runTask(storedOf(session, described), standIn);
      try {
        await untilRuns(task);
        demandTold(task, described);
        await demandRegistered(session, task, described);
      } finally {
        await task.end();
      }
      console.log(`  ztunnel of ${described.name} has not run: LAB_ZTUNNEL names none`);
    }
  },
};

export const taskHelperChecks = [helped] as const satisfies readonly Check[];
