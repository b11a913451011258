import * as assert from "node:assert/strict";
import type { Instance } from "../machine/ec2/instance";
import { command, sleep, until } from "../machine/processes";
import { sidecar, type Check, type Pattern, type Reason } from "../run/check";
import {
  askFrom,
  askMachine,
  autoScaling,
  entryOf,
  expireToken,
  firstMachine,
  groupIn,
} from "../run/machines";
import {
  isAnswer,
  isHealthy,
  launched,
  machineHost,
  machines,
  machinesOnce,
  saidBy,
} from "../run/machines";
import { serialOf, shortenLives, shortLife, tokenOn } from "../run/machines";
import { untilHealthy, untilMachine } from "../run/machines";
import { doorOf, hostOf, probePod, probePort, type Place } from "../run/probe";
import type { Session } from "../run/session";
import { during } from "../run/underCalls";
import { withoutEntry } from "../run/withoutEntry";
import { joiningChecks } from "./p14Machines";

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

const scales: Check = {
  key: "machine-scales",
  point: 14,
  title: "no call is lost while a machine comes and all others leave",
  skip: (pattern) => machines(pattern) ?? told(pattern),
  async run(session) {
    const { ec2 } = await autoScaling(session);
    const leaving = ec2.instances.filter(({ state }) => state === "InService");
    await underCalls(session, async () => {
      await untilHealthy(session, await launched(session));
      await Promise.all(leaving.map((machine) => ec2.terminate(machine)));
      await sleep(12_000);
    });
    for (const machine of leaving) {
      assert.equal(machine.ended, "CompleteLifecycleAction", "how its termination hook has ended");
      await until("its entry is gone", 60, async () => !(await entryOf(session, machine)));
    }
  },
};

async function untilSaid(machine: Instance, said: RegExp): Promise<void> {
  await untilMachine(`${said.source} on its console`, machine, () =>
    saidBy(machine).some((line) => said.test(line)),
  );
}

const waits: Check = {
  key: "machine-waits",
  point: 14,
  title: "without package, access entry or istiod a machine says so, and joins once they are there",
  skip: machinesOnce,
  async run(session) {
    const { ec2, group } = await autoScaling(session);
    const istiod = session.istiods.find(
      ({ clusterId }) => clusterId === groupIn(session).controlledBy,
    )!;
    ec2.mirrors = false;
    const machine = await ec2.launch(group);
    await untilSaid(machine, /install failed, and is tried again: .*503/);
    const replicas = (await istiod.pods()).length;
    await istiod.scale(0);
    await withoutEntry(session, machine.options.roleArn, async () => {
      ec2.mirrors = true;
      await untilSaid(machine, /token failed, and is tried again: the API server answers .*401/);
    });
    await untilSaid(machine, /waits for istiod at /);
    await istiod.scale(replicas);
    await untilMachine("in service", machine, () => machine.state === "InService");
    await untilHealthy(session, machine);
  },
};

/** Waits for a certificate that it does not have yet. */
async function untilRenewed(machine: Instance, serial?: string): Promise<string> {
  return untilMachine("another certificate", machine, async () => {
    const now = await serialOf(machine).catch(() => undefined);
    return now !== undefined && now !== serial && now;
  });
}

const renews: Check = {
  key: "machine-renews",
  point: 14,
  title: "a machine renews its token, and with it its certificate, again and again",
  skip: machinesOnce,
  async run(session) {
    const machine = await firstMachine(session);
    await shortenLives(machine);
    await untilHealthy(session, machine);
    const first = await untilRenewed(machine, undefined);
    const expired = await expireToken(session, machine);
    await untilMachine("a new token", machine, async () => {
      const now = await tokenOn(machine);
      return now !== "" && now !== expired;
    });
    const second = await untilRenewed(machine, first);
    await untilRenewed(machine, second);
  },
};

/** After `renews`: its certificate lives for a minute. */
const revoked: Check = {
  key: "machine-revoked",
  point: 14,
  title: "without its access entry a machine gets no token, then no certificate, and is not called",
  skip: machinesOnce,
  async run(session) {
    const machine = await firstMachine(session);
    const from: Place = { cluster: session.members[0], where: "inside" };
    const isCalled = async () => isAnswer(await askMachine(session, from, machineHost(session)));
    await withoutEntry(session, machine.options.roleArn, async () => {
      await untilSaid(machine, /token failed, and is tried again: the API server answers .*401/);
      await expireToken(session, machine);
      await sleep(shortLife * 1000);
      const serial = await serialOf(machine);
      await untilMachine("nobody calls it any more", machine, async () => !(await isCalled()));
      assert.equal(await serialOf(machine), serial, "its certificate");
    });
    await untilMachine("called again", machine, isCalled);
  },
};

/** A probe outside the mesh asks for the machine's application in plain text. */
async function isOpen(session: Session, { options }: Instance): Promise<boolean> {
  const [cluster] = session.members;
  return isAnswer(await askMachine(session, { cluster, where: "outside" }, options.address));
}

