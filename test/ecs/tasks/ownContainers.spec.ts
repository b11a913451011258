import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { meshTaskDefinition } from "../../../components";
import { containerDefinitions } from "../../../components/ecs/tasks/containers";
import type { TaskFacts, TaskValues } from "../../../components/ecs/tasks/containers";
import { ownContainers } from "../../../components/ecs/tasks/ownContainers";
import type { OwnContainer } from "../../../components/ecs/tasks/ownContainers";
import { factsOf } from "../../support/topologies";
import { good } from "../good";

/* eslint-disable @typescript-eslint/no-explicit-any -- ECS's own form */

const values: TaskValues = {
  ...{ endpoint: "https://east.example", certificateAuthority: "Y2E=" },
  ...{ roots: "-----BEGIN CERTIFICATE-----\n", logGroup: "demo-echo" },
};

const plan = factsOf(good).tasks.services.echo!;
const facts: TaskFacts = { ...plan, service: plan.name, clusterId: plan.cluster };

const migrate = { name: "migrate", image: "shop/migrate:1", essential: false };
const web = {
  ...{ name: "web", image: "shop/web:1", healthCheck: { command: ["CMD", "web", "health"] } },
  environment: [
    { name: "MODE", value: "live" },
    { name: "HTTP_PROXY", value: "http://proxy:3128" },
  ],
  dependsOn: [{ containerName: "migrate", condition: "SUCCESS" }],
  logConfiguration: { logDriver: "awsfirelens" },
};

const named = (all: object[], name: string) => (all as any[]).find((one) => one.name === name);
const needs = (all: object[], name: string): string[] =>
  named(all, name).dependsOn.map((one: any) => `${one.containerName} ${one.condition}`);

describe("containers of a task definition that is somebody's own", () => {
  const all = ownContainers(facts, values, [migrate, web]);

  it("stand between the mesh's, which are those of a described service", () => {
    const names = (all as any[]).map(({ name }) => name);
    assert.deepEqual(names, ["mesh-init", "mesh-token", "ztunnel", "migrate", "web", "mesh-drain"]);
    const described = containerDefinitions(facts, values);
    for (const name of ["mesh-init", "mesh-token", "ztunnel"])
      assert.deepEqual(named(all, name), named(described, name));
  });

  it("wait for ztunnel beside what they wait for, and are stopped after what leaves the Service", () => {
    assert.deepEqual(needs(all, "web"), ["migrate SUCCESS", "ztunnel HEALTHY"]);
    assert.deepEqual(needs(all, "mesh-drain"), [
      ...["mesh-token HEALTHY", "ztunnel HEALTHY", "migrate START", "web HEALTHY"],
    ]);
  });

  it("are led to ztunnel where they do not say otherwise, and stay as they are beside that", () => {
    const { environment, dependsOn: _, ...rest } = named(all, "web");
    const { environment: __, dependsOn: ___, ...given } = web;
    assert.deepEqual(rest, given);
    const said = Object.fromEntries(environment.map(({ name, value }: any) => [name, value]));
    assert.deepEqual(Object.keys(said), [
      "ALL_PROXY",
      "HTTPS_PROXY",
      "HTTP_PROXY",
      "MODE",
      "NO_PROXY",
    ]);
    assert.equal(said.HTTP_PROXY, "http://proxy:3128");
    assert.equal(said.ALL_PROXY, "socks5h://127.0.0.1:15080");
    const alone = ownContainers({ ...facts, proxyEnv: false }, values, [web]);
    assert.deepEqual(named(alone, "web").environment.length, 2);
  });

  it("take no name and no port of the mesh's", () => {
    const own = (name: string): OwnContainer[] => [{ name }];
    assert.throws(() => ownContainers(facts, values, own("ztunnel")), {
      message:
        "containers: got ztunnel; allowed: other names than the mesh's (mesh-init, mesh-token, ztunnel, mesh-forward, mesh-drain); fix: rename it",
    });
    const taken = { ...facts, ports: { http: 15008 } };
    assert.throws(() => ownContainers(taken, values, own("web")), {
      message:
        "ports.http: got 15008; allowed: a port that is not Istio's: none of 15000 to 15090; fix: let the application listen on another",
    });
  });

  it("lead to Services on Fargate alone, and stay as short as ECS takes them", () => {
    const forward = { pay: { host: "pay.pay", port: 80, local: 9001 } };
    assert.throws(() => ownContainers({ ...facts, launchType: "ec2", forward }, values, [web]), {
      message:
        "forward: got pay; allowed: nothing with launchType: ec2, where all of the containers' TCP goes through ztunnel; fix: leave it out, and call Services by their names",
    });
    const long = { ...web, command: ["x".repeat(70_000)] };
    assert.throws(() => ownContainers(facts, values, [long]), {
      message:
        /^containers: got a task definition of \d{5} bytes; allowed: at most 65536; fix: shorten them: let them read the rest from where it is stored$/,
    });
  });
});

describe("a task definition that is somebody's own", () => {
  const membership = {
    ...{ clusterId: "east", network: "shared", istiodHost: facts.istiodHost },
    ...{ ztunnelImage: facts.ztunnelImage, helperImage: facts.helperImage },
    ...{ clusterName: facts.eksName, endpoint: values.endpoint, namespace: "ecs" },
    ...{ certificateAuthority: values.certificateAuthority, serviceAccount: "echo" },
    rootCertificate: pulumi.output(values.roots),
  };
  const common = {
    ...{ service: "echo", region: "eu-west-1", ports: { http: 80 }, membership },
    logGroupName: pulumi.output("demo-echo"),
  };
  const made = meshTaskDefinition({ ...common, containers: [migrate, web] });

  it("has all containers as ECS takes them, the volume and the kind of network", async () => {
    const text = await new Promise<string>((resolve) => made.containerDefinitions.apply(resolve));
    const all = ownContainers(facts, values, [migrate, web]);
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(all)));
    assert.deepEqual([made.volumes, made.networkMode], [[{ name: "mesh" }], "awsvpc"]);
  });

  it("comes with what registers its tasks, and what their group opens", () => {
    assert.deepEqual(made.registration, {
      ...{ service: "echo", clusterName: facts.eksName, namespace: "ecs", region: "eu-west-1" },
      ...{ serviceAccount: "echo", ports: { http: 80 }, network: "shared" },
    });
    const ports = Object.values(made.securityGroup).map((all) => all.map(({ port }) => port));
    assert.deepEqual(ports, [[15008], [15008, 15012, 443]]);
  });
});
