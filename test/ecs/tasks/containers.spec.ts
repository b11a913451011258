import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import {
  containerDefinitions,
  definitionLength,
  HELPERS,
  LARGEST,
} from "../../../components/ecs/tasks/containers";
import type { TaskFacts, TaskValues } from "../../../components/ecs/tasks/containers";
import {
  drainScript,
  initScripts,
  tokenScript,
  ztunnelScript,
} from "../../../components/ecs/tasks/scripts";
import { factsOf } from "../../support/topologies";
import { good, onInstances } from "../good";

/* eslint-disable @typescript-eslint/no-explicit-any -- ECS's own form */

const values: TaskValues = {
  ...{ endpoint: "https://east.example", certificateAuthority: "Y2E=" },
  ...{ roots: "-----BEGIN CERTIFICATE-----\n", logGroup: "demo-echo" },
};

function taskFacts(name: string, description = good): TaskFacts {
  const plan = factsOf(description).tasks.services[name]!;
  return { ...plan, service: plan.name, clusterId: plan.cluster };
}

function containersOf(facts: TaskFacts): any[] {
  return containerDefinitions(facts, values) as any[];
}

const named = (all: any[], name: string) => all.find((one) => one.name === name);
const environmentOf = (container: any): Record<string, string> =>
  Object.fromEntries(container.environment.map(({ name, value }: any) => [name, value]));

const to = (local: number) => ({ host: "pay.pay", port: 80, local });

/** Names and values that a user may write. */
const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,12}$/);
const drawn: fc.Arbitrary<TaskFacts> = fc
  .record({
    launchType: fc.constantFrom("fargate" as const, "ec2" as const),
    environment: fc.dictionary(word, fc.string()),
    secrets: fc.dictionary(word, fc.string()),
    command: fc.option(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), { nil: undefined }),
    ports: fc.dictionary(word, fc.integer({ min: 1, max: 14999 }), { minKeys: 1 }),
    proxyEnv: fc.boolean(),
    forward: fc
      .uniqueArray(fc.integer({ min: 1024, max: 14999 }), { maxLength: 4 })
      .map((locals) => Object.fromEntries(locals.map((local) => [`to-${local}`, to(local)]))),
  })
  .map((fields) => ({ ...taskFacts("echo"), ...fields }));

