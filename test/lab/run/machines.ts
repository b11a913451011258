/** Machines outside Kubernetes, as checks ask them. */
import { createPrivateKey, createSign } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { plan } from "../../../components/mesh/plan";
import type { MachineGroup } from "../../../components/topology";
import { relate } from "../../../components/topology/relations/relate";
import type { Ec2 } from "../machine/ec2/ec2";
import type { Instance } from "../machine/ec2/instance";
import type { Json } from "../machine/kube";
import { makeMachinesReadable } from "../machine/kubelet/readable";
import { until } from "../machine/processes";
import { bootsMachines } from "../tools/machine/image";
import { mesh, only, proxied, type Pattern, type Reason } from "./check";
import { callFrom, probePod, type Call, type Place } from "./probe";
import type { Session } from "./session";

/** Where there are machines whose application the lab knows, and something that boots them. */
export function machines({ topology, kind }: Pattern): Reason | undefined {
  if (Object.keys(topology.virtualMachines).length === 0) return "noMachines";
  if (kind !== "shipped") return "ownMachines";
  return bootsMachines() ? undefined : "noBoot";
}

/** Where pods can call them too: those of an ambient mesh need a ztunnel. */
export const machinesCalled = (pattern: Pattern): Reason | undefined =>
  machines(pattern) ?? (mesh(pattern).dataPlane === "ambient" ? proxied(pattern) : undefined);

/** The pattern that shows what a machine does whatever its network is. */
export const machineLife = "03-vm-same-network";

export const machinesOnce = (pattern: Pattern): Reason | undefined =>
  machines(pattern) ?? only(machineLife)(pattern);

/** Seconds that a machine may take for what it does beside everything else of the lab. */
export const patience = 300;

/** The one group of a stack file. */
export function groupIn({ topology }: Session): MachineGroup {
  return Object.values(topology.virtualMachines)[0];
}

/** Name of the group's Service in every cluster. */
export function machineHost(session: Session): string {
  const { name, namespace } = groupIn(session);
  return `${name}.${namespace}.svc.cluster.local`;
}

/** Instances of an ECS cluster are in such a group too: that of the machines is found by its planned name. */
export async function autoScaling(session: Session): Promise<{ ec2: Ec2; group: string }> {
  const { groups } = plan(relate(session.topology)).machines;
  return {
    ec2: await session.machine.ec2(),
    group: groups[groupIn(session).name].autoScalingGroup,
  };
}

/** The machine that has been there longest. */
export async function firstMachine(session: Session): Promise<Instance> {
  const { ec2 } = await autoScaling(session);
  const found = ec2.instances.find(({ state }) => state === "InService");
  if (!found) throw new Error("no machine runs");
  return found;
}

/** The entry that istiod has made of a machine. */
export async function entryOf(session: Session, { options }: Instance): Promise<Json | undefined> {
  const { namespace, controlledBy } = groupIn(session);
  const path = `/apis/networking.istio.io/v1/namespaces/${namespace}/workloadentries`;
  const all = await session.cluster(controlledBy).kube.list(path);
  return all.find(({ spec }) => spec.address === options.address);
}

export function isHealthy(entry?: Json): boolean {
  const conditions: Json[] = entry?.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === "Healthy" && status === "True");
}

/** What a machine's agent has written last, and what systemd has of its unit. */
const LAST_WORDS =
  "tail -n 5 /var/log/istio/istio.err.log /var/log/istio/istio.log; journalctl -u istio -n 9 --no-pager";

/** Waits for what a machine is to become; if it does not, the error has what it has said. */
export async function untilMachine<T>(
  what: string,
  machine: Instance,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = patience,
): Promise<T> {
  return until(what, seconds, ask).catch(async (error: Error) => {
    const said = saidBy(machine).slice(-8);
    const log = await machine.run("sh", "-c", LAST_WORDS).catch((failed: Error) => failed.message);
    throw new Error([error.message, ...said, log].join("\n"));
  });
}

/** What its own program has written to the console. */
export function saidBy({ console }: Instance): string[] {
  return console.split("\n").filter((line) => line.includes("istio-machine: "));
}

/** What the group launches, once one more is desired than there are. */
export async function grown(session: Session, desired: number): Promise<Instance> {
  const { ec2, group } = await autoScaling(session);
  const before = [...ec2.instances];
  ec2.resize(group, desired);
  return launchedAfter(session, before);
}

/** The group of a stack file has one machine from now on, and keeps it so by itself. */
export async function firstInService(session: Session): Promise<Instance> {
  const { name, namespace, controlledBy } = groupIn(session);
  if (session.mesh.dataPlane === "ambient")
    await makeMachinesReadable(session.cluster(controlledBy).kube, namespace, name);
  return untilInService(await grown(session, 1));
}

/** What the group has launched beside those that there were; a machine that is broken says so once the group's grace is over. */
export async function launchedAfter(
  session: Session,
  before: readonly Instance[],
): Promise<Instance> {
  const { ec2 } = await autoScaling(session);
  const isNew = (one: Instance) => !before.includes(one);
  return until("another machine", patience, () => ec2.instances.find(isNew));
}

