import * as assert from "node:assert/strict";
import { plan } from "../../../components/mesh/plan";
import { PlaceKind, planReach, type Cell, type ReachPlace } from "../../../components/mesh/reach";
import { relate } from "../../../components/topology/relations/relate";
import type { Instance } from "../machine/ec2/instance";
import { until } from "../machine/processes";
import type { Check } from "../run/check";
import { askFrom, askMachine, begun, firstMachine, groupIn, isAnswer } from "../run/machines";
import { machineHost, machines, machinesCalled, machinesOnce, untilHealthy } from "../run/machines";
import { hostOf, namespaces, probePod, probePort, type Place } from "../run/probe";
import type { Session } from "../run/session";

/** Seconds from the start of a machine until it is in its mesh, where nothing else is at work. */
const BOOT_SECONDS = 120;

/** Seconds until a call ends as planned. */
const settleSeconds = 60;

const boots: Check = {
  key: "machine-boots",
  point: 14,
  title: "a machine boots with the planned user data and joins the mesh by itself",
  skip: machines,
  async run(session) {
    const started = Date.now();
    const machine = await begun(session);
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

interface Machines {
  readonly session: Session;
  readonly machine: Instance;
}

/** Cells of the plan that machines are in, but for their calls of each other. */
function cellsOf(session: Session): [Cell, from: ReachPlace, to: ReachPlace][] {
  const relations = relate(session.topology);
  const { places, cells } = planReach(relations, plan(relations).network);
  const place = (key: string) => places.find((one) => one.key === key)!;
  return cells
    .map((cell): [Cell, ReachPlace, ReachPlace] => [cell, place(cell.from), place(cell.to)])
    .filter(([, from, to]) => isMachines(from) !== isMachines(to) && from.kind !== "clients");
}

const isMachines = ({ kind }: ReachPlace): boolean => kind === PlaceKind.Machines;

const probeAt = ({ kind, cluster }: ReachPlace): Place => ({
  cluster,
  where: kind === PlaceKind.InMesh ? "inside" : "outside",
});

/** Whoever is in no mesh knows no name of the others, and uses an address. */
async function intoMachine({ session, machine }: Machines, from: ReachPlace): Promise<string> {
  const host = from.kind === PlaceKind.InMesh ? machineHost(session) : machine.options.address;
  const answer = await askMachine(session, probeAt(from), host);
  return isAnswer(answer) ? "answered" : "none";
}

async function outOfMachine(
  { session, machine }: Machines,
  { identity }: Cell,
  to: ReachPlace,
): Promise<string> {
  const place = probeAt(to);
  const { status } = await probePod(session.cluster(place.cluster), place);
  const host = place.where === "inside" ? hostOf(place) : status.podIP;
  const ask = () => askFrom(machine, `http://${host}:${probePort}/header`);
  const answer = await ask();
  if (!answer.startsWith("{")) return "none";
  if (session.mesh.dataPlane === "ambient" && identity !== undefined)
    return refusedAs(session, identity, place, ask);
  return /URI=([^;,"\\]+)/.exec(answer)?.[1] ?? "answered";
}

/**
 * ztunnel tells no application who calls, and logs a connection only once it ends, which Envoy keeps: but a policy that refuses this
 * one caller stops it.
 */
async function refusedAs(
  session: Session,
  identity: string,
  to: Place,
  ask: () => Promise<string>,
): Promise<string> {
  const principal = identity.replace("spiffe://", "");
  const path = `/apis/security.istio.io/v1/namespaces/${namespaces[to.where]}/authorizationpolicies/no-machines`;
  const { kube } = session.cluster(to.cluster);
  await kube.apply(path, {
    ...{ apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" },
    metadata: { name: "no-machines" },
    spec: { action: "DENY", rules: [{ from: [{ source: { principals: [principal] } }] }] },
  });
  const isRefused = async () => !(await ask()).startsWith("{");
  const seen = await until("refused", 20, isRefused).then(
    () => identity,
    () => "somebody else",
  );
  await kube.delete(path);
  await until("answered again", settleSeconds, async () => !(await isRefused()));
  return seen;
}

/** What a call is to become: who the called one says that it is, where it says so. */
function expected({ way, identity }: Cell, to: ReachPlace): string {
  if (way.kind === "none") return "none";
  return isMachines(to) ? "answered" : (identity ?? "answered");
}

async function demand(machines: Machines, [cell, from, to]: ReturnType<typeof cellsOf>[number]) {
  const wanted = expected(cell, to);
  let seen = "not asked";
  const ask = async () => {
    seen = isMachines(to)
      ? await intoMachine(machines, from)
      : await outOfMachine(machines, cell, to);
    return seen === wanted;
  };
  await until(`${cell.from} to ${cell.to}: ${wanted}`, settleSeconds, ask).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${seen}`);
  });
}

const reached: Check = {
  key: "machine-reached",
  point: 14,
  title: "every place reaches the machine as planned, and it every place, as who it is",
  skip: machinesCalled,
  async run(session) {
    const machine = await firstMachine(session);
    const cells = cellsOf(session);
    assert.ok(cells.length >= session.members.length * 4, `${cells.length} cells`);
    const results = await Promise.allSettled(
      cells.map((cell) => demand({ session, machine }, cell)),
    );
    const wrong = results.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
    assert.deepEqual(wrong, [], `expected every call as planned:\n${wrong.join("\n")}`);
  },
};

/** Lets nobody but one identity in. */
function denyAllBut(session: Session, principal: string) {
  const { name } = groupIn(session);
  const rules = [{ from: [{ source: { notPrincipals: [principal] } }] }];
  return {
    ...{ apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" },
    metadata: { name: "only-one" },
    spec: { selector: { matchLabels: { app: name } }, action: "DENY", rules },
  };
}

const known: Check = {
  key: "machine-knows",
  point: 14,
  title: "the machine knows who calls: a policy lets in one caller and no other",
  skip: machinesCalled,
  async run(session) {
    const { namespace, controlledBy } = groupIn(session);
    const { kube } = session.cluster(controlledBy);
    const path = `/apis/security.istio.io/v1/namespaces/${namespace}/authorizationpolicies/only-one`;
    const [own] = session.members;
    const lets = async (cluster: string, wanted: boolean, where: string) => {
      const from: Place = { cluster, where: "inside" };
      const asks = async () => isAnswer(await askMachine(session, from, machineHost(session)));
      const what = `${cluster}: ${wanted ? "let in" : "refused"} ${where}`;
      await until(what, settleSeconds, async () => (await asks()) === wanted);
    };
    for (const let_in of [own, "nobody"]) {
      const principal = `${session.mesh.trustDomain}/ns/probe/sa/at-${let_in}`;
      await kube.apply(path, denyAllBut(session, principal));
      for (const cluster of session.members)
        await lets(cluster, cluster === let_in, `where ${principal} is let in`);
    }
    await kube.delete(path);
    // What is asked next is not to meet a policy that the machine has still to unlearn.
    for (const cluster of session.members) await lets(cluster, true, "without the policy");
  },
};

export const joiningChecks = [boots, judged, reached, known] as const satisfies readonly Check[];
