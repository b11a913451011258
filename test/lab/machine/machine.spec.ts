import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Authenticator } from "./authenticator";
import { expand, resourceOf } from "./kubelet/environment";
import { podStatus, pretended } from "./kubelet/status";
import { writeVolume } from "./kubelet/volumes";
import { answer, parse } from "./names";
import { addressIn } from "./network";
import { Service, until } from "./processes";
import { serviceTable } from "./serviceAddresses";
import { Store } from "./store";

let folder = "";
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-machine-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe("addresses", () => {
  it("counts from the first address of a range", () => {
    assert.equal(addressIn("100.64.0.0/16", 10), "100.64.0.10");
    assert.equal(addressIn("10.20.30.129/25", 1), "10.20.30.129");
    assert.equal(addressIn("10.0.0.0/16", 300), "10.0.1.44");
  });

  it("refuses what is outside the range", () => {
    assert.throws(() => addressIn("10.0.0.0/30", 3), /10.0.0.0\/30 has no address 3/);
  });
});

describe("names", () => {
  const question = Buffer.concat([
    Buffer.from([0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    Buffer.from("\x06istiod\x04mesh\x00", "latin1"),
    Buffer.from([0, 1, 0, 1]),
  ]);

  it("reads the name that is asked for", () => {
    assert.deepEqual(parse(question), { name: "istiod.mesh", type: 1, end: question.length });
  });

  it("answers with every address", () => {
    const packet = answer(question, parse(question), ["10.0.0.5", "10.0.1.5"]);
    assert.equal(packet.readUInt16BE(0), 0xabcd);
    assert.equal(packet.readUInt16BE(6), 2);
    assert.deepEqual([...packet.subarray(-4)], [10, 0, 1, 5]);
  });

  it("tells a name without addresses from one that is not there", () => {
    assert.equal(answer(question, parse(question), []).readUInt16BE(2) & 15, 0);
    assert.equal(answer(question, parse(question), undefined).readUInt16BE(2) & 15, 3);
  });
});

describe("a Service's address", () => {
  const pod = (n: number) => ({ address: `10.0.0.${n}`, port: 8080 });
  const rules = (...targets: { address: string; port: number }[]) =>
    serviceTable(1, [{ address: "172.20.0.9", port: 80, targets }])
      .split("\n")
      .filter((line) => line.includes("dnat ip"));

  it("leads pods of its cluster to each ready pod in turn", () => {
    assert.deepEqual(rules(pod(4), pod(5)), [
      'iifname "c1-*" ip daddr 172.20.0.9 tcp dport 80 ' +
        "dnat ip to numgen random mod 2 map { 0 : 10.0.0.4 . 8080, 1 : 10.0.0.5 . 8080 }",
    ]);
  });

  it("leads nowhere without a ready pod", () => {
    assert.deepEqual(rules(), []);
  });
});

describe("a container's definition", () => {
  it("expands variables as Kubernetes does", () => {
    assert.equal(expand("$(A)-$(B)-$$(A)", { A: "1" }), "1-$(B)-$(A)");
  });

  it("gives resources in the divisor's unit, rounded up", () => {
    const container = { resources: { limits: { memory: "1536Mi" } } };
    assert.equal(resourceOf(container, { resource: "limits.memory", divisor: "1Gi" }), "2");
    assert.equal(resourceOf({}, { resource: "limits.cpu", divisor: "0" }), "2");
  });
});

describe("a volume", () => {
  it("swaps its files at once and drops those that are gone", () => {
    writeVolume(folder, { a: Buffer.from("1"), b: Buffer.from("2") });
    const before = fs.readlinkSync(path.join(folder, "..data"));
    writeVolume(folder, { a: Buffer.from("1"), b: Buffer.from("2") });
    assert.equal(fs.readlinkSync(path.join(folder, "..data")), before);
    writeVolume(folder, { a: Buffer.from("3") });
    assert.equal(fs.readFileSync(path.join(folder, "a"), "utf8"), "3");
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => !name.startsWith("..")),
      ["a"],
    );
  });
});

describe("a pod's status", () => {
  const pod = {
    spec: {
      restartPolicy: "Always",
      initContainers: [{ name: "once" }, { name: "beside", restartPolicy: "Always" }],
      containers: [{ name: "app" }],
    },
  };
  const at = { pod: "10.0.0.9", host: "10.0.0.1" };
  const ready = (status: { conditions: { type: string; status: string }[] }) =>
    status.conditions.find(({ type }) => type === "Ready")?.status;

  it("is Ready where everything is pretended", () => {
    const status = podStatus(pod, pretended(pod), at);
    assert.equal(ready(status), "True");
    assert.equal(status.phase, "Running");
  });

  it("is not Ready before its sidecar is", () => {
    const states = pretended(pod);
    states.set("beside", { name: "beside", ready: false, started: false, restarts: 0 });
    assert.equal(ready(podStatus(pod, states, at)), "False");
  });

  it("is not Ready while one of its gates is closed, and says which", () => {
    const conditionType = "target-health.eks.amazonaws.com/istiod";
    const gated = { spec: { ...pod.spec, readinessGates: [{ conditionType }] } };
    const open = { conditions: [{ type: conditionType, status: "True" }] };
    const status = podStatus(gated, pretended(pod), at);
    assert.equal(ready(status), "False");
    const { message } = status.conditions.find(({ type }: { type: string }) => type === "Ready");
    assert.equal(message, `the gate ${conditionType} is not open`);
    assert.equal(ready(podStatus({ ...gated, status: open }, pretended(pod), at)), "True");
  });

  it("keeps the time since when a condition holds", () => {
    const before = podStatus(pod, pretended(pod), at);
    before.conditions.forEach((one: { lastTransitionTime: string }) => {
      one.lastTransitionTime = "2026-01-01T00:00:00Z";
    });
    const after = podStatus({ ...pod, status: before }, pretended(pod), at);
    for (const { lastTransitionTime } of after.conditions)
      assert.equal(lastTransitionTime, "2026-01-01T00:00:00Z");
  });

  it("ends for a job", () => {
    const job = { spec: { restartPolicy: "Never", containers: [{ name: "app" }] } };
    assert.equal(podStatus(job, pretended(job), at).phase, "Succeeded");
  });
});