const closed: Check = {
  key: "machine-closed",
  point: 14,
  title: "while its agent is down nothing gets to a machine's application from outside",
  skip: machinesOnce,
  async run(session) {
    const machine = await firstMachine(session);
    await machine.run("systemctl", "stop", "istio.service");
    // The application of the stack file stops with the agent.
    await machine.run("systemctl", "start", "legacy.service");
    await until("the application listens", 20, async () => {
      const asks = ["curl", "--silent", "http://127.0.0.1:8080/"];
      return (await machine.run(...asks)).includes("Directory listing");
    });
    assert.equal(await isOpen(session, machine), false, "plain text, and no agent");
    // What holds is the guard: without its rules the application answers.
    await machine.run("iptables", "-F", "ISTIO_MACHINE_IN");
    assert.equal(await isOpen(session, machine), true, "without the guard");
    await machine.run("systemctl", "restart", "istio-machine-guard.service");
    assert.equal(await isOpen(session, machine), false, "with the guard again");
    await machine.run("systemctl", "start", "--no-block", "istio.service", "legacy.service");
    await untilHealthy(session, machine);
  },
};

const reboots: Check = {
  key: "machine-reboots",
  point: 14,
  title: "a machine that boots again joins again without its user data, and is never open",
  skip: machinesOnce,
  async run(session) {
    const machine = await firstMachine(session);
    const before = machine.boots;
    const dated = await machine.run("stat", "-c", "%Y", "/var/lib/istio/envoy/cluster.env");
    await machine.run("systemctl", "reboot");
    let opened = 0;
    await untilMachine("it has booted", machine, async () => {
      if (await isOpen(session, machine)) opened += 1;
      if (machine.boots === before) return false;
      const ready = await machine.run(
        "curl",
        "-s",
        "http://127.0.0.1:15021/healthz/ready",
        "-w",
        "%{http_code}",
      );
      return ready.endsWith("200");
    });
    await untilHealthy(session, machine);
    assert.equal(opened, 0, "times that it has answered plain text meanwhile");
    const after = await machine.run("stat", "-c", "%Y", "/var/lib/istio/envoy/cluster.env");
    assert.equal(after, dated, "cloud-init has written its files again");
  },
};

/** What an image without systemd-resolved's stub has: the servers of its network, asked by every program itself. */
const withoutStub = `cp --remove-destination /run/systemd/resolve/resolv.conf /etc/resolv.conf
systemctl mask --runtime --now systemd-resolved
rm -f /run/systemd/resolve/stub-resolv.conf
systemctl restart --no-block istio.service`;

/** As at a boot. */
const withStub = `systemctl unmask --runtime systemd-resolved
systemctl start systemd-resolved
systemctl restart istio-machine-install.service
systemctl restart --no-block istio.service`;

const names: Check = {
  key: "machine-names",
  point: 14,
  title: "a machine finds Services by name, whether systemd-resolved has a stub there or not",
  skip: machinesOnce,
  async run(session) {
    const machine = await firstMachine(session);
    const [cluster] = session.members;
    const url = `http://${hostOf({ cluster, where: "inside" })}:${probePort}/header`;
    const asked = async (how: string, script: string) => {
      await machine.run("sh", "-ec", script);
      const isSo = async () =>
        (await machine.run("cat", "/run/istio-machine/agent.env")).includes(`${how}=true`) &&
        (await askFrom(machine, url)).startsWith("{");
      await untilMachine(`it is answered at ${url}, by ${how}`, machine, isSo);
    };
    await asked("ISTIO_META_DNS_CAPTURE", withoutStub);
    await asked("ISTIO_META_ENABLE_DNS_SERVER", withStub);
    await untilHealthy(session, machine);
  },
};

const leaves: Check = {
  key: "machine-leaves",
  point: 14,
  title: "a machine leaves no key and no token on its disk",
  skip: machines,
  async run(session) {
    const machine = await firstMachine(session);
    const { ec2 } = await autoScaling(session);
    const gone = ec2.terminate(machine);
    await until("its entry is unhealthy while its agent runs", 60, async () => {
      const entry = await entryOf(session, machine);
      return entry !== undefined && !isHealthy(entry);
    });
    await gone;
    await until("its entry is gone", 60, async () => !(await entryOf(session, machine)));
    // A key in PEM, and a token: both begin so in base64.
    const pattern = "BEGIN (EC |RSA )?PRIVATE KEY|eyJhbGciOiJ";
    const found = await command(
      "sh",
      "-c",
      'grep -rlIaE "$0" "$1" || true',
      pattern,
      machine.written,
    );
    assert.equal(found.trim(), "", "keys or tokens on the disk");
  },
};

export const machineChecks = [
  ...joiningChecks,
  ...[waits, scales, renews, revoked, closed, reboots, names, leaves],
] as const satisfies readonly Check[];
