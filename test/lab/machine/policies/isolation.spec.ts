import assert from "node:assert/strict";
import type { Json } from "../kube";
import { admits, isolations, selects } from "./isolation";
import { policyTable } from "./policyTable";

const pod = (namespace: string, app: string, podIP: string): Json => ({
  metadata: { namespace, name: app, labels: { app } },
  spec: { containers: [{ ports: [{ name: "http", containerPort: 8080 }] }] },
  status: { podIP, phase: "Running" },
});

const pods = [
  pod("shop", "web", "10.0.0.1"),
  pod("shop", "db", "10.0.0.2"),
  pod("bank", "web", "10.0.0.3"),
];
const namespaces = ["shop", "bank"].map((name) => ({
  metadata: { name, labels: { team: name } },
}));
const outside = "10.9.0.1";

const policy = (spec: Json): Json => ({
  metadata: { namespace: "shop", name: "one" },
  spec: { podSelector: { matchLabels: { app: "db" } }, ...spec },
});

/** Who reaches whom on port 8080 under policies of shop, as `from to`. */
function cells(...policies: Json[]): string[] {
  const all = isolations({ policies, pods, namespaces });
  const addresses = [...pods.map(({ status }) => status.podIP), outside];
  return addresses.flatMap((from) =>
    addresses
      .filter((to) => to !== from && !admits(all, { from, to, protocol: "tcp", port: 8080 }))
      .map((to) => `${from} ${to}`),
  );
}

const toDb = ["10.0.0.1 10.0.0.2", "10.0.0.3 10.0.0.2", "10.9.0.1 10.0.0.2"];

describe("network policies", () => {
  it("close nothing where there are none", () => {
    assert.deepEqual(cells(), []);
  });

  it("without a rule close all that comes in", () => {
    assert.deepEqual(cells(policy({})), toDb);
  });

  it("open what any of them lets in", () => {
    const web = { podSelector: { matchLabels: { app: "web" } } };
    assert.deepEqual(cells(policy({ ingress: [{ from: [web] }] })), toDb.slice(1));
    const bank = { namespaceSelector: { matchLabels: { team: "bank" } } };
    const both = [policy({ ingress: [{ from: [web] }] }), policy({ ingress: [{ from: [bank] }] })];
    assert.deepEqual(cells(...both), toDb.slice(2));
  });

  it("know ports by number, by name and by range", () => {
    const open = (port: Json) => cells(policy({ ingress: [{ ports: [port] }] }));
    assert.deepEqual(open({ port: 8080 }), []);
    assert.deepEqual(open({ port: "http" }), []);
    assert.deepEqual(open({ port: 8000, endPort: 8100 }), []);
    assert.deepEqual(open({ port: 8081 }), toDb);
    assert.deepEqual(open({ port: 8080, protocol: "UDP" }), toDb);
  });

  it("know ranges and what is taken from them", () => {
    const from = [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.9.0.0/16"] } }];
    assert.deepEqual(cells(policy({ ingress: [{ from }] })), ["10.9.0.1 10.0.0.2"]);
  });

  it("close what goes out where they speak of it", () => {
    const out = ["10.0.0.2 10.0.0.1", "10.0.0.2 10.0.0.3", "10.0.0.2 10.9.0.1"];
    assert.deepEqual(cells(policy({ policyTypes: ["Egress"] })), out);
    const to = [{ ipBlock: { cidr: "10.0.0.0/24" } }];
    const egress = [{ to }];
    assert.deepEqual(cells(policy({ policyTypes: ["Egress"], egress })), out.slice(2));
  });

  it("select by expressions too", () => {
    const among = (operator: string, ...values: string[]) =>
      selects({ matchExpressions: [{ key: "app", operator, values }] }, { app: "web" });
    assert.deepEqual(
      [among("In", "web"), among("NotIn", "web"), among("Exists"), among("DoesNotExist")],
      [true, false, true, false],
    );
  });

  it("become a chain for each pod and direction", () => {
    const all = isolations({ policies: [policy({ ingress: [{}] })], pods, namespaces });
    const lines = policyTable(0, all).split("\n");
    assert.deepEqual(lines.slice(3, 7), [
      "chain in_10_0_0_2 {",
      "ip saddr { 0.0.0.0/0 } return",
      "drop",
      "}",
    ]);
    assert.ok(lines.includes("ip daddr vmap { 10.0.0.2 : jump in_10_0_0_2 }"));
  });
});
