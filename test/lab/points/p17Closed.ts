import * as assert from "node:assert/strict";
import { sleep } from "../machine/processes";
import type { Check } from "../run/check";
import { callFrom, probePod, type Place } from "../run/probe";
import type { Session } from "../run/session";
import { letInBy, servicesIn, tasks, untilSteady, untilTasks, type Running } from "../run/tasks";

const probeAt = ({ members: [cluster] }: Session, where: Place["where"]): Place => ({
  cluster,
  where,
});

/** What a group lets in beside what is planned: one port, from those of another group. */
interface Opening {
  readonly group: string;
  readonly port: number;
  readonly other: string;
}

/** Opens a group past the plan while something happens. */
async function opened(
  { machine: { store } }: Session,
  { group, port, other }: Opening,
  act: () => Promise<void>,
): Promise<void> {
  const [{ account, region }] = store.list("eks.Cluster");
  const ports = { ipProtocol: "tcp", fromPort: port, toPort: port };
  const outputs = { securityGroupId: group, referencedSecurityGroupId: other, ...ports };
  const rule = { type: "vpc.SecurityGroupIngressRule", id: "sgr-lab", account, region };
  store.write({ ...rule, inputs: outputs, outputs });
  try {
    // The cloud follows its store every second.
    await sleep(4000);
    await act();
  } finally {
    store.remove(rule.type, rule.id);
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
      assert.equal(await answers(), false, `${running.described.name} as planned`);
      // What holds on Fargate is the group alone: without it the application answers.
      const open = { group: groupOf(running), port, other: podsGroup(session) };
      await opened(session, open, async () => {
        const isFargate = running.described.launchType === "fargate";
        const refused = () => letInBy(task).some((line) => line.includes("policy rejection"));
        await untilTasks("what becomes of plain text", running, async () => {
          const isAnswered = await answers();
          assert.ok(isFargate || !isAnswered, `${running.described.name} answers plain text`);
          return isFargate ? isAnswered : refused();
        });
      });
    }
  },
};

export const taskClosedChecks = [closed] as const satisfies readonly Check[];
