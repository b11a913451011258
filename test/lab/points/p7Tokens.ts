import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Json } from "../machine/kube";
import { sleep, until } from "../machine/processes";
import { only, type Check } from "../run/check";
import type { Istiod } from "../run/istiod";
import type { Session } from "../run/session";
import { underCalls } from "../run/underCalls";
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
    const refresherList = `/api/v1/namespaces/${istiod.namespace}/configmaps/istio-token-refresher`;
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

async function rotateAll(session: Session): Promise<void> {
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
}

const rotated: Check = {
  key: "rotated",
  point: 7,
  title:
    "a rotated token loses no endpoint and no call, and changes are still seen when the old one is void",
  skip: only("02-multi-primary-same-network"),
  run: (session) => underCalls(session, () => rotateAll(session)),
};

/** Reads on in the log of a program of a cluster from where it ends now. */
function follow({ work, cluster }: Session, name: string, program: string): () => string {
  const file = path.join(work, "logs", cluster(name).name, `${program}.log`);
  const start = fs.statSync(file).size;
  return () => fs.readFileSync(file).subarray(start).toString();
}

/** What istiod writes for every kind of object that it can no longer list. */
const unauthorized = /Unauthorized/;

/** An API server's log says why it refused a token, istiod's only that it was refused. */
async function followPair(session: Session, { istiod, watched }: Pair) {
  const { metadata } = await istiod.pod();
  const server = follow(session, watched, "kube-apiserver");
  const own = follow(session, istiod.name, `${istiod.namespace}.${metadata.name}.discovery`);
  return async (reason: RegExp) => {
    const refused = () => reason.test(server());
    await until(`${watched}: a refusal that says ${reason}`, rereadSeconds, refused);
    const said = () => unauthorized.test(own());
    await until(`${istiod.name}: istiod's word that ${watched} refuses it`, 30, said);
  };
}

/** Replaces what the refreshers wrote: nonsense in the first istiod's files, in others a token for the istiod's own cluster. */
async function spoil(session: Session): Promise<RegExp[]> {
  const [first, ...others] = pairs(session);
  const spare = read((await tokenFiles(session, first))[0]);
  for (const file of await tokenFiles(session, first)) fs.writeFileSync(file, "nonsense");
  for (const pair of others) {
    for (const file of await tokenFiles(session, pair)) fs.writeFileSync(file, spare);
  }
  return [/not a token of AWS/, ...others.map(() => /the token is for .+, not for/)];
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
    const followed = await Promise.all(pairs(session).map((pair) => followPair(session, pair)));
    authenticator.tokenSeconds = 0;
    await dropConnections(session);
    for (const demandRefused of followed) await demandRefused(/the token has expired/);
    const reasons = await spoil(session);
    for (const [index, demandRefused] of followed.entries()) await demandRefused(reasons[index]);
    authenticator.tokenSeconds = life;
    await demandSynced(session);
    await demandServing(session);
    const [{ istiod, watched }] = pairs(session);
    const before = await servedBy(session, istiod);
    await replaceEcho(session.cluster(watched));
    const after = await servedBy(session, istiod);
    assert.deepEqual(after, before, `${istiod.name}: expected what it knew of ${watched}, no more`);
    await rotate(session);
    await demandServing(session, recoverySeconds);
  },
};

export const tokenChecks = [rotated, refused] as const satisfies readonly Check[];
