import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Json } from "../machine/kube";
import { sleep, until } from "../machine/processes";
import { only, type Check } from "../run/check";
import type { Istiod } from "../run/istiod";
import type { Session } from "../run/session";
import { replaceEcho } from "../run/workload";
import { demandSynced } from "./p2IstiodsSee";
import { demandServing, servedBy } from "./p4Endpoints";

/** client-go reads a token file again after a minute (k8s.io/client-go/transport/token_source.go). */
const rereadSeconds = 62;

/** A minute until the file is read again, and as long between two attempts (k8s.io/client-go/tools/cache/reflector.go). */
const recoverySeconds = 150;

/** An istiod and a cluster that it watches. */
export interface Pair {
  readonly istiod: Istiod;
  readonly watched: string;
}

export function pairs({ istiods, members }: Session): Pair[] {
  return istiods.flatMap((istiod) =>
    members.filter((name) => name !== istiod.name).map((watched) => ({ istiod, watched })),
  );
}

/** Tokens that an istiod's refreshers keep for a watched cluster, one file per replica. */
export async function tokenFiles({ work }: Session, { istiod, watched }: Pair): Promise<string[]> {
  const files = (await istiod.pods()).map(({ metadata }) =>
    path.join(work, "pods", metadata.uid, "volumes", "eks-tokens", watched),
  );
  assert.ok(files.length > 0, `${istiod.name}: no istiod pod`);
  await until(`${istiod.name}: a token for ${watched}`, 30, () => files.every(fs.existsSync));
  return files;
}

const read = (file: string): string => fs.readFileSync(file, "utf8");

/** Makes every refresher start a pass now: it does when its list changes, and a blank line changes nothing else. */
async function rotate(session: Session): Promise<void> {
  for (const { istiod, watched } of pairs(session)) {
    const files = await tokenFiles(session, { istiod, watched });
    const before = files.map(read);
    const { kube } = istiod.cluster;
    const refresherList = "/api/v1/namespaces/istio-system/configmaps/istio-token-refresher";
    const { apiVersion, kind, metadata, data } = await kube.get(refresherList);
    const { name, namespace, managedFields } = metadata;
    const owner = managedFields.find((one: Json) => one.operation === "Apply").manager;
    // As who wrote it: a field that someone else has touched is one that the next `up` cannot change.
    const touch = (clusters: string) => {
      const body = { apiVersion, kind, metadata: { name, namespace }, data: { clusters } };
      return kube.patch(`${refresherList}?fieldManager=${owner}`, body, "apply");
    };
    await touch(`\n${data.clusters}`);
    await until(`${istiod.name}: fresh tokens for ${watched}`, 30, () =>
      files.every((file, index) => read(file) !== before[index]),
    );
    await touch(data.clusters);
  }
}

/** What every istiod reads from a cluster it reads over new connections afterwards. */
async function dropConnections(session: Session): Promise<void> {
  const servers = session.members.map((name) => session.cluster(name).server);
  await Promise.all(servers.map((server) => server.stopServer()));
  await Promise.all(servers.map((server) => server.startServer()));
}

const rotated: Check = {
  key: "rotated",
  point: 7,
  title: "a rotated token loses no endpoint, and changes are still seen when the old one is void",
  skip: only("02-multi-primary-same-network"),
  async run(session) {
    const { authenticator } = session.machine;
    const life = authenticator.tokenSeconds;
    const since = Date.now();
    await rotate(session);
    await sleep(Math.max(0, since + rereadSeconds * 1000 - Date.now()));
    authenticator.tokenSeconds = (Date.now() - since) / 1000;
    await dropConnections(session);
    authenticator.tokenSeconds = life;
    await demandSynced(session);
    await demandServing(session);
  },
};

/** Waits for a line that a program of a cluster writes to its log from now on. */
async function demandLine(
  { work, cluster }: Session,
  name: string,
  program: string,
  line: RegExp,
): Promise<void> {
  const file = path.join(work, "logs", cluster(name).name, `${program}.log`);
  const start = fs.statSync(file).size;
  const said = () => line.test(fs.readFileSync(file).subarray(start).toString());
  await until(`${name}: ${line} in the log of ${program}`, rereadSeconds, said);
}

/** An API server says why it refuses a token, istiod only that it is refused. */
async function demandRefused(
  session: Session,
  { istiod, watched }: Pair,
  reason: RegExp,
): Promise<void> {
  const { metadata } = await istiod.pod();
  await demandLine(session, watched, "kube-apiserver", reason);
  const program = `istio-system.${metadata.name}.discovery`;
  const line = new RegExp(`watch error in cluster ${watched}: Unauthorized`);
  await demandLine(session, istiod.name, program, line);
}

/** Replaces what the refreshers wrote: nonsense in the first istiod's files, in others a token for the istiod's own cluster. */
async function spoil(session: Session, [first, ...others]: readonly Pair[]): Promise<void> {
  const spare = read((await tokenFiles(session, first))[0]);
  for (const file of await tokenFiles(session, first)) fs.writeFileSync(file, "nonsense");
  for (const pair of others) {
    for (const file of await tokenFiles(session, pair)) fs.writeFileSync(file, spare);
  }
}

/** What istiod reports as synced stays so: only its log and `controller_sync_errors_total` tell of refused tokens. */
const refused: Check = {
  key: "refused-tokens",
  point: 7,
  title: "expired, garbled and misdirected tokens lose no endpoint; a good one ends it, no restart",
  skip: only("02-multi-primary-same-network-routed-vpcs"),
  async run(session) {
    const { authenticator } = session.machine;
    const life = authenticator.tokenSeconds;
    const [first, ...others] = pairs(session);
    authenticator.tokenSeconds = 0;
    await dropConnections(session);
    for (const pair of [first, ...others]) {
      await demandRefused(session, pair, /the token has expired/);
    }
    await spoil(session, [first, ...others]);
    await demandRefused(session, first, /not a token of AWS/);
    for (const pair of others) await demandRefused(session, pair, /the token is for .+, not for/);
    authenticator.tokenSeconds = life;
    await demandSynced(session);
    await demandServing(session);
    const { istiod, watched } = first;
    const before = await servedBy(session, istiod);
    await replaceEcho(session.cluster(watched));
    const after = await servedBy(session, istiod);
    assert.deepEqual(after, before, `${istiod.name}: expected what it knew of ${watched}, no more`);
    await rotate(session);
    await demandServing(session, recoverySeconds);
  },
};

export const tokenChecks = [rotated, refused] as const satisfies readonly Check[];
