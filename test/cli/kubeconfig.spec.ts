import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { ExitCode, run } from "../../cli/command";

const directory = mkdtempSync(join(tmpdir(), "kubeconfig-"));
const { PATH } = process.env;

/** As the EKS component gives it out. */
function given(server: string): string {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: ["eks", "get-token", "--cluster-name", "demo-east"],
  };
  return JSON.stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": "aws" },
    clusters: [{ name: "kubernetes", cluster: { server } }],
    contexts: [{ name: "aws", context: { cluster: "kubernetes", user: "aws" } }],
    users: [{ name: "aws", user: { exec } }],
  });
}

async function kubeconfig(outputs: Record<string, string>, ...more: string[]) {
  const script = `#!/bin/sh\ncat <<'END'\n${JSON.stringify(outputs)}\nEND\n`;
  writeFileSync(join(directory, "pulumi"), script, { mode: 0o755 });
  const seen = { stdout: "", stderr: "" };
  const code = await run(["kubeconfig", "--stack", "demo", ...more], {
    stdout: { write: (text) => (seen.stdout += text) },
    stderr: { write: (text) => (seen.stderr += text) },
  });
  return { code, ...seen };
}

describe("istio-patterns kubeconfig", () => {
  before(() => (process.env.PATH = `${directory}:${PATH}`));
  after(() => {
    process.env.PATH = PATH;
    rmSync(directory, { recursive: true });
  });

  it("merges a context for each cluster, and leaves all else as it is", async () => {
    const file = join(directory, "config");
    const theirs = {
      ...{ apiVersion: "v1", kind: "Config", "current-context": "mine" },
      clusters: [{ name: "mine", cluster: { server: "https://mine" } }],
      contexts: [{ name: "mine", context: { cluster: "mine", user: "me" } }],
      users: [{ name: "me", user: { token: "t" } }],
    };
    writeFileSync(file, stringify(theirs));
    const outputs = { east: given("https://east"), west: given("https://west") };
    const first = await kubeconfig(outputs, "--output", file);
    assert.deepEqual(
      [first.code, first.stdout],
      [ExitCode.Done, `wrote ${file}: east, west\nnext: kubectl --context east get nodes\n`],
    );
    await kubeconfig(outputs, "--output", file);
    const whole = parse(readFileSync(file, "utf8"));
    assert.equal(whole["current-context"], "mine");
    const names = (all: { name: string }[]) => all.map(({ name }) => name);
    assert.deepEqual(names(whole.contexts), ["mine", "east", "west"]);
    assert.deepEqual(names(whole.users), ["me", "east", "west"]);
    assert.deepEqual(whole.clusters[1], { name: "east", cluster: { server: "https://east" } });
    assert.equal(whole.users[1].user.exec.args[1], "get-token");
  });

  it("makes a file that only its owner reads, with a prefix where one is asked for", async () => {
    const file = join(directory, "deep/config");
    await kubeconfig({ east: given("https://east") }, "--output", file, "--prefix", "demo-");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const { contexts } = parse(readFileSync(file, "utf8"));
    assert.deepEqual(contexts, [
      { name: "demo-east", context: { cluster: "demo-east", user: "demo-east" } },
    ]);
  });

  it("takes no context away from another cluster", async () => {
    const file = join(directory, "taken");
    await kubeconfig({ east: given("https://one") }, "--output", file);
    const { code, stderr } = await kubeconfig({ east: given("https://two") }, "--output", file);
    assert.equal(code, ExitCode.Refused);
    assert.equal(
      stderr,
      `${file}: got a cluster east at https://one; allowed: none of that name but https://two; fix: name another file or --prefix\n`,
    );
  });
});