describe("containers of a task", () => {
  const all = containersOf(taskFacts("pay"));

  it("start one after the other, and the one that drains is stopped before all that it names", () => {
    const needs = Object.fromEntries(
      all.map(({ name, dependsOn = [] }) => [
        name,
        dependsOn.map(({ containerName, condition }: any) => `${containerName} ${condition}`),
      ]),
    );
    assert.deepEqual(needs, {
      "mesh-init": [],
      "mesh-token": ["mesh-init SUCCESS"],
      ztunnel: ["mesh-token HEALTHY"],
      app: ["ztunnel HEALTHY"],
      "mesh-drain": ["mesh-token HEALTHY", "ztunnel HEALTHY", "app HEALTHY"],
    });
  });

  it("have no capability, and none of the mesh's a root that it may write to", () => {
    for (const name of ["mesh-token", "ztunnel", "mesh-drain"]) {
      const { user, readonlyRootFilesystem, linuxParameters } = named(all, name);
      assert.deepEqual([user, readonlyRootFilesystem], ["1337:1337", true], name);
      assert.deepEqual(linuxParameters, { capabilities: { drop: ["ALL"] } }, name);
    }
    const { user, linuxParameters } = named(all, "mesh-init");
    assert.equal(user, "0");
    assert.ok(!linuxParameters.capabilities.drop.includes("CHOWN"));
    assert.ok(linuxParameters.capabilities.drop.includes("SETUID"));
  });

  it("hide the token from the application, and let ztunnel read it alone", () => {
    const mounts = Object.fromEntries(
      all.map(({ name, mountPoints = [] }) => [name, mountPoints.map((one: any) => one.readOnly)]),
    );
    assert.deepEqual(mounts, {
      ...{ "mesh-init": [false], "mesh-token": [false], ztunnel: [true] },
      ...{ "mesh-drain": [false], app: [] },
    });
  });

  it("tell ztunnel of one workload, of its network and of istiod's private name", () => {
    const environment = environmentOf(named(all, "ztunnel"));
    assert.deepEqual(environment, {
      AUTH_TOKEN: "/mesh/token",
      CA_ADDRESS: "https://istiod.east.prod.demo.internal:15012",
      CA_ROOT_CA: values.roots,
      CLUSTER_ID: "east",
      ENABLE_ORIG_SRC: "false",
      IPV6_ENABLED: "false",
      ISTIO_META_CLUSTER_ID: "east",
      NETWORK: "shared",
      POD_NAMESPACE: "ecs",
      PROXY_MODE: "dedicated",
      RUST_LOG: "info",
      TERMINATION_GRACE_PERIOD_SECONDS: "30",
      UNSTABLE_ENABLE_SOCKS5: "true",
      XDS_ADDRESS: "https://istiod.east.prod.demo.internal:15012",
      XDS_ROOT_CA: values.roots,
    });
  });

  it("lead the application to ztunnel, but not what asks AWS", () => {
    assert.deepEqual(environmentOf(named(all, "app")), {
      ...{ ALL_PROXY: "socks5h://127.0.0.1:15080", HTTP_PROXY: "socks5h://127.0.0.1:15080" },
      ...{ HTTPS_PROXY: "socks5h://127.0.0.1:15080", MODE: "live" },
      NO_PROXY: "localhost,127.0.0.1,169.254.169.254,169.254.170.2,.amazonaws.com",
    });
    const alone = containersOf({ ...taskFacts("pay"), proxyEnv: false });
    assert.deepEqual(environmentOf(named(alone, "app")), { MODE: "live" });
  });

  it("take secrets by their ARNs, and a health check of the application's", () => {
    const { secrets, healthCheck, command } = named(all, "app");
    assert.deepEqual(secrets, [
      {
        name: "KEY",
        valueFrom: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pay-a1b2c3:key::",
      },
    ]);
    assert.deepEqual([healthCheck.command, command], [["CMD", "pay", "health"], ["serve"]]);
    assert.equal(named(containersOf(taskFacts("echo")), "app").healthCheck, undefined);
  });

  it("are well once the application listens on all of its ports, for which it has as long as ECS gives", () => {
    const { essential, healthCheck, environment } = named(all, "mesh-drain");
    const { command, startPeriod } = healthCheck;
    assert.deepEqual([essential, command], [true, ["CMD-SHELL", "test -e /mesh/serving"]]);
    assert.equal(startPeriod, 300);
    const facts = { ...taskFacts("echo"), ports: { http: 8080, admin: 9000 } };
    const drain = named(containersOf(facts), "mesh-drain");
    assert.equal(environmentOf(drain).PORTS, "8080 9000");
    assert.equal(environmentOf({ environment }).SERVICE, "pay");
    const unasked = drain.dependsOn.find(({ containerName }: any) => containerName === "app");
    assert.equal(unasked.condition, "START", "an application without a health of its own");
  });

  it("are started again where they run on, and stopped within Fargate's two minutes", () => {
    for (const { name, restartPolicy, stopTimeout = 30 } of all) {
      assert.ok(stopTimeout <= 120, name);
      const isOurs = HELPERS.includes(name) && name !== "mesh-init";
      assert.deepEqual(
        restartPolicy,
        isOurs ? { enabled: true, restartAttemptPeriod: 60 } : undefined,
        name,
      );
    }
    const inTurn = ["mesh-drain", "app", "ztunnel"].map((name) => named(all, name).stopTimeout);
    assert.ok(inTurn.reduce((sum, one) => sum + one, 0) <= 120, `${inTurn}`);
  });

  it("are the same whatever the order of what is written, and sorted as AWS answers", () => {
    const turned = (map: object) => Object.fromEntries(Object.entries(map).reverse());
    fc.assert(
      fc.property(drawn, (facts) => {
        const { environment, secrets } = facts;
        const other = {
          ...{ ...facts, environment: turned(environment), secrets: turned(secrets) },
          forward: turned(facts.forward) as TaskFacts["forward"],
        };
        assert.deepEqual(containersOf(other), containersOf(facts));
        for (const container of containersOf(facts)) {
          for (const list of [container.environment ?? [], container.secrets ?? []]) {
            const names = list.map(({ name }: any) => name);
            assert.deepEqual(names, [...names].sort());
            assert.equal(new Set(names).size, names.length);
          }
        }
      }),
    );
  });

  it("hold what is written, once, in the application's container and in no other", () => {
    fc.assert(
      fc.property(drawn, (facts) => {
        const [app, ...others] = [...containersOf(facts)].sort((one) =>
          one.name === "app" ? -1 : 1,
        );
        assert.equal(app.name, "app");
        for (const [name, value] of Object.entries(facts.environment))
          assert.equal(environmentOf(app)[name], value);
        const bare = containersOf({ ...facts, environment: {}, secrets: {}, command: undefined });
        assert.deepEqual(
          others.map((one) => one.name).sort(),
          bare
            .map((one) => one.name)
            .filter((name) => name !== "app")
            .sort(),
        );
        for (const one of others) assert.deepEqual(one, named(bare, one.name));
      }),
    );
  });

  it("are counted in bytes", () => {
    const facts = taskFacts("echo");
    const length = definitionLength(facts, values);
    assert.ok(length > 3000 && length < LARGEST, `${length}`);
    const more = { ...facts, environment: { A: "x".repeat(1000) } };
    assert.equal(definitionLength(more, values) - length, 1000 + '{"name":"A","value":""},'.length);
  });
});

