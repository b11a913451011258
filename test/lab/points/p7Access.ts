import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Json } from "../machine/kube";
import { sleep, until } from "../machine/processes";
import { only, severalClusters, type Check } from "../run/check";
import type { Istiod } from "../run/istiod";
import type { Session } from "../run/session";
import { scaleEcho } from "../run/workload";
import { demandSynced } from "./p2IstiodsSee";
import { demandServing } from "./p4Endpoints";
import { requestAs } from "./p3Trust";

/** Where the checks run that take minutes or stop a server. */
const once = only("02-multi-primary-same-network");

/** client-go reads a token file again after a minute (k8s.io/client-go/transport/token_source.go). */
const rereadSeconds = 62;

/** Tokens that an istiod's refreshers keep for a watched cluster, one file per replica. */
async function tokenFiles({ work }: Session, istiod: Istiod, watched: string): Promise<string[]> {
  const files = (await istiod.pods()).map(({ metadata }) =>
    path.join(work, "pods", metadata.uid, "volumes", "eks-tokens", watched),
  );
  assert.ok(files.length > 0, `${istiod.name}: no istiod pod`);
  await until(`${istiod.name}: a token for ${watched}`, 30, () => files.every(fs.existsSync));
  return files;
}

/** Watched cluster by watching istiod. */
function pairs({ istiods, members }: Session): { istiod: Istiod; watched: string }[] {
  return istiods.flatMap((istiod) =>
    members.filter((name) => name !== istiod.name).map((watched) => ({ istiod, watched })),
  );
}

const refreshed: Check = {
  key: "refreshed",
  point: 7,
  title: "istiod reads other clusters with the refresher's token, through an access entry",
  skip: severalClusters,
  async run(session) {
    const { machine, topology, mesh } = session;
    for (const { istiod, watched } of pairs(session)) {
      const [file] = await tokenFiles(session, istiod, watched);
      const token = fs.readFileSync(file, "utf8");
      const as = (cluster: string) =>
        machine.authenticator.identify(`${topology.name}-${cluster}`, token).groups;
      const expected = [`istio-reader-${mesh.name}`];
      assert.deepEqual(as(watched), expected, `${istiod.name}: what its token is to ${watched}`);
      const message = `${istiod.name}: its token for ${watched} must not be good at home`;
      assert.throws(() => as(istiod.name), /the token is for/, message);
    }
  },
};

const refresherList = "/api/v1/namespaces/istio-system/configmaps/istio-token-refresher";

/** Makes every refresher start a pass now: it does when its list changes, and a blank line changes nothing else. */
async function rotate(session: Session): Promise<void> {
  for (const { istiod, watched } of pairs(session)) {
    const files = await tokenFiles(session, istiod, watched);
    const before = files.map((file) => fs.readFileSync(file, "utf8"));
    const { kube } = istiod.cluster;
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
      files.every((file, index) => fs.readFileSync(file, "utf8") !== before[index]),
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
  skip: once,
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

const revoked: Check = {
  key: "revoked",
  point: 7,
  title: "after revocation nothing new is trusted or seen, and a restarted istiod says so",
  skip: once,
  async run(session) {
    const { machine, topology } = session;
    const { istiod, watched } = pairs(session)[0];
    const mine = machine.store
      .list("eks.AccessEntry")
      .filter(({ outputs }) => outputs.clusterName === `${topology.name}-${watched}`)
      .filter(({ outputs }) =>
        outputs.kubernetesGroups?.includes(`istio-reader-${session.mesh.name}`),
      );
    assert.equal(mine.length, 1, `expected one access entry for readers of ${watched}`);
    await requestAs(session, istiod, watched);
    machine.store.remove("eks.AccessEntry", mine[0].id);
    await sleep(2500);
    await session.cluster(watched).server.stopServer();
    await session.cluster(watched).server.startServer();
    const message = `expected istiod of ${istiod.name} to refuse workloads of ${watched}`;
    await assert.rejects(requestAs(session, istiod, watched), /UNAUTHENTICATED/, message);
    await scaleEcho(session.cluster(watched), 2);
    await istiod.restart();
    await until(`${istiod.name}: /debug/clusterz says timeout`, 60, async () => {
      const all = await istiod.debug("clusterz");
      return all.some((one: { id: string; syncStatus: string }) => {
        return one.id === watched && one.syncStatus === "timeout";
      });
    });
    machine.store.write({ inputs: {}, ...mine[0] });
    await scaleEcho(session.cluster(watched), 1);
    await istiod.restart();
    await demandSynced(session);
    await demandServing(session);
  },
};

export const accessChecks = [refreshed, rotated, revoked] as const satisfies readonly Check[];
