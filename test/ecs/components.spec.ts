import assert from "node:assert/strict";
import { runDescription } from "../support/program";
import type { Graph } from "../support/graph";
import { good } from "./good";

const SERVICE = "aws:ecs/service:Service";
const DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const GROUP = "kubernetes:networking.istio.io/v1:WorkloadGroup";

/** The good description with one service. */
const one = structuredClone(good);
delete one.ecsServices!.pay;
const other = structuredClone(good);
delete other.ecsServices!.echo;

describe("tasks as resources", () => {
  let graph: Graph;
  before(async () => (graph = await runDescription(one)));

  it("are rolled behind a circuit breaker, spread over zones, and waited for", () => {
    const { inputs } = graph.one(SERVICE);
    assert.deepEqual(inputs.deploymentCircuitBreaker, { enable: true, rollback: true });
    const { waitForSteadyState, availabilityZoneRebalancing, desiredCount } = inputs;
    assert.deepEqual(
      [waitForSteadyState, availabilityZoneRebalancing, desiredCount],
      [true, "ENABLED", 2],
    );
    assert.deepEqual(inputs.capacityProviderStrategies, [
      { capacityProvider: "FARGATE", weight: 1 },
    ]);
    assert.equal(inputs.networkConfiguration.assignPublicIp, false);
    assert.equal(inputs.networkConfiguration.securityGroups.length, 1);
  });

  it("have a definition for Fargate without a secret, which names its log group", () => {
    const { inputs, secrets } = graph.one(DEFINITION);
    assert.deepEqual(secrets, []);
    assert.deepEqual(inputs.requiresCompatibilities, ["FARGATE"]);
    assert.deepEqual(
      [inputs.networkMode, inputs.cpu, inputs.memory, inputs.runtimePlatform.cpuArchitecture],
      ["awsvpc", "512", "1024", "X86_64"],
    );
    assert.deepEqual(inputs.volumes, [{ name: "mesh" }]);
    const containers = JSON.parse(inputs.containerDefinitions);
    assert.deepEqual(
      containers.map(({ name }: { name: string }) => name),
      ["mesh-init", "mesh-token", "ztunnel", "app", "mesh-drain"],
    );
    for (const { logConfiguration } of containers)
      assert.equal(logConfiguration.options["awslogs-region"], "eu-west-1");
  });

  it("may make tokens of their own account and set one label of entries, no more", () => {
    const rules = graph
      .ofType("kubernetes:rbac.authorization.k8s.io/v1:Role")
      .flatMap(({ inputs }) => inputs.rules);
    assert.deepEqual(rules, [
      {
        apiGroups: [""],
        resources: ["serviceaccounts/token"],
        resourceNames: ["echo"],
        verbs: ["create"],
      },
      { apiGroups: ["networking.istio.io"], resources: ["workloadentries"], verbs: ["patch"] },
    ]);
    const { spec } = graph.one(
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
      "demo-east.entries",
    ).inputs;
    assert.equal(spec.failurePolicy, "Fail");
    assert.match(spec.validations[0].expression, /'istio-tasks\.' \+ oldObject/);
    for (const field of ["annotations", "finalizers", "ownerReferences"])
      assert.ok(
        spec.validations[1].expression.includes(
          `object.metadata.${field} == oldObject.metadata.${field}`,
        ),
        field,
      );
    assert.match(
      spec.validations[1].expression,
      /label == 'istio-patterns\/serves' \? object\.metadata\.labels\[label\] == oldObject\.metadata\.labels\['service\.istio\.io\/canonical-name'\]/,
    );
    const binding = graph.one(
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
      "demo-east.entries",
    ).inputs;
    assert.deepEqual(binding.spec.validationActions, ["Deny"]);
  });

  it("are nobody in IAM, and are started by a role that writes their logs", () => {
    const policies = graph
      .ofType("aws:iam/rolePolicy:RolePolicy")
      .filter(({ urn }) => urn.includes("TaskRoles"))
      .map(({ inputs }) => JSON.parse(inputs.policy));
    assert.equal(policies.length, 1);
    assert.deepEqual(
      policies[0].Statement.map(({ Action }: { Action: string[] }) => Action),
      [["logs:CreateLogStream", "logs:PutLogEvents"]],
    );
    const roles = graph.ofType("aws:iam/role:Role").filter(({ urn }) => urn.includes("TaskRoles"));
    assert.equal(roles.length, 2);
    for (const { inputs } of roles) {
      const [statement] = JSON.parse(inputs.assumeRolePolicy).Statement;
      assert.equal(statement.Principal.Service, "ecs-tasks.amazonaws.com");
      assert.deepEqual(Object.keys(statement.Condition), ["StringEquals", "ArnLike"]);
    }
  });

  it("are pulled and told secrets by that role alone, each by its ARN", async () => {
    const private_ = await runDescription(other);
    const { inputs: given } = private_.one("aws:iam/rolePolicy:RolePolicy", "demo-pay-execution");
    const policy = JSON.parse(given.policy).Statement;
    const rights = policy.map(({ Action, Resource }: { Action: string[]; Resource: string[] }) => [
      Action,
      Resource,
    ]);
    assert.deepEqual(rights.slice(1), [
      [["ecr:GetAuthorizationToken"], ["*"]],
      [
        ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        ["arn:aws:ecr:eu-west-1:111122223333:repository/shop/pay"],
      ],
      [
        ["secretsmanager:GetSecretValue"],
        ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:pay-a1b2c3"],
      ],
    ]);
    const { inputs } = private_.one(DEFINITION);
    assert.equal(inputs.runtimePlatform.cpuArchitecture, "ARM64");
    assert.deepEqual(private_.one(SERVICE).inputs.capacityProviderStrategies, [
      { capacityProvider: "FARGATE_SPOT", weight: 1 },
    ]);
  });

  it("are on-demand first, and on Spot beyond, where a base is said", async () => {
    const mixed = structuredClone(other);
    mixed.ecsServices!.pay!.onDemandBase = 2;
    const { inputs } = (await runDescription(mixed)).one(SERVICE);
    assert.deepEqual(inputs.capacityProviderStrategies, [
      { capacityProvider: "FARGATE", base: 2, weight: 1 },
      { capacityProvider: "FARGATE_SPOT", weight: 4 },
    ]);
  });

  it("follow their load within bounds, and let people in where that is said", async () => {
    const scaled = await runDescription(other);
    const service = scaled.one(SERVICE);
    assert.deepEqual([service.inputs.desiredCount, service.inputs.enableExecuteCommand], [2, true]);
    assert.deepEqual(service.ignoreChanges, ["desiredCount"]);
    const { inputs: target } = scaled.one("aws:appautoscaling/target:Target");
    assert.deepEqual([target.minCapacity, target.maxCapacity], [2, 6]);
    assert.match(target.resourceId, /^service\/demo-tasks-prod-shared-[0-9a-f]{8}\/demo-pay/);
    const { inputs: policy } = scaled.one("aws:appautoscaling/policy:Policy");
    assert.equal(policy.targetTrackingScalingPolicyConfiguration.targetValue, 60);
    const { inputs: exec } = scaled.one("aws:iam/rolePolicy:RolePolicy", "demo-pay-exec");
    assert.equal(JSON.parse(exec.policy).Statement[0].Action.length, 4);
    assert.equal(graph.ofType("aws:appautoscaling/target:Target").length, 0);
    assert.equal(graph.one(SERVICE).inputs.enableExecuteCommand, false);
  });

  it("are registered by zone, with their network and locality", () => {
    const groups = graph.ofType(GROUP);
    assert.equal(groups.length, 3);
    for (const { inputs } of groups) {
      const { spec, metadata } = inputs;
      const zone = metadata.name.replace("echo-", "");
      assert.deepEqual(spec.template, {
        ...{ serviceAccount: "echo", network: "shared", locality: `eu-west-1/${zone}` },
        ports: { http: 80 },
      });
      assert.equal(spec.metadata.labels["networking.istio.io/tunnel"], "http");
      // Else gateways and machines send their own mutual TLS to the application's port.
      assert.equal(spec.metadata.labels["security.istio.io/tlsMode"], "disabled");
      assert.equal(spec.metadata.labels.app, "echo");
      assert.ok(!("istio-patterns/serves" in spec.metadata.labels), "a task joins by itself");
    }
    assert.equal(new Set(groups.map(({ inputs }) => inputs.metadata.name)).size, 3);
  });

  it("are found by the label that each puts on its entry while it serves", () => {
    const { spec } = graph
      .ofType("kubernetes:core/v1:Service")
      .find(({ inputs }) => inputs.metadata.name === "echo")!.inputs;
    assert.deepEqual(spec.selector, { "istio-patterns/serves": "echo" });
  });

  it("come after what they are registered by, which comes after istiod and the policy", () => {
    const [group] = graph.ofType(GROUP);
    assert.ok(graph.dependsOn(graph.one(SERVICE), group!));
    assert.ok(
      graph.dependsOn(
        graph.one(SERVICE),
        graph.one("aws:iam/rolePolicy:RolePolicy", "demo-echo-execution"),
      ),
    );
    const istiod = graph
      .ofType("kubernetes:helm.sh/v3:Release")
      .find(({ inputs }) => inputs.name === "istiod")!;
    assert.ok(graph.dependsOn(group!, istiod));
    const policy = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding";
    assert.ok(graph.dependsOn(group!, graph.one(policy, "demo-east.entries")));
  });

  it("are twelve AWS resources beside rules and six objects beside zones at most, however many tasks", async () => {
    const own = /TaskRoles|TaskRegistration|EcsMeshService|echo\.tasks|[-.]ecs$/;
    const count = (of: Graph, prefix: string) =>
      of.resources.filter(
        ({ type, urn, custom }) =>
          custom && type.startsWith(prefix) && !/Rule$/.test(type) && own.test(urn),
      ).length;
    const many = structuredClone(one);
    many.ecsServices!.echo!.count = 90;
    const grown = await runDescription(many);
    assert.equal(count(grown, "aws:"), count(graph, "aws:"));
    assert.ok(count(grown, "aws:") >= 8 && count(grown, "aws:") <= 12, `${count(grown, "aws:")}`);
    assert.equal(count(grown, "kubernetes:"), 5 + 3);
  });
});
