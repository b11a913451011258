import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";
import { only, type Check } from "../run/check";
import type { Session } from "../run/session";

const script = path.join(__dirname, "capture.py");

/** What the first container of a task on EC2 runs as root, as planned: the rules are what of it is iptables'. */
function rulesIn({ machine: { store } }: Session): string[] {
  const definitions = store
    .list("ecs.TaskDefinition")
    .filter(({ inputs }) => inputs.requiresCompatibilities.includes("EC2"));
  assert.equal(definitions.length, 1, "expected one task definition for EC2");
  const containers: { name: string; command: string[] }[] = JSON.parse(
    definitions[0].inputs.containerDefinitions,
  );
  const init = containers.find(({ name }) => name === "mesh-init");
  assert.ok(init);
  const rules = init.command[0].split("\n").filter((line) => line.startsWith("iptables "));
  assert.ok(rules.length >= 6, `${rules.length} rules`);
  return rules;
}

function answers(rules: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ["--net", "python3", script];
    const child = execFile("unshare", args, { timeout: 120_000 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    child.stdin!.end(rules.join("\n"));
  });
}

/** The kernel's own iptables write the rules, and connections of both users and of a peer go through them. */
const captured: Check = {
  key: "captured",
  whole: true,
  point: 11,
  title: "rules of a task on EC2 lead its application to ztunnel both ways, and ztunnel past them",
  skip: only("03-ecs-ztunnel"),
  async run(session) {
    assert.deepEqual(JSON.parse(await answers(rulesIn(session))), {
      "application calls a peer": "outbound",
      "application calls a resolver": "resolver",
      "application calls credentials": "peer",
      "application calls localhost": "application",
      "application calls itself": "application",
      "ztunnel calls a peer": "peer",
      "ztunnel calls a resolver": "peer",
      "ztunnel calls credentials": "peer",
      "ztunnel calls localhost": "application",
      "ztunnel calls itself": "application",
      "a peer calls 80": "inbound",
      "a peer calls 15008": "hbone",
      "a peer calls 15020": "metrics",
      "a peer calls 15021": "ready",
    });
  },
};

export const captureChecks = [captured] as const satisfies readonly Check[];
