import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { ExitCode, run } from "../../cli/command";
import { patterns } from "../../cli/new";

const directory = mkdtempSync(join(tmpdir(), "new-"));

async function cli(...args: string[]) {
  const seen = { stdout: "", stderr: "" };
  const code = await run(args, {
    stdout: { write: (text) => (seen.stdout += text) },
    stderr: { write: (text) => (seen.stderr += text) },
  });
  return { code, ...seen };
}

describe("istio-patterns new", () => {
  after(() => rmSync(directory, { recursive: true }));

  it("writes any pattern, with its schema where the file stands, and says the next command", async () => {
    for (const pattern of patterns()) {
      const file = join(directory, `Pulumi.${pattern}.yaml`);
      const { code, stdout, stderr } = await cli("new", file, "--pattern", pattern);
      assert.equal(code, ExitCode.Done, stderr);
      assert.equal(stdout, `wrote ${file}\nnext: istio-patterns plan ${file}\n`);
      const text = readFileSync(file, "utf8");
      const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)!;
      assert.ok(existsSync(resolve(dirname(file), schema!)), schema);
      const original = readFileSync(join(__dirname, `../../stacks/${pattern}.yaml`), "utf8");
      assert.deepEqual(parse(text), parse(original));
    }
  });

  it("takes a region, and names wherever they stand", async () => {
    const file = join(directory, "Pulumi.named.yaml");
    const names = ["--name", "east=eu-a", "--name", "net-east=eu"];
    const pattern = "02-primary-remote-different-networks";
    await cli("new", file, "--pattern", pattern, "--region", "eu-central-1", ...names);
    const { config } = parse(readFileSync(file, "utf8"));
    assert.equal(config["aws:region"], "eu-central-1");
    const { clusters, networks, meshes } = config["istio-patterns:topology"];
    assert.deepEqual(Object.keys(networks), ["eu", "net-west"]);
    assert.deepEqual(clusters, { "eu-a": { network: "eu" }, west: { network: "net-west" } });
    assert.deepEqual(meshes.prod.controlPlane.runsIn, ["eu-a"]);
    assert.equal((await cli("plan", file)).code, ExitCode.Done);
  });

  it("writes over nothing, and refuses what is not there", async () => {
    const file = join(directory, "Pulumi.once.yaml");
    const pattern = ["--pattern", "01-single-cluster"];
    await cli("new", file, ...pattern);
    const again = await cli("new", file, ...pattern);
    assert.deepEqual(
      [again.code, again.stderr],
      [
        ExitCode.Refused,
        `${file}: got EEXIST; allowed: a file that is not there and can be written; fix: name another\n`,
      ],
    );
    const unknown = await cli("new", `${file}2`, "--pattern", "01-single-clustr");
    assert.match(
      unknown.stderr,
      /^--pattern: got "01-single-clustr"; allowed: 01-.*; fix: did you mean "01-single-cluster"\?\n$/,
    );
    const name = await cli("new", `${file}2`, ...pattern, "--name", "mian=x");
    assert.equal(
      name.stderr,
      '--name: got "mian"; allowed: main, dev; fix: did you mean "main"?\n',
    );
    assert.ok(!existsSync(`${file}2`));
  });
});