describe("containers of a task on EC2", () => {
  const all = containersOf(taskFacts("pay", onInstances()));

  it("capture the application before it starts, by the one container that may, which keeps no right", () => {
    const { user, linuxParameters, command, essential } = named(all, "mesh-init");
    assert.deepEqual([user, essential], ["0", false]);
    assert.deepEqual(linuxParameters.capabilities.add, ["NET_ADMIN"]);
    assert.deepEqual(
      ["CHOWN", "NET_RAW", "SETUID"].map((one) => linuxParameters.capabilities.drop.includes(one)),
      [false, false, true],
    );
    assert.deepEqual(command[0].split("\n").slice(2, -1), [
      "iptables -w -t nat -A OUTPUT -m owner --uid-owner 1337 -j RETURN",
      "iptables -w -t nat -A OUTPUT -o lo -j RETURN",
      "iptables -w -t nat -A OUTPUT -p udp --dport 53 -j REDIRECT --to-ports 15053",
      "iptables -w -t nat -A OUTPUT -d 169.254.0.0/16 -j RETURN",
      "iptables -w -t nat -A OUTPUT -p tcp -j REDIRECT --to-ports 15001",
      "iptables -w -t nat -A PREROUTING -p tcp -m multiport ! --dports 15008,15020,15021 -j REDIRECT --to-ports 15006",
    ]);
    assert.deepEqual(named(all, "mesh-token").dependsOn, [
      { containerName: "mesh-init", condition: "SUCCESS" },
    ]);
  });

  it("have no capability and gain none, and lead nobody by SOCKS", () => {
    for (const name of ["mesh-token", "ztunnel", "mesh-drain"]) {
      const { user, linuxParameters, dockerSecurityOptions } = named(all, name);
      assert.deepEqual([user, dockerSecurityOptions], ["1337:1337", ["no-new-privileges"]], name);
      assert.deepEqual(linuxParameters, { capabilities: { drop: ["ALL"] } }, name);
    }
    assert.deepEqual(environmentOf(named(all, "app")), { MODE: "live" });
    assert.equal(environmentOf(named(all, "ztunnel")).UNSTABLE_ENABLE_SOCKS5, "false");
    const led = containersOf({ ...taskFacts("pay", onInstances()), proxyEnv: true });
    assert.equal(environmentOf(named(led, "ztunnel")).UNSTABLE_ENABLE_SOCKS5, "true");
  });
});

describe("scripts of a task", () => {
  for (const [name, script] of Object.entries({
    fargate: initScripts.fargate,
    ec2: initScripts.ec2,
    tokenScript,
    ztunnelScript,
    drainScript,
  }))
    it(`are what a shell can read: ${name}`, () => {
      execFileSync("/bin/sh", ["-n"], { input: script });
      assert.doesNotMatch(script, /undefined|\[object/);
    });

  it("read address, zone and id out of what ECS says of a task, wherever its spaces are", () => {
    const task = {
      ...{ Cluster: "demo", TaskARN: "arn:aws:ecs:eu-west-1:111122223333:task/demo/0a1b2c" },
      AvailabilityZone: "eu-west-1b",
      Containers: [
        { Name: "mesh-init", Networks: [{ NetworkMode: "awsvpc", IPv4Addresses: ["10.10.1.9"] }] },
        { Name: "ztunnel" },
      ],
    };
    const [, field] = /\n(field\(\) \{[\s\S]*?\n\})\n/.exec(tokenScript)!;
    for (const space of [undefined, 2]) {
      const answer = JSON.stringify(task, null, space);
      const asked = ["IPv4Addresses", "AvailabilityZone", "TaskARN"].map((one) => `field ${one}`);
      const read = `task="$(printf '%s' "$1" | tr -d ' \\n\\t')"\n${field}\n${asked.join("\necho\n")}`;
      const output = execFileSync("/bin/sh", ["-c", read, "sh", answer], { encoding: "utf8" });
      assert.deepEqual(output.split("\n"), ["10.10.1.9", "eu-west-1b", task.TaskARN]);
    }
  });
});