export async function untilInService(machine: Instance): Promise<Instance> {
  await untilMachine("the machine in service", machine, () => machine.state === "InService");
  return machine;
}

/** Seconds without a ready agent after which a machine says that it is to be replaced. */
const soon = 5;

/** Its agent is down, and stays so; the machine does not wait for a quarter of an hour before it says so. */
export async function breakAgent(machine: Instance): Promise<void> {
  const shorten = `sed -i 's/"unhealthySeconds":[0-9]*/"unhealthySeconds":${soon}/' /etc/istio-machine/settings.json`;
  await machine.run("sh", "-c", shorten);
  const joined = () => saidBy(machine).filter((line) => line.includes("is in the mesh")).length;
  const before = joined();
  await machine.run("systemctl", "restart", "istio-machine-lifecycle.service");
  await untilMachine("it knows that it is in the mesh", machine, () => joined() > before);
  await machine.run("systemctl", "stop", "istio.service");
}

export async function untilHealthy(session: Session, machine: Instance): Promise<Json> {
  return untilMachine("its entry is healthy", machine, async () => {
    const entry = await entryOf(session, machine);
    return isHealthy(entry) && entry;
  });
}

/** Asks a machine's application from a probe. */
export async function askMachine(session: Session, from: Place, host: string): Promise<Call> {
  const cluster = session.cluster(from.cluster);
  return callFrom(cluster, await probePod(cluster, from), host, "bash/");
}

/** What the application of the stack files answers: a list of files. */
export const isListing = (answer: string): boolean => answer.includes("Directory listing");
export const isAnswer = ({ body = "" }: Call): boolean => isListing(body);

/** Asks for a page as an application on the machine does; the answer, or why there is none. */
export async function askFrom(machine: Instance, url: string): Promise<string> {
  const ask = ["curl", "--silent", "--show-error", "--max-time", "5", url];
  return machine
    .run("runuser", "-u", "nobody", "--", ...ask)
    .catch((error: Error) => error.message);
}

/** The certificate that the machine's Envoy shows. */
async function certificateOf(machine: Instance): Promise<Json> {
  const text = await machine.run("curl", "--silent", "--max-time", "5", `${ADMIN}/certs`);
  const { certificates = [] } = JSON.parse(text) as Json;
  const [own] = certificates.flatMap((one: Json) => one.cert_chain ?? []);
  return own;
}

/** Its serial number, where there is one. */
export async function serialOf(machine: Instance): Promise<string | undefined> {
  return (await certificateOf(machine))?.serial_number;
}

/** When it ends, in milliseconds. */
export async function endOfCertificate(machine: Instance): Promise<number> {
  return Date.parse((await certificateOf(machine)).expiration_time);
}

const ADMIN = "http://127.0.0.1:15000";

const TOKEN = "/run/secrets/tokens/istio-token";

export async function tokenOn(machine: Instance): Promise<string> {
  return machine.run("cat", TOKEN).catch(() => "");
}

/** As if an hour had gone by: its token, but that it has expired. */
export async function expireToken(session: Session, machine: Instance): Promise<string> {
  const [head, body] = (await tokenOn(machine)).split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString());
  const now = Math.floor(Date.now() / 1000);
  const past = { ...claims, iat: now - 3700, nbf: now - 3700, exp: now - 100 };
  const text = `${head}.${Buffer.from(JSON.stringify(past)).toString("base64url")}`;
  const { folder } = session.cluster(groupIn(session).controlledBy).server;
  const key = createPrivateKey(fs.readFileSync(path.join(folder, "service-account.key")));
  const token = `${text}.${createSign("RSA-SHA256").update(text).sign(key, "base64url")}`;
  await machine.run("sh", "-c", `printf %s "$0" > ${TOKEN}`, token);
  return token;
}

/** Seconds of a certificate's life while lives are short. */
export const shortLife = 60;

/** Certificates and tokens that are renewed so often that one sees it; until the machine boots again. */
export async function shortenLives(machine: Instance): Promise<void> {
  await dropIn(machine, "istio.service", `[Service]\nEnvironment=SECRET_TTL=${shortLife}s\n`);
  const timer =
    "[Timer]\nOnUnitInactiveSec=\nOnUnitInactiveSec=5s\nOnActiveSec=1s\nAccuracySec=1s\n";
  await dropIn(machine, "istio-machine-token.timer", timer);
  await machine.run("systemctl", "daemon-reload");
  await machine.run("systemctl", "restart", "istio-machine-token.timer");
  await machine.run("systemctl", "restart", "--no-block", "istio.service");
}

async function dropIn(machine: Instance, unit: string, text: string): Promise<void> {
  const folder = `/run/systemd/system/${unit}.d`;
  const write = 'mkdir -p "$0" && printf %s "$1" > "$0/lab.conf"';
  await machine.run("sh", "-c", write, folder, text);
}
