import * as assert from "node:assert/strict";
import { PlaceKind } from "../../../components/mesh/reach";
import { until } from "../machine/processes";
import type { Check } from "../run/check";
import { demandEvery } from "../run/cells";
import {
  askMachine,
  firstInService,
  firstMachine,
  groupIn,
  isAnswer,
  machineHost,
  machines,
  machinesCalled,
  machinesOnce,
  tokenOn,
  untilHealthy,
} from "../run/machines";
import { onlyFrom, onlyFromPath } from "../run/onlyFrom";
import { callBetween, outsideCells, type Planned } from "../run/parties";
import type { Place } from "../run/probe";
import { demandRefused } from "../run/registering";
import type { Session } from "../run/session";

/** Seconds from the launch of a machine until it is in its mesh, where nothing else is at work. */
const BOOT_SECONDS = 120;

/** Seconds until a call ends as planned. */
const settleSeconds = 60;

/**
 * Calls at once, so that every connection that the caller's Envoy keeps is used: each keeps the policies that it was opened with until
 * it is drained (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/listeners/listener_filters#filter-chain-only-update).
 */
const atOnce = 20;

const boots: Check = {
  key: "machine-boots",
  point: 14,
  title: "a machine boots with the planned user data and joins the mesh by itself",
  skip: machines,
  async run(session) {
    const started = Date.now();
    const machine = await firstInService(session);
    const seconds = (Date.now() - started) / 1000;
    console.log(`  a machine is in service after ${seconds.toFixed(0)} s (aim: ${BOOT_SECONDS})`);
    const { spec } = await untilHealthy(session, machine);
    const { network, serviceAccount, name } = groupIn(session);
    assert.deepEqual([spec.network, spec.serviceAccount], [network, serviceAccount]);
    assert.equal(spec.labels.app, name);
    const failed = await machine.run("systemctl", "--failed", "--plain", "--no-legend");
    assert.equal(failed.trim(), "", "units that have failed");
  },
};

/** Scripts that a machine runs and that are of no program's making, but for the user's own. */
const scripts = [
  "/var/lib/cloud/instance/scripts/00-istio-machine",
  ...["probe", "guard"].map((name) => `/usr/local/sbin/istio-machine-${name}`),
];

const judged: Check = {
  key: "machine-judged",
  point: 14,
  title: "cloud-init's schema, systemd and shellcheck accept what a machine was given",
  skip: machinesOnce,
  async run(session) {
    const machine = await firstMachine(session);
    await machine.run("cloud-init", "schema", "--system");
    await machine.run("shellcheck", ...scripts);
    const units = "/etc/systemd/system/istio-machine-*";
    const said = await machine.run("sh", "-c", `systemd-analyze verify --man=no ${units} 2>&1`);
    assert.doesNotMatch(said, /istio-machine/);
  },
};

const closedFirst: Check = {
  key: "machine-closed-first",
  point: 14,
  title: "ports are closed before cloud-init runs any module, and so any script",
  skip: machinesOnce,
  async run(session) {
    const log = await (await firstMachine(session)).run("cat", "/var/log/cloud-init.log");
    const [closes, runs] = [/boothooks\/istio-machine-guard'\]/, /Running module \w+/];
    assert.ok(log.search(closes) > 0, "expected cloud-init to run the guard");
    assert.ok(log.search(closes) < log.search(runs), "expected it to run nothing before");
    assert.doesNotMatch(log, /Boothooks .*error/);
  },
};

/**
 * What a call is to become: who the called one says that it is, where it says so. ztunnel says it of a connection that has ended, and
 * Envoy keeps those that it has; nothing but mutual TLS is let in there.
 */
function expected([{ way, identity }, , to]: Planned): string {
  if (way.kind === "none") return "none";
  const says = to.kind === PlaceKind.InMesh && to.dataPlane !== "ambient";
  return (says ? identity : undefined) ?? "answered";
}

async function demand(session: Session, planned: Planned) {
  const [cell, from, to] = planned;
  const wanted = expected(planned);
  let seen = { outcome: "not asked", answer: "" };
  const ask = async () => {
    seen = await callBetween(session, from, to);
    return seen.outcome === wanted;
  };
  await until(`${cell.from} to ${cell.to}: ${wanted}`, settleSeconds, ask).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${seen.outcome}: ${seen.answer.slice(0, 200)}`);
  });
}

const reached: Check = {
  key: "machine-reached",
  point: 14,
  title: "every place reaches machines and tasks as planned, and they every place, as who they are",
  skip: machinesCalled,
  async run(session) {
    const cells = outsideCells(session);
    assert.ok(cells.length >= session.members.length * 4, `${cells.length} cells`);
    await demandEvery(cells.map((cell) => demand(session, cell)));
  },
};

const known: Check = {
  key: "machine-knows",
  point: 14,
  title: "the machine knows who calls: a policy lets in one caller and no other",
  skip: machinesCalled,
  async run(session) {
    const group = groupIn(session);
    const { kube } = session.cluster(group.controlledBy);
    const [own] = session.members;
    const lets = async (cluster: string, wanted: boolean, where: string) => {
      const from: Place = { cluster, where: "inside" };
      const asks = async () => isAnswer(await askMachine(session, from, machineHost(session)));
      const what = `${cluster}: ${wanted ? "let in" : "refused"} ${where}`;
      const all = () => Promise.all(Array.from({ length: atOnce }, asks));
      await until(what, settleSeconds, async () => (await all()).every((one) => one === wanted));
    };
    for (const let_in of [own, "nobody"]) {
      const principal = `${session.mesh.trustDomain}/ns/probe/sa/at-${let_in}`;
      await kube.apply(onlyFromPath(group), onlyFrom(group, principal));
      for (const cluster of session.members)
        await lets(cluster, cluster === let_in, `where ${principal} is let in`);
    }
    await kube.delete(onlyFromPath(group));
    // What is asked next is not to meet a policy that the machine has still to unlearn.
    for (const cluster of session.members) await lets(cluster, true, "without the policy");
  },
};

const labelledAsGroup: Check = {
  key: "machine-labels",
  point: 14,
  title:
    "who has a machine's token registers with the labels and network of its own group: it answers for no other Service",
  skip: machines,
  async run(session) {
    const { name: group, namespace, controlledBy: cluster } = groupIn(session);
    const token = await tokenOn(await firstMachine(session));
    await demandRefused(session, { kind: "sidecar", cluster, namespace, token, group }, "pay");
  },
};

export const joiningChecks = [
  ...[boots, judged, closedFirst, labelledAsGroup, reached, known],
] as const satisfies readonly Check[];
