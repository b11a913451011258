import * as assert from "node:assert/strict";
import type { Instance } from "../machine/ec2/instance";
import { command, sleep, until } from "../machine/processes";
import type { Check } from "../run/check";
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
  breakAgent,
  isAnswer,
  isHealthy,
  launchedAfter,
  machineHost,
  machines,
  machinesOnce,
  saidBy,
} from "../run/machines";
import { serialOf, shortenLives, shortLife, tokenOn } from "../run/machines";
import { untilHealthy, untilInService, untilMachine } from "../run/machines";
import { hostOf, probePort, type Place } from "../run/probe";
import type { Session } from "../run/session";
import { joiningChecks } from "./p14Machines";
import { left, scalingChecks } from "./p14MachineScaling";

/** Takes the access entry of a machine's role away while something happens. */
async function withoutEntry({ machine }: Session, roleArn: string, act: () => Promise<unknown>) {
  const entries = machine.store.list("eks.AccessEntry");
  const entry = entries.find(({ outputs }) => outputs.principalArn === roleArn)!;
  machine.store.remove(entry.type, entry.id);
  try {
    await act();
  } finally {
    machine.store.write(entry);
  }
}

async function untilSaid(machine: Instance, said: RegExp): Promise<void> {
  await untilMachine(`${said.source} on its console`, machine, () =>
    saidBy(machine).some((line) => said.test(line)),
  );
}

const waits: Check = {
  key: "machine-waits",
  point: 14,
  title:
    "a machine whose agent is down is replaced; without package, access entry or istiod the other says so, and joins once they are there",
  skip: machinesOnce,
  async run(session) {
    const { ec2 } = await autoScaling(session);
    const istiod = session.istiods.find(
      ({ clusterId }) => clusterId === groupIn(session).controlledBy,
    )!;
    const broken = await firstMachine(session);
    ec2.mirrors = false;
    await breakAgent(broken);
    const machine = await launchedAfter(session, [...ec2.instances]);
    assert.match(
      saidBy(broken).join("\n"),
      /not been ready for 5 seconds: the machine is to be replaced/,
    );
    await untilSaid(machine, /install failed, and is tried again: .*503/);
    const replicas = (await istiod.pods()).length;
    await istiod.scale(0);
    await withoutEntry(session, machine.options.roleArn, async () => {
      ec2.mirrors = true;
      await untilSaid(machine, /token failed, and is tried again: the API server answers .*401/);
    });
    await untilSaid(machine, /waits for istiod at /);
    await istiod.scale(replicas);
    await untilInService(machine);
    await untilHealthy(session, machine);
    await left(session, [broken]);
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

/** The group may have no machine, and is to have none: as the engine would tell it. */
async function emptied(session: Session): Promise<void> {
  const { ec2, group } = await autoScaling(session);
  const { store } = session.machine;
  const stored = store.list("autoscaling.Group").find(({ id }) => id === group)!;
  store.write({ ...stored, outputs: { ...stored.outputs, minSize: 0 } });
  ec2.resize(group, 0);
}

const leaves: Check = {
  key: "machine-leaves",
  point: 14,
  title: "a machine leaves no key and no token on its disk",
  skip: machines,
  async run(session) {
    const machine = await firstMachine(session);
    await emptied(session);
    await until("its entry is unhealthy while its agent runs", 60, async () => {
      const entry = await entryOf(session, machine);
      return entry !== undefined && !isHealthy(entry);
    });
    await left(session, [machine]);
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
  ...[waits, ...scalingChecks, renews, revoked, closed, reboots, names, leaves],
] as const satisfies readonly Check[];
