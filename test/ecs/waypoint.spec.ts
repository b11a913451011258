import assert from "node:assert/strict";
import { ecsRules } from "../../components/ecs/rules";
import { waypointRules } from "../../components/ecs/waypointRules";
import { type Claim, testEveryRule, testRules } from "../support/rules";
import type { Graph } from "../support/graph";
import { runDescription } from "../support/program";
import { good, withService } from "./good";

const claims: Claim[] = [
  [
    "ecs-waypoint-name",
    "a service whose waypoint has too long a name",
    (description) => {
      const { echo } = description.ecsServices!;
      description.ecsServices = { ["e".repeat(55)]: { ...echo!, waypoint: true } };
    },
    `ecsServices.${"e".repeat(55)}.waypoint: got "${"e".repeat(55)}-waypoint"; allowed: a name of at most 63 characters, which is the service's and this; fix: rename the service, or leave out the waypoint`,
  ],
  [
    "ecs-waypoint-identity",
    "tasks that are called as another service's waypoint",
    ({ ecsServices }) => {
      ecsServices!.echo!.waypoint = true;
      ecsServices!.pay!.serviceAccount = "echo-waypoint";
    },
    'ecsServices.pay.serviceAccount: got "echo-waypoint"; allowed: another name: the waypoint of ecsServices.echo has this one; fix: rename it',
  ],
];

describe("rules about waypoints of tasks", () => {
  testRules(ecsRules, good, claims);
  testEveryRule(waypointRules, claims);
});

const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";
const SERVICE = "kubernetes:core/v1:Service";

describe("the waypoint of an ECS service", () => {
  const name = "echo-waypoint";
  let graph: Graph;
  before(async () => (graph = await runDescription(withService("echo", { waypoint: true }))));

  const serviceOf = (service: string) =>
    graph.ofType(SERVICE).find(({ inputs }) => inputs.metadata.name === service)!;

  it("stands for its Service, on the mesh's port alone, and takes no other's", () => {
    const { metadata, spec } = graph.one(GATEWAY).inputs;
    assert.deepEqual([metadata.name, metadata.namespace], [name, "ecs"]);
    assert.deepEqual(metadata.labels, { "istio.io/waypoint-for": "service" });
    assert.equal(spec.gatewayClassName, "istio-waypoint");
    assert.deepEqual(spec.listeners, [{ name: "mesh", port: 15008, protocol: "HBONE" }]);
    assert.deepEqual(serviceOf("echo").inputs.metadata.labels, {
      "istio.io/use-waypoint": name,
      "istio.io/ingress-use-waypoint": "true",
    });
    assert.equal(serviceOf("pay").inputs.metadata.labels, undefined);
  });

  it("has two pods over zones, one of which stays, by what istiod lays over its own", () => {
    const { parametersRef } = graph.one(GATEWAY).inputs.spec.infrastructure;
    assert.deepEqual(parametersRef, { group: "", kind: "ConfigMap", name });
    const { data } = graph
      .ofType("kubernetes:core/v1:ConfigMap")
      .find(({ inputs }) => inputs.metadata.name === name)!.inputs;
    assert.deepEqual(JSON.parse(data.horizontalPodAutoscaler).spec, {
      minReplicas: 2,
      maxReplicas: 5,
    });
    assert.deepEqual(JSON.parse(data.podDisruptionBudget).spec, { minAvailable: 1 });
    const [spread] = JSON.parse(data.deployment).spec.template.spec.topologySpreadConstraints;
    assert.equal(spread.topologyKey, "topology.kubernetes.io/zone");
  });

  it("is there before a Service names it, which else is called past its policies, and before tasks", () => {
    const [gateway] = graph.ofType(GATEWAY);
    assert.equal(
      gateway!.inputs.metadata.annotations["pulumi.com/waitFor"],
      "condition=Programmed",
    );
    assert.ok(graph.dependsOn(serviceOf("echo"), gateway!));
    const tasks = graph.ofType("aws:ecs/service:Service").find(({ urn }) => urn.endsWith("echo"))!;
    assert.ok(graph.dependsOn(tasks, gateway!));
  });

  it("is of the revision that serves the tasks", async () => {
    const revised = withService("echo", { waypoint: true });
    revised.istio = { revisions: { r1: { version: "1.31.4" } }, tags: { default: "r1" } };
    revised.meshes.prod!.revision = "r1";
    const { metadata } = (await runDescription(revised)).one(GATEWAY).inputs;
    assert.equal(metadata.labels["istio.io/rev"], "r1");
  });
});
