import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { containerDefinitions } from "../../../components/ecs/tasks/containers";
import type { TaskFacts } from "../../../components/ecs/tasks/containers";
import { factsOf } from "../../support/topologies";
import { good } from "../good";

/* eslint-disable @typescript-eslint/no-explicit-any -- ECS's own form */

const values = {
  ...{ endpoint: "https://east.example", certificateAuthority: "Y2E=" },
  ...{ roots: "-----BEGIN CERTIFICATE-----\n", logGroup: "demo-pay" },
};

const plan = factsOf(good).tasks.services.pay!;
const pay: TaskFacts = { ...plan, service: plan.name, clusterId: plan.cluster };

const containersOf = (forward: TaskFacts["forward"]) =>
  containerDefinitions({ ...pay, forward }, values) as any[];
const named = (all: any[], name: string) => all.find((one) => one.name === name);

describe("ports of a task that lead to Services", () => {
  const forward = {
    pay: { host: "pay.pay.svc.cluster.local", port: 9090, local: 9001 },
    book: { host: "book.shop", port: 80, local: 8000 },
  };
  const all = containersOf(forward);
  const forwarder = named(all, "mesh-forward");

  it("are listened on by socat, which asks ztunnel by name", () => {
    assert.equal(forwarder.image, "docker.io/alpine/socat:1.8.0.3");
    assert.deepEqual(forwarder.command[0].split("\n").slice(2, -2), [
      "socat --experimental -t 60 TCP-LISTEN:8000,bind=127.0.0.1,reuseaddr,fork SOCKS5-CONNECT:127.0.0.1:15080:book.shop:80 &",
      "socat --experimental -t 60 TCP-LISTEN:9001,bind=127.0.0.1,reuseaddr,fork SOCKS5-CONNECT:127.0.0.1:15080:pay.pay.svc.cluster.local:9090 &",
    ]);
    execFileSync("/bin/sh", ["-n"], { input: forwarder.command[0] });
  });

  it("have a container without a right, and none where there are none", () => {
    const { user, readonlyRootFilesystem, linuxParameters, essential } = forwarder;
    assert.deepEqual([user, readonlyRootFilesystem, essential], ["1337:1337", true, true]);
    assert.deepEqual(linuxParameters, { capabilities: { drop: ["ALL"] } });
    assert.equal(named(containersOf({}), "mesh-forward"), undefined);
  });

  it("are there before the application, and until it has ended", () => {
    const needs = (name: string) =>
      named(all, name).dependsOn.map((one: any) => `${one.containerName} ${one.condition}`);
    assert.deepEqual(needs("mesh-forward"), ["ztunnel HEALTHY"]);
    assert.deepEqual(needs("app"), ["ztunnel HEALTHY", "mesh-forward HEALTHY"]);
    assert.ok(needs("mesh-drain").includes("mesh-forward HEALTHY"));
    const inTurn = ["mesh-drain", "app", "mesh-forward", "ztunnel"];
    const stops = inTurn.map((name) => named(all, name).stopTimeout);
    assert.ok(stops.reduce((sum, one) => sum + one, 0) <= 120, `${stops}`);
  });

  it("are well while all of them are listened on, which calls none", async () => {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port: local } = listener.address() as AddressInfo;
    let calls = 0;
    listener.on("connection", () => (calls += 1));
    const isWell = (to: typeof forward.pay) => {
      const [kind, script] = named(containersOf({ to }), "mesh-forward").healthCheck.command;
      assert.equal(kind, "CMD-SHELL");
      return spawnSync("/bin/sh", ["-c", script]).status === 0;
    };
    assert.equal(isWell({ ...forward.pay, local }), true);
    assert.equal(calls, 0);
    listener.close();
    await once(listener, "close");
    assert.equal(isWell({ ...forward.pay, local }), false);
  });
});
