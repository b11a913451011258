import * as assert from "node:assert/strict";
import type { Instance } from "../machine/ec2/instance";
import { command, sleep, until } from "../machine/processes";
import type { Check } from "../run/check";
import {
  askFrom,
  askMachine,
  autoScaling,
  endOfCertificate,
  entryOf,
  expireToken,
  firstMachine,
  groupIn,
} from "../run/machines";
import { isAnswer, isHealthy, machineHost, machines, machinesOnce, saidBy } from "../run/machines";
import { serialOf, shortenLives, shortLife, tokenOn } from "../run/machines";
import { untilHealthy, untilInService, untilMachine } from "../run/machines";
import { hostOf, probePort, type Place } from "../run/probe";
import type { Session } from "../run/session";
import { withoutEntry, withoutRights } from "../run/withoutEntry";
import { joiningChecks } from "./p14Machines";
import { left, replacing, scales, shrunk } from "./p14MachineScaling";

async function untilSaid(machine: Instance, said: RegExp): Promise<void> {
  await untilMachine(`${said.source} on its console`, machine, () =>
    saidBy(machine).some((line) => said.test(line)),
  );
}

async function untilAsks(session: Session, machine: Instance, url: string): Promise<void> {
  const isAnswered = async () => (await askFrom(machine, url)).startsWith("{");
  await untilMachine(`it is answered at ${url}`, machine, isAnswered);
}

/** A Service of the mesh, by its name. */
function probeUrl(session: Session): string {
  const [cluster] = session.members;
  return `http://${hostOf({ cluster, where: "inside" })}:${probePort}/header`;
}

/** While istiod is away: what stands between a machine and its token, and what the API server then says. */
async function withoutToken(session: Session, machine: Instance): Promise<void> {
  const { roleArn } = machine.options;
  const said = (what: string) =>
    untilSaid(
      machine,
      new RegExp(`token failed, and is tried again: the API server answers .*${what}`),
    );
  await withoutRights(session, roleArn, async () => {
    await withoutEntry(session, roleArn, () => said("401.* access entry"));
    await said("403.*serviceaccounts .* is forbidden");
  });
}

const waits: Check = {
  key: "machine-waits",
  point: 14,
  title:
    "a machine whose agent is down is replaced; without package, access entry, rights or istiod the other says so, and joins once they are there",
  skip: machinesOnce,
  async run(session) {
    const { ec2 } = await autoScaling(session);
    const istiod = session.istiods.find(
      ({ clusterId }) => clusterId === groupIn(session).controlledBy,
    )!;
    const broken = await firstMachine(session);
    ec2.mirrors = false;
    const machine = await replacing(session, broken);
    await untilSaid(machine, /install failed, and is tried again: .*503/);
    // An istiod that ends before has no time to delete it, and the next one lets it stand for long.
    await left(session, [broken]);
    const replicas = (await istiod.pods()).length;
    await istiod.scale(0);
    ec2.mirrors = true;
    await withoutToken(session, machine);
    await untilSaid(machine, /waits for istiod at /);
    await istiod.scale(replicas);
    await untilInService(machine);
    await untilHealthy(session, machine);
    // It had no stub of systemd-resolved, as Amazon Linux has none: the drop-in has brought one.
    await untilAsks(session, machine, probeUrl(session));
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

const isReady = ["curl", "-s", "http://127.0.0.1:15021/healthz/ready", "-w", "%{http_code}"];

/** In standby nobody is sent to it; it is switched off then, and on again once its certificate has ended. */
async function stopped(session: Session, machine: Instance): Promise<void> {
  const { ec2 } = await autoScaling(session);
  ec2.standBy(machine);
  await until(
    "its entry is unhealthy",
    60,
    async () => !isHealthy(await entryOf(session, machine)),
  );
  const end = await endOfCertificate(machine);
  await machine.stop();
  await sleep(Math.max(0, end - Date.now()));
  machine.start();
  ec2.comeBack(machine);
}

/** After `renews`: its certificate lives for a minute, and its token is gone with its memory. */
const reboots: Check = {
  key: "machine-reboots",
  point: 14,
  title:
    "a machine in standby that was off for longer than its certificate lives joins again without its user data, and is never open",
  skip: machinesOnce,
  async run(session) {
    const machine = await firstMachine(session);
    const dated = () => machine.run("stat", "-c", "%Y", "/var/lib/istio/envoy/cluster.env");
    const before = await dated();
    await stopped(session, machine);
    let opened = 0;
    await untilMachine("it has booted", machine, async () => {
      if (await isOpen(session, machine)) opened += 1;
      return (await machine.run(...isReady)).endsWith("200");
    });
    await untilInService(machine);
    await untilHealthy(session, machine);
    assert.equal(opened, 0, "times that it has answered plain text meanwhile");
    assert.equal(await dated(), before, "when cloud-init has written its files");
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
    const url = probeUrl(session);
    const asked = async (how: string, script: string) => {
      await machine.run("sh", "-ec", script);
      await untilMachine(`names are asked by ${how}`, machine, async () =>
        (await machine.run("cat", "/run/istio-machine/agent.env")).includes(`${how}=true`),
      );
      await untilAsks(session, machine, url);
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
    await shrunk(session, 0);
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
  ...[renews, revoked, reboots, closed, names, waits, scales, leaves],
] as const satisfies readonly Check[];
