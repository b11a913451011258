import * as assert from "node:assert/strict";
import type { Task } from "../machine/ecs/task";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import type { Check } from "../run/check";
import { callFrom, hostOf, probePod, probePort, type Place } from "../run/probe";
import { demandRefused } from "../run/registering";
import type { Session } from "../run/session";
import { identityOf as identityOfProbe } from "../run/cells";
import {
  askFromTask,
  entriesOf,
  identityOf,
  inboundIn,
  letInBy,
  servicesIn,
  taskHost,
  tasks,
  untilSteady,
  untilTasks,
} from "../run/tasks";

const joins: Check = {
  key: "task-joins",
  point: 17,
  title: "tasks run as planned and register by themselves: identity, zone, network and HBONE",
  skip: tasks,
  async run(session) {
    for (const running of servicesIn(session)) {
      const { described } = running;
      const steady = await untilSteady(running);
      assert.equal(steady.length, described.count);
      for (const { options } of steady) {
        const entry = await untilTasks(`the entry of ${options.address}`, running, async () =>
          (await entriesOf(session, running)).find(({ spec }) => spec.address === options.address),
        );
        const { region, subnet } = options;
        const { name, serviceAccount } = described;
        assert.equal(entry.metadata.name, `${name}-${subnet.availabilityZone}-${options.address}`);
        assert.equal(entry.spec.serviceAccount, serviceAccount);
        assert.equal(entry.spec.locality, `${region}/${subnet.availabilityZone}`);
        assert.equal(entry.spec.network, session.networkOf(described.controlledBy));
        assert.equal(entry.spec.labels.app, name);
        assert.equal(entry.spec.labels["networking.istio.io/tunnel"], "http");
        assert.equal(entry.metadata.labels["istio-patterns/serves"], name);
      }
      const zones = new Set(steady.map(({ options }) => options.subnet.availabilityZone));
      assert.equal(zones.size, Math.min(described.count, 3), `zones of ${described.name}`);
    }
  },
};

const inside = ({ members: [cluster] }: Session): Place => ({ cluster, where: "inside" });

const called: Check = {
  key: "task-called",
  point: 17,
  title: "a pod of the mesh calls tasks by their Service's name, and they know who it is",
  skip: tasks,
  async run(session) {
    const from = inside(session);
    const cluster = session.cluster(from.cluster);
    const pod = await probePod(cluster, from);
    for (const running of servicesIn(session)) {
      const { described, service } = running;
      const [port] = Object.values<number>(described.ports);
      await untilTasks(`an answer of ${described.name}`, running, async () => {
        const { body = "" } = await callFrom(cluster, pod, taskHost(described), "header", port);
        return body.startsWith("{");
      });
      const caller = `src.identity="${identityOfProbe(session, from)}"`;
      // ztunnel says it once a connection has ended.
      await untilTasks(`${caller} in their logs`, running, () =>
        service.tasks.flatMap((task) => letInBy(task)).some((line) => line.includes(caller)),
      );
    }
  },
};

/** Connections that the ztunnel of a probe has let in. */
async function letInByProbe(session: Session, place: Place): Promise<string[]> {
  const cluster = session.cluster(place.cluster);
  const ztunnel = cluster.kubelet
    .processOf(await probePod(cluster, place))
    .services.get("ztunnel")!;
  return inboundIn(ztunnel.log);
}

const calls: Check = {
  key: "task-calls",
  point: 17,
  title: "a task's application calls a pod of the mesh by name, which knows whose task it is",
  skip: tasks,
  async run(session) {
    const to = inside(session);
    for (const running of servicesIn(session)) {
      const { described } = running;
      const [task] = await untilSteady(running);
      let answer = "";
      const asks = async () => {
        answer = await askFromTask(task, `http://${hostOf(to)}:${probePort}/header`);
        return answer.startsWith("{");
      };
      await until(`an answer to ${described.name}`, 60, asks).catch((error: Error) => {
        throw new Error(`${error.message}: ${answer}`);
      });
      const caller = `src.identity="${identityOf(session, described)}"`;
      await until(`${caller} in the log of the probe`, 60, async () =>
        (await letInByProbe(session, to)).some((line) => line.includes(caller)),
      );
    }
  },
};

/** What a task asks of an entry by its role, and the answer's status. */
async function patched(task: Task, entry: string, patch: object): Promise<string> {
  const script = `bearer="$(aws eks get-token --cluster-name "$EKS_NAME" --region "$AWS_REGION" --output text --query status.token)"
curl --silent --output /dev/null --write-out '%{http_code}' --cacert /mesh/eks-ca.pem --request PATCH --header "Authorization: Bearer $bearer" \\
  --header 'Content-Type: application/merge-patch+json' --data '${JSON.stringify(patch)}' \\
  "$EKS_ENDPOINT/apis/networking.istio.io/v1/namespaces/$NAMESPACE/workloadentries/${entry}"`;
  return task.container("mesh-drain").run("/bin/sh", "-c", script);
}

const labelled = (labels: object) => ({ metadata: { labels } });
const annotated = (annotations: object) => ({ metadata: { annotations } });

const bound: Check = {
  key: "task-bound",
  point: 17,
  title: "a task sets the label that its Service selects by on its own entries, and nothing else",
  skip: tasks,
  async run(session) {
    const [running, other] = servicesIn(session);
    const [task] = await untilSteady(running);
    await untilSteady(other);
    const [own] = await entriesOf(session, running);
    const [foreign] = await entriesOf(session, other);
    const { name } = running.described;
    const tries: [what: string, entry: Json, patch: object, expected: string][] = [
      ["its label again", own, labelled({ "istio-patterns/serves": name }), "200"],
      [
        "another's Service",
        own,
        labelled({ "istio-patterns/serves": other.described.name }),
        "422",
      ],
      ["a label that policies select by", own, labelled({ app: null }), "422"],
      ["a label of its own", own, labelled({ mine: "too" }), "422"],
      ["no group", own, annotated({ "istio.io/autoRegistrationGroup": null }), "422"],
      ["an annotation of its own", own, annotated({ mine: "too" }), "422"],
      ["a finalizer", own, { metadata: { finalizers: ["mine/too"] } }, "422"],
      ["no owner", own, { metadata: { ownerReferences: [] } }, "422"],
      ["another address", own, { spec: { address: "10.10.0.9" } }, "422"],
      ["another's entry", foreign, labelled({ "istio-patterns/serves": null }), "422"],
    ];
    for (const [what, entry, patch, expected] of tries)
      assert.equal(await patched(task, entry.metadata.name, patch), expected, what);
  },
};

const labelledAsGroup: Check = {
  key: "task-labels",
  point: 17,
  title:
    "who has a task's token registers with the labels and network of its own group: it answers for no other Service",
  skip: tasks,
  async run(session) {
    const [running, other] = servicesIn(session);
    const [task] = await untilSteady(running);
    const { name, namespace, controlledBy: cluster } = running.described;
    const token = await task.container("mesh-token").run("cat", "/mesh/token");
    const group = `${name}-${task.options.subnet.availabilityZone}`;
    const registrant = { kind: "ztunnel", cluster, namespace, token, group } as const;
    await demandRefused(session, registrant, other.described.name);
  },
};

export const taskChecks = [
  ...[joins, called, calls, bound, labelledAsGroup],
] as const satisfies readonly Check[];
