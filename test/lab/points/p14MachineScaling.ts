import * as assert from "node:assert/strict";
import { mapValues } from "../../../components/records";
import type { TopologyDescription } from "../../../components/topology";
import type { Ec2 } from "../machine/ec2/ec2";
import type { Instance } from "../machine/ec2/instance";
import { until } from "../machine/processes";
import { only, sidecar, type Check, type Pattern, type Reason } from "../run/check";
import { failure } from "../run/cli";
import {
  autoScaling,
  entryOf,
  firstMachine,
  grown,
  launchedAfter,
  machineHost,
  machines,
  patience,
  untilHealthy,
  untilInService,
} from "../run/machines";
import { doorOf, probePod } from "../run/probe";
import type { Session } from "../run/session";
import { during } from "../run/underCalls";

/** Calls from every member to machines at a steady rate, while something happens: none may be lost. */
async function underCalls(session: Session, act: () => Promise<void>): Promise<void> {
  const callers = session.members.map(async (from) => {
    const cluster = session.cluster(from);
    const door = doorOf(cluster, await probePod(cluster, { cluster: from, where: "inside" }));
    const asks = { request: "bash/", answer: "<!DOCTYPE" };
    return { name: `${from} to machines`, door, host: machineHost(session), ...asks };
  });
  await during(await Promise.all(callers), act);
}

/** Where clients hear that a machine is not well. */
const told = (pattern: Pattern): Reason | undefined =>
  sidecar(pattern) === undefined ? undefined : "ambientHealth";

/** How many there are to be in the end, one less than then: the group ends as many as are too much. */
async function shrink(session: Session, to: number): Promise<Instance[]> {
  const { ec2, group } = await autoScaling(session);
  const inService = () => ec2.instances.filter(({ state }) => state === "InService");
  const before = inService();
  ec2.resize(group, to);
  await until(`${to} in service`, 30, () => inService().length === to);
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

const scales: Check = {
  key: "machine-scales",
  point: 14,
  title: "no call is lost while the group launches a machine and ends another",
  skip: (pattern) => machines(pattern) ?? told(pattern),
  async run(session) {
    await underCalls(session, async () => {
      const come = await untilServing(session, await grown(session));
      const leaving = await shrink(session, 1);
      assert.ok(leaving.length > 0 && !leaving.includes(come), "the older one leaves");
      await left(session, leaving);
    });
  },
};

async function untilServing(session: Session, machine: Instance): Promise<Instance> {
  await untilHealthy(session, machine);
  return machine;
}

/** Looks at how many are in service while something happens. */
async function fewest(ec2: Ec2, act: () => Promise<void>): Promise<number> {
  const count = () => ec2.instances.filter(({ state }) => state === "InService").length;
  let least = count();
  const looks = setInterval(() => (least = Math.min(least, count())), 100);
  await act().finally(() => clearInterval(looks));
  return least;
}

/** Where instances are refreshed: the pattern of machines that shows least else. */
export const refreshing = "03-vm-different-network";

/** Runs `up` with what a description has become, until the group has one machine of it in the place of the one before. */
async function replacedBy(session: Session, description: TopologyDescription): Promise<Instance> {
  const { ec2 } = await autoScaling(session);
  const [old, before] = [await firstMachine(session), [...ec2.instances]];
  session.file.write(description);
  const outcome = await session.cli.operate("up");
  assert.equal(outcome.code, 0, failure(outcome));
  const machine = await untilInService(await launchedAfter(session, before));
  await left(session, [old]);
  return machine;
}

const refreshed: Check = {
  key: "machine-refreshed",
  point: 14,
  title: "an up with other user data replaces machines, one before the other, and no call is lost",
  skip: (pattern) => machines(pattern) ?? only(refreshing)(pattern),
  async run(session) {
    const { ec2 } = await autoScaling(session);
    const { original } = session.file;
    const virtualMachines = mapValues(original.virtualMachines ?? {}, (group) => ({
      ...group,
      userData: `${group.userData}  - [touch, /var/lib/refreshed]\n`,
    }));
    await underCalls(session, async () => {
      const least = await fewest(ec2, async () => {
        const machine = await replacedBy(session, { ...original, virtualMachines });
        await machine.run("test", "-e", "/var/lib/refreshed");
        await replacedBy(session, original);
      });
      assert.equal(least, 1, "fewest in service");
    });
  },
};

export const scalingChecks = [scales, refreshed] as const satisfies readonly Check[];
