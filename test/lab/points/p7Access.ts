import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { Kube, type Json, type KubeError } from "../machine/kube";
import { sleep, until } from "../machine/processes";
import { only, severalClusters, type Check } from "../run/check";
import type { Session } from "../run/session";
import { boundPattern, people } from "../run/stackFile";
import { echoPod, port, scaleEcho } from "../run/workload";
import { demandSynced } from "./p2IstiodsSee";
import { demandServing, servedBy } from "./p4Endpoints";
import { requestAs } from "./p3Trust";
import { pairs, tokenFiles, type Pair } from "./p7Tokens";

/** Waits until istiod has given up on a cluster for now: after PILOT_REMOTE_CLUSTER_TIMEOUT, 30 s. */
async function demandTimeout({ istiod, watched }: Pair): Promise<void> {
  await until(`${istiod.name}: /debug/clusterz says timeout`, 60, async () => {
    const all = await istiod.debug("clusterz");
    return all.some((one: { id: string; syncStatus: string }) => {
      return one.id === watched && one.syncStatus === "timeout";
    });
  });
}

const refreshed: Check = {
  key: "refreshed",
  point: 7,
  title: "istiod reads other clusters with the refresher's token, through an access entry",
  skip: severalClusters,
  async run(session) {
    const { machine, topology, mesh } = session;
    for (const { istiod, watched } of pairs(session)) {
      const [file] = await tokenFiles(session, { istiod, watched });
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

/** What the API server answers somebody with EKS's token, by status. */
async function answersTo(session: Session, name: string, role: string): Promise<number[]> {
  const { server, kubelet } = session.cluster(name);
  const token = session.machine.authenticator.tokenOf(kubelet.options.cluster, role);
  const kube = new Kube(server.endpoint, server.certificateAuthority, token);
  const istio = `/api/v1/namespaces/${session.namespace}`;
  const asked: [method: string, path: string, body?: Json][] = [
    ["GET", `${istio}/pods`],
    ["GET", "/apis/security.istio.io/v1/peerauthentications"],
    ["GET", `${istio}/secrets`],
    ["POST", `${istio}/configmaps?dryRun=All`, configMap],
  ];
  const statuses = asked.map(([method, path, body]) =>
    kube.request(method, path, body).then(
      () => 200,
      (error: KubeError) => error.status,
    ),
  );
  return Promise.all(statuses);
}

const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "by-people" } };

const peopleMay: Check = {
  key: "people",
  point: 7,
  title: "admins may do everything, viewers read all but Secrets, others nothing",
  skip: only(boundPattern),
  async run(session) {
    for (const name of session.members) {
      const may = (role: string) => answersTo(session, name, role);
      assert.deepEqual(await may(people.admin), [200, 200, 200, 200], `${name}: an admin`);
      assert.deepEqual(await may(people.viewer), [200, 200, 403, 403], `${name}: a viewer`);
      const stranger = people.viewer.replace("viewer", "stranger");
      assert.deepEqual(await may(stranger), [401, 401, 401, 401], `${name}: a stranger`);
    }
  },
};

const revoked: Check = {
  key: "revoked",
  point: 7,
  title: "after revocation nothing new is trusted or seen, and a restarted istiod says so",
  skip: only("02-multi-primary-same-network"),
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
    await demandTimeout({ istiod, watched });
    machine.store.write(mine[0]);
    await scaleEcho(session.cluster(watched), 1);
    await istiod.restart();
    await demandSynced(session);
    await demandServing(session);
  },
};

/** The longest that client-go lets pass between two attempts (k8s.io/client-go/tools/cache/reflector.go). */
const retrySeconds = 60;

const unreached: Check = {
  key: "unreached",
  point: 2,
  title:
    "an istiod that starts while a peer's API server is away is Ready, says timeout, syncs later",
  skip: only("02-multi-primary-different-networks"),
  async run(session) {
    const [pair] = pairs(session);
    const { istiod, watched } = pair;
    const { server } = session.cluster(watched);
    const pod = await echoPod(istiod.cluster);
    await server.stopServer();
    await istiod.restart();
    await demandTimeout(pair);
    const served = await servedBy(session, istiod);
    const own = [`${pod.status.podIP}:${port}`];
    assert.deepEqual(served, own, `${istiod.name}: expected its own endpoints without ${watched}`);
    await server.startServer();
    await demandSynced(session, retrySeconds + 30);
    await demandServing(session);
  },
};

export const accessChecks = [
  refreshed,
  peopleMay,
  unreached,
  revoked,
] as const satisfies readonly Check[];
