import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import {
  waypointGateway,
  waypointLabels,
  waypointName,
  waypointParameters,
} from "../../../components/ecs/waypoint";
import type { EcsService } from "../../../components/topology/outside";
import { until } from "../machine/processes";
import { only, type Check } from "../run/check";
import { callFrom, probePod } from "../run/probe";
import type { Session } from "../run/session";
import { askFromTask, probeAt, servicesIn, taskHost, tasks, untilSteady } from "../run/tasks";

/** Seconds until istiod has made a waypoint, and until all know of it. */
const settleSeconds = 120;

/** A page that nobody may ask for while a service has its waypoint. */
const forbidden = "hostname";

const policyOf = ({ name, namespace }: EcsService) => ({
  apiVersion: "security.istio.io/v1",
  kind: "AuthorizationPolicy",
  metadata: { name: `paths-of-${name}`, namespace },
  spec: {
    targetRefs: [{ group: "", kind: "Service", name }],
    action: "DENY",
    rules: [{ to: [{ operation: { paths: [`/${forbidden}`] } }] }],
  },
});

/** Puts the planned waypoint in front of a service while something happens, with a policy that looks at paths. */
async function behindWaypoint(
  session: Session,
  described: EcsService,
  act: () => Promise<void>,
): Promise<void> {
  const { name: service, namespace, controlledBy } = described;
  const { kube } = session.cluster(controlledBy);
  const core = `/api/v1/namespaces/${namespace}`;
  const facts = { service, namespace };
  const name = waypointName(service);
  const gateway = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/gateways/${name}`;
  const policy = `/apis/security.istio.io/v1/namespaces/${namespace}/authorizationpolicies/paths-of-${service}`;
  const parameters = waypointParameters(facts);
  const kind = { apiVersion: "v1", kind: "ConfigMap" };
  const labels = waypointLabels(service);
  try {
    await kube.apply(`${core}/configmaps/${name}`, { ...kind, ...parameters });
    await kube.apply(gateway, waypointGateway(facts));
    await kube.apply(policy, policyOf(described));
    await until(`${name} programmed`, settleSeconds, async () => {
      const { conditions = [] } = (await kube.get(gateway)).status ?? {};
      return conditions.some(
        ({ type, status }: { type: string; status: string }) =>
          type === "Programmed" && status === "True",
      );
    });
    await kube.patch(`${core}/services/${service}`, { metadata: { labels } });
    await act();
  } finally {
    const none = Object.fromEntries(Object.keys(labels).map((label) => [label, null]));
    await kube.patch(`${core}/services/${service}`, { metadata: { labels: none } });
    for (const path of [policy, gateway, `${core}/configmaps/${name}`]) await kube.end(path);
  }
}

const waypoint: Check = {
  key: "task-waypoint",
  point: 17,
  title: "at a service's waypoint a policy holds that looks at paths, for pods and for tasks",
  skip: (pattern) => tasks(pattern) ?? only("03-ecs-ztunnel")(pattern),
  async run(session) {
    const [running, other] = servicesIn(session);
    const { described } = running;
    await untilSteady(running);
    const [asking] = await untilSteady(other);
    const from = probeAt(session, "inside");
    const cluster = session.cluster(from.cluster);
    const pod = await probePod(cluster, from);
    const host = taskHost(described);
    const [port] = Object.values<number>(described.ports);
    const asks = {
      pod: async (page: string) => {
        const { body, error = "" } = await callFrom(cluster, pod, host, page, port);
        return body ?? error;
      },
      task: (page: string) => askFromTask(asking, `http://${host}:${port}/${page}`),
    };
    await behindWaypoint(session, described, async () => {
      for (const [who, ask] of Object.entries(asks)) {
        await until(`RBAC: access denied to the ${who}`, settleSeconds, async () =>
          (await ask(forbidden)).includes("RBAC: access denied"),
        );
        const answer = await ask("header");
        assert.ok(answer.startsWith("{"), `${who}: ${answer}`);
      }
      const { namespace } = described;
      const own = `ns/${namespace}/sa/${waypointName(described.name)}`;
      const called = `dst.identity="spiffe://${session.mesh.trustDomain}/${own}"`;
      const { log } = cluster.kubelet.processOf(pod).services.get("ztunnel")!;
      assert.ok(fs.readFileSync(log, "utf8").includes(called), `${called} in the log of the pod`);
    });
    await until("calls past the waypoint again", settleSeconds, async () => {
      const answer = await asks.pod(forbidden);
      return answer === (await asks.task(forbidden)) && !/RBAC|no answer/.test(answer);
    });
  },
};

export const taskWaypointChecks = [waypoint] as const satisfies readonly Check[];
