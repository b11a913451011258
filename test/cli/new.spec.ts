import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { PassThrough, Writable } from "node:stream";
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

/** Types each answer once its question stands there; what has no answer is only waited for. */
async function talk(args: string[], script: [shown: string, typed: string | undefined][]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  let shown = "";
  let seen = 0;
  const write = (text: string) => {
    shown += text;
    const [next] = script;
    const at = next ? shown.indexOf(next[0], seen) : -1;
    if (!next || at < 0) return;
    seen = at + next[0].length;
    script.shift();
    if (next[1] !== undefined) setImmediate(() => stdin.write(`${next[1]}\r`));
    write("");
  };
  const stdout = Object.assign(
    new Writable({ write: (chunk, _, done) => (write(String(chunk)), done()) }),
    { isTTY: true, columns: 200 },
  );
  const code = await run(args, { stdin, stdout, stderr: stdout });
  assert.deepEqual(script, [], shown);
  return { code, shown };
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

  it("asks on a terminal for what no flag says, again where an answer will not do", async () => {
    const file = join(directory, "Pulumi.asked.yaml");
    const { code, shown } = await talk(
      ["new", file],
      [
        ["Pattern, by number or name [01-single-cluster] ", "99"],
        ["none of these", undefined],
        ["Pattern, by number or name [01-single-cluster] ", "02-multi-primary-different-networks"],
        ["AWS region [eu-west-1] ", "eu-wst-1"],
        ['did you mean "eu-west-1"?', undefined],
        ["AWS region [eu-west-1] ", "eu-central-1"],
        ["Name of network [net-east] ", ""],
        ["Name of network [net-west] ", ""],
        ["Name of cluster [east] ", "west"],
        ["another has this name", undefined],
        ["Name of cluster [east] ", "Fra"],
        ["lower-case letters, digits and hyphens", undefined],
        ["Name of cluster [east] ", "fra"],
        ["Name of cluster [west] ", ""],
        ["Name of mesh [prod] ", "shop"],
      ],
    );
    assert.equal(code, ExitCode.Done, shown);
    assert.match(shown, / 4 +02-multi-primary-different-networks +Two EKS clusters in two VPCs/);
    assert.match(shown, new RegExp(`wrote ${file}\\nnext: istio-patterns plan ${file}\\n$`));
    const { config } = parse(readFileSync(file, "utf8"));
    assert.equal(config["aws:region"], "eu-central-1");
    assert.deepEqual(Object.keys(config["istio-patterns:topology"].clusters), ["fra", "west"]);
    assert.deepEqual(Object.keys(config["istio-patterns:topology"].meshes), ["shop"]);
  });

  it("writes nothing where questions are broken off, and asks nobody who is not there", async () => {
    const file = join(directory, "Pulumi.broken.yaml");
    const broken = await talk(
      ["new", file],
      [["Pattern, by number or name [01-single-cluster] ", "\u0003"]],
    );
    assert.equal(broken.code, ExitCode.Interrupted);
    const nobody = await cli("new", file);
    assert.match(
      nobody.stderr,
      /^--pattern: got nothing; allowed: 01-.*; fix: choose one: stacks\/README\.md says which; on a terminal it is asked for\n$/,
    );
    assert.equal(nobody.code, ExitCode.Refused);
    assert.ok(!existsSync(file));
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
        `${file}: got a file that is there; allowed: a file that is not there and can be written; fix: name another\n`,
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
    const region = await cli("new", `${file}2`, ...pattern, "--region", "eu-west-9");
    assert.equal(
      region.stderr,
      '--region: got eu-west-9; allowed: a region of AWS; fix: did you mean "eu-west-1"?\n',
    );
    assert.ok(!existsSync(`${file}2`));
  });
});
