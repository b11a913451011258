import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { ClusterState, Endpoint } from "./clusterState";
import type { Json } from "./kube";
import { pace } from "./pace";
import { gatesFor } from "./readinessGates";
import { isCut, isSentTo, TargetGroups } from "./targetGroups";
import { Store } from "./store";

const GATE = "target-health.eks.amazonaws.com/istiod";
const GROUP = "arn:group";
const binding = {
  metadata: {
    name: "istiod",
    namespace: "istio-system",
    finalizers: ["eks.amazonaws.com/resources"],
  },
  spec: { targetGroupARN: GROUP, targetType: "ip", serviceRef: { name: "istiod", port: 15012 } },
};

let folder = "";
let store: Store;
const times = { ...pace };
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-targets-"));
  store = new Store(folder);
  const outputs = { arn: GROUP, tags: { "eks:eks-cluster-name": "east" }, deregistrationDelay: 0 };
  const place = { account: "123456789012", region: "eu-central-1" };
  const group = { ...outputs, connectionTermination: true };
  store.write({ type: "lb.TargetGroup", id: "group", ...place, inputs: group, outputs: group });
});
afterEach(() => {
  Object.assign(pace, times);
  fs.rmSync(folder, { recursive: true });
});

function podWith(conditions: Record<string, string>): Json {
  const list = Object.entries(conditions).map(([type, status]) => ({ type, status }));
  return {
    metadata: { name: "istiod-1", namespace: "istio-system" },
    spec: { readinessGates: [{ conditionType: GATE }] },
    status: { conditions: list },
  };
}

/** One cluster with the binding, and what is written to its pods. */
class Cluster {
  readonly name = "east";
  readonly gates: string[] = [];
  readonly kube = {
    patch: async (_: string, { status }: Json) =>
      void this.gates.push(...(status?.conditions ?? []).map((one: Json) => one.status)),
  };
  behind: Partial<Endpoint>[] = [];

  all = (kind: string): Json[] => (kind === "autoBindings" ? [binding] : []);

  endpoints(): Endpoint[] {
    const fine = { address: "10.0.0.4", port: 15012, ready: true, terminating: false };
    return this.behind.map((one) => ({ ...fine, ...one }));
  }
}

describe("a target group", () => {
  let cluster: Cluster;
  let groups: TargetGroups;
  const state = () => groups.targets(GROUP)[0]?.state;
  const found = (...healthy: string[]) => groups.observe(new Map([[GROUP, new Set(healthy)]]));
  beforeEach(() => {
    cluster = new Cluster();
    groups = new TargetGroups(store, [cluster as unknown as ClusterState]);
  });

  it("takes a pod that only its gates hold back, and none that is on its way out", () => {
    const pod = podWith({ ContainersReady: "True" });
    cluster.behind = [{ ready: false, pod }];
    groups.register();
    assert.equal(state(), "initial");
    cluster.behind = [{ ready: false, pod, terminating: true }];
    groups.register();
    assert.equal(state(), "draining");
    cluster.behind = [{ ready: false, pod: podWith({ ContainersReady: "False" }) }];
    groups = new TargetGroups(store, [cluster as unknown as ClusterState]);
    groups.register();
    assert.equal(state(), undefined);
  });

  it("says that a target is healthy no sooner than AWS would, and opens its pod's gate then", async () => {
    cluster.behind = [{ ready: false, pod: podWith({ ContainersReady: "True" }) }];
    pace.registration = 5;
    groups.register();
    found("10.0.0.4:15012");
    await groups.tell();
    assert.deepEqual([state(), cluster.gates], ["initial", ["False"]]);
    pace.registration = 0;
    found("10.0.0.4:15012");
    await groups.tell();
    assert.deepEqual([state(), cluster.gates], ["healthy", ["False", "True"]]);
    found();
    assert.equal(state(), "healthy");
    found();
    assert.equal(state(), "unhealthy");
  });

  it("is sent to for a while after a target was taken out, and cut off after its delay", () => {
    cluster.behind = [{}];
    groups.register();
    cluster.behind = [];
    groups.register();
    const [target] = groups.targets(GROUP);
    const [group] = store.outputs("lb.TargetGroup");
    assert.ok(isSentTo(target));
    assert.ok(isCut(target, group));
    assert.ok(!isCut(target, { ...group, connectionTermination: false }));
    assert.ok(!isCut(target, { ...group, deregistrationDelay: 30 }));
    pace.lag = 0;
    assert.ok(!isSentTo(target));
    groups.register();
    assert.deepEqual(groups.targets(GROUP), []);
  });
});

describe("gates of a pod that is being made", () => {
  const cluster = {
    all: (kind: string) => (kind === "autoBindings" ? [binding] : []),
    service: () => ({ spec: { selector: { app: "istiod" } } }),
  };
  const gates = (labels: Record<string, string>, namespace = "istio-system", spec = {}) =>
    gatesFor(cluster, "autoBindings", namespace, { metadata: { labels }, spec });

  it("are those of the bindings whose Services select it", () => {
    assert.deepEqual(gates({ app: "istiod", more: "x" }), [GATE]);
    assert.deepEqual(gates({ app: "other" }), []);
    assert.deepEqual(gates({ app: "istiod" }, "elsewhere"), []);
  });

  it("are given once", () => {
    const readinessGates = [{ conditionType: GATE }];
    assert.deepEqual(gates({ app: "istiod" }, "istio-system", { readinessGates }), []);
  });
});
