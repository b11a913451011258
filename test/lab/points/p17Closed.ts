import * as assert from "node:assert/strict";
import type { Check } from "../run/check";
import { opened, podsGroup, tasksGroup } from "../run/opened";
import { callFrom, probePod } from "../run/probe";
import { letInBy, probeAt, servicesIn, tasks, untilSteady, untilTasks } from "../run/tasks";

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
      const open = { group: tasksGroup(running), port, other: podsGroup(session) };
      await opened(session, [{ way: "Ingress", ...open }], async () => {
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
