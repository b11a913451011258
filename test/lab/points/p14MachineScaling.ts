import * as assert from "node:assert/strict";
import type { Instance } from "../machine/ec2/instance";
import { until } from "../machine/processes";
import { sidecar, type Check, type Pattern, type Reason } from "../run/check";
import {
  autoScaling,
  breakAgent,
  entryOf,
  grown,
  launchedAfter,
  machineHost,
  machines,
  patience,
  saidBy,
  untilHealthy,
  untilInService,
  untilMachine,
} from "../run/machines";
import { doorOf, probePod } from "../run/probe";
import type { Session } from "../run/session";
import { during } from "../run/underCalls";

/** A page of a machine costs more than one of a probe. */
const perSecond = 40;

/** Calls from every member to machines at a steady rate, while something happens: none may be lost. */
async function underCalls(session: Session, act: () => Promise<void>): Promise<void> {
  const callers = session.members.map(async (from) => {
    const cluster = session.cluster(from);
    const door = doorOf(cluster, await probePod(cluster, { cluster: from, where: "inside" }));
    const asks = { request: "bash/", answer: "<!DOCTYPE", perSecond };
    return { name: `${from} to machines`, door, host: machineHost(session), ...asks };
  });
  await during(await Promise.all(callers), act);
}

/** Where clients hear that a machine is not well. */
const told = (pattern: Pattern): Reason | undefined =>
  sidecar(pattern) === undefined ? undefined : "ambientHealth";

/** The group ends as many as are too much then; those that it ends. */
export async function shrunk(session: Session, desired: number): Promise<Instance[]> {
  const { ec2, group } = await autoScaling(session);
  const inService = () => ec2.instances.filter(({ state }) => state === "InService");
  const before = inService();
  ec2.resize(group, desired);
  await until(`${desired} in service`, 30, () => inService().length === desired);
  return before.filter(({ state }) => state !== "InService");
}

/** Machines have left as they should: they have ended their hook, and nobody is sent to them any more. */
export async function left(session: Session, leaving: readonly Instance[]): Promise<void> {
  for (const machine of leaving) {
    await until(`${machine.id} has ended`, patience, () => machine.state === "Terminated");
    assert.equal(machine.ended, "CompleteLifecycleAction", "how its termination hook has ended");
    await until("its entry is gone", 60, async () => !(await entryOf(session, machine)));
  }
}

/** The agent of a machine is down: the machine that its group launches in its place. */
export async function replacing(session: Session, broken: Instance): Promise<Instance> {
  const { ec2 } = await autoScaling(session);
  const before = [...ec2.instances];
  await breakAgent(broken);
  const machine = await launchedAfter(session, before);
  const said = /not been ready for 5 seconds: the machine is to be replaced/;
  assert.match(saidBy(broken).join("\n"), said);
  return machine;
}

export const scales: Check = {
  key: "machine-scales",
  point: 14,
  title: "no call is lost while the group launches a machine and ends another",
  skip: (pattern) => machines(pattern) ?? told(pattern),
  async run(session) {
    const come = await grown(session, 2);
    // Before it has an agent nobody is sent to it.
    await untilMachine("it fetches its agent", come, () =>
      saidBy(come).some((line) => line.includes("fetches ")),
    );
    await underCalls(session, async () => {
      await untilInService(come);
      await untilHealthy(session, come);
      const leaving = await shrunk(session, 1);
      assert.ok(leaving.length === 1 && !leaving.includes(come), "the older one leaves");
      await left(session, leaving);
    });
  },
};