describe("tokens", () => {
  const role = "arn:aws:iam::123456789012:role/reader";

  function makeAuthenticator(): Authenticator {
    const store = new Store(path.join(folder, "store"));
    const outputs = { clusterName: "east", principalArn: role, kubernetesGroups: ["readers"] };
    const place = { account: "123456789012", region: "eu-central-1" };
    store.write({ type: "eks.AccessEntry", id: "one", ...place, inputs: outputs, outputs });
    return new Authenticator(store, folder);
  }

  function sign(key: string, cluster: string, as = role, age = 0): string {
    const date = Math.floor(Date.now() / 1000) - age;
    const query = new URLSearchParams({
      "X-Amz-Date": `${date}`,
      "x-k8s-aws-id": cluster,
      role: as,
    });
    const url = new URL(`https://sts.eu-central-1.amazonaws.com/?${query}`);
    const signature = createHmac("sha256", key).update(url.href).digest("hex");
    url.searchParams.set("X-Amz-Signature", signature);
    return `k8s-aws-v1.${Buffer.from(url.href).toString("base64url")}`;
  }

  it("count for what the access entry says", () => {
    const authenticator = makeAuthenticator();
    const key = fs.readFileSync(authenticator.keyFile, "utf8");
    const { groups } = authenticator.identify("east", sign(key, "east"));
    assert.deepEqual(groups, ["readers"]);
  });

  it("count for what EKS's policies allow on the whole cluster", () => {
    const authenticator = makeAuthenticator();
    const { store } = authenticator;
    const groups = (policy: string, scope = "cluster") => {
      const policyArn = `arn:aws:eks::aws:cluster-access-policy/${policy}`;
      const accessScope = { type: scope };
      const outputs = { clusterName: "east", principalArn: role, policyArn, accessScope };
      const place = { account: "123456789012", region: "eu-central-1" };
      const type = "eks.AccessPolicyAssociation";
      store.write({ type, id: "one", ...place, inputs: outputs, outputs });
      return authenticator.identify("east", authenticator.tokenOf("east", role)).groups;
    };
    assert.deepEqual(groups("AmazonEKSClusterAdminPolicy"), ["readers", "system:masters"]);
    assert.deepEqual(groups("AmazonEKSViewPolicy"), ["readers", "lab:view"]);
    assert.deepEqual(groups("AmazonEKSViewPolicy", "namespace"), ["readers"]);
    assert.deepEqual(groups("AmazonEKSEditPolicy"), ["readers"]);
  });

  const refused: [string, (key: string) => string, RegExp][] = [
    ["of another key", () => sign("other", "east"), /signature/],
    ["for another cluster", (key) => sign(key, "west"), /for west, not for east/],
    ["of a role without an access entry", (key) => sign(key, "east", "other"), /no access entry/],
    ["that are too old", (key) => sign(key, "east", role, 901), /expired/],
  ];
  for (const [what, token, why] of refused) {
    it(`${what} are refused`, () => {
      const authenticator = makeAuthenticator();
      const key = fs.readFileSync(authenticator.keyFile, "utf8");
      assert.throws(() => authenticator.identify("east", token(key)), why);
    });
  }
});

describe("a process", () => {
  it("is told first, and killed with what it leaves behind when its grace is over", async () => {
    const launch = (script: string) =>
      new Service({ name: "told", command: "sh", args: ["-c", script], logs: folder });
    const polite = launch("trap 'exit 3' TERM; echo up; while :; do sleep 0.1; done");
    await until("start", 5, () => polite.tail().includes("up"));
    await polite.end(5);
    assert.equal(await polite.ended, "exit 3");
    const deaf = launch("trap '' TERM; echo deaf; while :; do sleep 0.1; done");
    await until("start", 5, () => deaf.tail().includes("deaf"));
    await deaf.end(0.3);
    assert.equal(await deaf.ended, "exit SIGKILL");
  });

  it("takes its children with it when it is stopped", async () => {
    const args = ["-c", "sleep 300 & echo $!; wait"];
    const service = new Service({ name: "parent", command: "sh", args, logs: folder });
    const child = await until("child", 5, () => Number(service.tail().trim()) || undefined);
    await service.stop();
    // A child that nothing waits for yet is still listed, as a zombie.
    const state = () => execFileSync("ps", ["-o", "stat=", "-p", `${child}`], { encoding: "utf8" });
    await until("end of the child", 5, () => {
      try {
        return state().startsWith("Z");
      } catch {
        return true;
      }
    });
  });
});
