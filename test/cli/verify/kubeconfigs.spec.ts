import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ExitCode } from "../../../cli/command";
import type { ApiServer } from "./apiServer";
import { folder, kubeconfig, pki, primaries, verify } from "./clusters";

const directory = folder();
let east: ApiServer;
let west: ApiServer;

async function look(...more: string[]) {
  const config = kubeconfig(directory, { east: east.url, west: west.url });
  return command("--kubeconfig", config, ...more);
}

function command(...words: string[]) {
  return verify("--read-only", ...words);
}

describe("kubeconfigs of istio-patterns verify", () => {
  before(async () => {
    const mesh = await pki("mesh");
    [east, west] = await primaries(mesh);
  });
  after(async () => {
    await Promise.all([east.stop(), west.stop()]);
    rmSync(directory, { recursive: true });
  });

  it("lead to clusters by contexts of their names, or by those that are named, or one line says that none does", async () => {
    const config = kubeconfig(directory, { east: east.url });
    const lost = await command("--kubeconfig", config);
    assert.match(
      lost.stdout,
      /\? {2}API server {2}no context leads to it: name one with --context west=<context>\n/,
    );
    const named = kubeconfig(directory, { east: east.url, other: west.url });
    const led = await command("--kubeconfig", named, "--context", "west=other");
    assert.equal(led.code, ExitCode.Done, led.stdout);
    const arn = (name: string) => `arn:aws:eks:eu-west-1:111122223333:cluster/demo-${name}`;
    const urls = { [arn("east")]: east.url, "demo-west": west.url };
    const eks = await command("--kubeconfig", kubeconfig(directory, urls));
    assert.equal(eks.code, ExitCode.Done, eks.stdout);
  });

  it("asks the stack for its kubeconfigs where no file is named, and says why it has none", async () => {
    const text = (server: string) => readFileSync(kubeconfig(directory, { any: server }), "utf8");
    const outputs = JSON.stringify({ east: text(east.url), west: text(west.url) });
    const pulumi = join(directory, "pulumi");
    const script = `#!/bin/sh\necho "$@" > ${directory}/asked\ncat <<'END'\n${outputs}\nEND\n`;
    writeFileSync(pulumi, script, { mode: 0o755 });
    const { PATH } = process.env;
    process.env.PATH = `${directory}:${PATH}`;
    try {
      const { code, stdout, stderr } = await command("--stack", "prod");
      assert.equal(code, ExitCode.Done, stdout + stderr);
      assert.match(stdout, /^ prod {3}looked at 2 clusters/);
      assert.equal(
        readFileSync(join(directory, "asked"), "utf8"),
        "stack output kubeconfigs --json --show-secrets --stack prod\n",
      );
      writeFileSync(pulumi, "#!/bin/sh\necho 'error: no stack named prod' >&2\nexit 255\n");
      const refused = await command("--stack", "prod");
      assert.deepEqual([refused.code, refused.stdout], [ExitCode.Refused, ""]);
      assert.equal(
        refused.stderr,
        "--stack prod: got error: no stack named prod; allowed: kubeconfigs of the clusters; " +
          "fix: install the Pulumi CLI, and run it in the stack's project, signed in to its backend\n",
      );
    } finally {
      process.env.PATH = PATH;
    }
  });

  it("refuses contexts and files that lead nowhere with 2", async () => {
    const refused = async (...words: string[]) => {
      const { code, stdout, stderr } = await look(...words);
      assert.deepEqual([code, stdout], [ExitCode.Refused, ""]);
      return stderr;
    };
    assert.equal(
      await refused("--context", "east"),
      "--context: got east; allowed: <cluster>=<context>; fix: name the cluster of the description first\n",
    );
    assert.equal(
      await refused("--context", "north=east"),
      "--context: got north; allowed: east, west; fix: name one of them\n",
    );
    assert.equal(
      await refused("--context", "east=north"),
      "--context: got north; allowed: east, west; fix: name one of them\n",
    );
    const missing = await command("--kubeconfig", join(directory, "nowhere"));
    assert.match(
      missing.stderr,
      /^--kubeconfig: got ENOENT: [^;]*; allowed: kubeconfigs of the clusters; fix: name one that kubectl reads\n$/,
    );
  });
});
