import assert from "node:assert/strict";
import { runDescription } from "../support/program";
import type { Graph } from "../support/graph";
import { patterns } from "../support/topologies";
import { good } from "./good";

const GROUP = "aws:autoscaling/group:Group";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const WORKLOADS = "kubernetes:networking.istio.io/v1:WorkloadGroup";

describe("machines as resources", () => {
  let graph: Graph;
  before(async () => (graph = await runDescription(patterns["03-vm-same-network"]!)));

  it("have a group whose template's number starts a refresh, and hooks from the start", () => {
    const { inputs } = graph.one(GROUP);
    assert.deepEqual([inputs.minSize, inputs.maxSize], [2, 4]);
    assert.notEqual(inputs.launchTemplate.version, "$Latest");
    assert.equal(inputs.maxInstanceLifetime, 30 * 86400);
    assert.deepEqual(
      inputs.initialLifecycleHooks.map((hook: { name: string; defaultResult: string }) => [
        hook.name,
        hook.defaultResult,
      ]),
      [
        ["launch", "ABANDON"],
        ["terminate", "CONTINUE"],
      ],
    );
  });

  it("take metadata by session alone, an encrypted disk, and user data without a secret", () => {
    const { inputs, secrets } = graph.one(TEMPLATE);
    assert.deepEqual(inputs.metadataOptions, {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    });
    assert.equal(inputs.blockDeviceMappings[0].ebs.encrypted, "true");
    assert.deepEqual(secrets, []);
    const text = Buffer.from(inputs.userData, "base64").toString("utf8");
    assert.match(text, /^Content-Type: multipart\/mixed/);
    assert.match(text, /legacy\.service/);
  });

  it("may end their own lifecycle actions and nothing else", () => {
    const [policy] = graph
      .ofType("aws:iam/rolePolicy:RolePolicy")
      .map(({ inputs }) => JSON.parse(inputs.policy))
      .filter(({ Statement: [{ Action }] }) =>
        Action.includes("autoscaling:CompleteLifecycleAction"),
      );
    const name = graph.one(GROUP).inputs.name;
    assert.deepEqual(policy.Statement[0].Action, [
      "autoscaling:CompleteLifecycleAction",
      "autoscaling:SetInstanceHealth",
    ]);
    assert.match(policy.Statement[0].Resource, new RegExp(`:\\*:autoScalingGroupName/${name}$`));
  });

  it("may make tokens of their own account and of no other", () => {
    const rules = graph
      .ofType("kubernetes:rbac.authorization.k8s.io/v1:Role")
      .flatMap(({ inputs }) => inputs.rules);
    assert.deepEqual(rules, [
      {
        apiGroups: [""],
        resources: ["serviceaccounts/token"],
        resourceNames: ["legacy"],
        verbs: ["create"],
      },
    ]);
  });

  it("are registered with their network and a probe that fails while they leave", () => {
    const { spec, metadata } = graph.one(WORKLOADS).inputs;
    assert.deepEqual([metadata.namespace, metadata.name], ["legacy", "legacy"]);
    assert.deepEqual(spec.template, {
      serviceAccount: "legacy",
      network: "shared",
      ports: { http: 8080 },
    });
    assert.deepEqual(spec.probe.exec.command, ["/usr/local/sbin/istio-machine-probe"]);
  });

  it("come after what they are registered by, which comes after istiod", () => {
    assert.ok(graph.dependsOn(graph.one(GROUP), graph.one(WORKLOADS)));
    const istiod = graph
      .ofType("kubernetes:helm.sh/v3:Release")
      .find(({ inputs, name }) => inputs.name === "istiod" && name.includes("east"))!;
    assert.ok(graph.dependsOn(graph.one(WORKLOADS), istiod));
  });

  it("are twelve AWS resources beside rules and six objects at most, however many machines", async () => {
    const own = /Machine|machines|[-.]legacy/;
    const count = (of: Graph, prefix: string) =>
      of.resources.filter(
        ({ type, urn, custom }) =>
          custom && type.startsWith(prefix) && !/Rule$/.test(type) && own.test(urn),
      ).length;
    const many = structuredClone(patterns["03-vm-same-network"]!);
    many.virtualMachines!.legacy!.count = { min: 90, max: 200 };
    delete many.meshes.prod!.clusters.west;
    delete many.clusters.west;
    const grown = await runDescription(many);
    assert.ok(count(grown, "aws:") >= 8 && count(grown, "aws:") <= 12, `${count(grown, "aws:")}`);
    assert.equal(count(grown, "kubernetes:"), 6);
  });
});

describe("machines of an ambient mesh", () => {
  let graph: Graph;
  before(async () => (graph = await runDescription(patterns["03-vm-ambient"]!)));

  it("are known by their entries to take HBONE, and nothing else", () => {
    const { labels } = graph.one(WORKLOADS).inputs.spec.metadata;
    assert.equal(labels["networking.istio.io/tunnel"], "http");
    assert.equal(labels["security.istio.io/tlsMode"], "disabled");
  });

  it("take HBONE", () => {
    const text = Buffer.from(graph.one(TEMPLATE).inputs.userData, "base64").toString("utf8");
    assert.match(text, /ISTIO_META_ENABLE_HBONE='true'/);
  });
});

describe("the Service of machines", () => {
  it("is not waited for: the provider would look for pods that its selector finds", async () => {
    const graph = await runDescription(good);
    const service = graph
      .ofType("kubernetes:core/v1:Service")
      .find(({ inputs }) => inputs.metadata?.name === "legacy")!;
    assert.deepEqual(service.inputs.metadata.annotations, { "pulumi.com/skipAwait": "true" });
  });
});

describe("machines that nobody calls", () => {
  it("have no Service", async () => {
    const graph = await runDescription(good);
    const services = graph
      .ofType("kubernetes:core/v1:Service")
      .map(({ inputs }) => inputs.metadata?.name);
    assert.ok(services.includes("legacy"));
    assert.ok(!services.includes("batch"));
  });
});
