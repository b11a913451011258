import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ExitCode, run } from "../../../cli/command";
import { MARK } from "../../../cli/diff/markdown";

describe("the command diff", () => {
  const directory = mkdtempSync(join(tmpdir(), "diff-"));
  const schema = join(__dirname, "../../../schema/diff.schema.json");
  const form = z.fromJSONSchema(JSON.parse(readFileSync(schema, "utf8")));
  const file = join(directory, "stack.yaml");
  const other = join(directory, "other.yaml");
  const stack = readFileSync(join(__dirname, "../../../stacks/01-single-cluster.yaml"), "utf8");
  before(() => {
    writeFileSync(file, stack);
    writeFileSync(other, stack.replace(/version: "[\d.]+"/, 'version: "1.31.3"'));
  });
  after(() => rmSync(directory, { recursive: true }));

  async function cli(...args: string[]) {
    const seen = { stdout: "", stderr: "" };
    const code = await run(["diff", ...args], {
      stdout: { write: (text) => (seen.stdout += text) },
      stderr: { write: (text) => (seen.stderr += text) },
    });
    return { code, ...seen };
  }

  it("ends with 0 without a change, 4 with one and 5 with a dangerous one", async () => {
    assert.equal((await cli(file, file)).code, ExitCode.Done);
    const changed = await cli(file, other);
    assert.deepEqual([changed.code, changed.stderr], [ExitCode.Changes, ""]);
    const moved = join(directory, "moved.yaml");
    writeFileSync(moved, stack.replace(/cidr: 10\.\d+/, "cidr: 10.77"));
    assert.equal((await cli(file, moved)).code, ExitCode.Dangerous);
    // Pipelines hold on to the numbers.
    assert.deepEqual([ExitCode.Done, ExitCode.Changes, ExitCode.Dangerous], [0, 4, 5]);
  });

  it("prints JSON of the published form, and Markdown", async () => {
    const { stdout } = await cli(file, other, "--json");
    const json = JSON.parse(stdout);
    assert.equal(form.safeParse(json).error, undefined);
    assert.equal(form.safeParse({ ...json, resources: [{}] }).success, false);
    assert.deepEqual([json.version, json.base, json.head], [1, file, other]);
    assert.ok((await cli(file, other, "--markdown")).stdout.startsWith(MARK));
    assert.match((await cli(file, other, "--resources")).stdout, /\n CHANGED\n {3}Release demo-/);
  });

  it("compares with what git has, and leaves the work tree as it is", async () => {
    const git = (...words: string[]) => execFileSync("git", ["-C", directory, ...words]);
    git("init", "--quiet");
    git("add", "stack.yaml");
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "one");
    writeFileSync(file, readFileSync(other, "utf8"));
    const { code, stdout, stderr } = await cli("--git", "HEAD", file);
    assert.deepEqual([code, stderr], [ExitCode.Changes, ""]);
    assert.ok(stdout.includes(`HEAD:${file} → ${file}`), stdout);
    assert.equal(readFileSync(file, "utf8"), readFileSync(other, "utf8"));
    const missing = await cli("--git", "no-such", file);
    assert.equal(missing.code, ExitCode.Refused);
    assert.match(missing.stderr, /^--git no-such: got fatal: .*; fix: fetch it first/);
    const added = await cli("--git", "HEAD", other);
    assert.match(added.stderr, /got fatal: path 'other.yaml' exists on disk, .*`plan` it\n$/);
    const option = await cli("--git=--output=x", file);
    assert.equal(option.code, ExitCode.Refused);
    assert.doesNotMatch(option.stderr, /for writing/, "git took it for an option");
  });

  it("says what to do where there is no clone, and no git", async () => {
    const outside = mkdtempSync(join(tmpdir(), "diff-"));
    const alone = join(outside, "stack.yaml");
    writeFileSync(alone, stack);
    const { PATH } = process.env;
    try {
      const noClone = await cli("--git", "HEAD", alone);
      assert.equal(noClone.code, ExitCode.Refused);
      assert.match(
        noClone.stderr,
        /not a git repository.*; fix: name a file in a clone, or compare /,
      );
      process.env.PATH = outside;
      const noGit = await cli("--git", "HEAD", alone);
      assert.equal(noGit.code, ExitCode.Refused);
      assert.match(noGit.stderr, /got no program git; .*; fix: install git, or compare /);
    } finally {
      process.env.PATH = PATH;
      rmSync(outside, { recursive: true });
    }
  });

  it("takes one form alone, and the name of the stack from the later file or from --stack", async () => {
    for (const [one, two] of [
      ["--json", "--markdown"],
      ["--json", "--resources"],
      ["--markdown", "--resources"],
    ]) {
      const { code, stderr } = await cli(file, file, one!, two!);
      assert.equal(code, ExitCode.Refused, stderr);
    }
    const named = join(directory, "Pulumi.prod.yaml");
    writeFileSync(named, stack);
    assert.match((await cli(file, named)).stdout, /^ prod /);
    assert.match((await cli(named, file)).stdout, /^ demo /);
    assert.match((await cli(named, file, "--stack", "blue")).stdout, /^ blue /);
  });

  it("refuses a wrong description in either file with its line, and wrong arguments", async () => {
    const wrong = join(directory, "wrong.yaml");
    writeFileSync(wrong, stack.replace("version:", "versoin:"));
    const { code, stdout } = await cli(file, wrong, "--json");
    assert.equal(code, ExitCode.Refused);
    const [problem] = JSON.parse(stdout).refused.problems;
    assert.equal(problem.file, wrong);
    assert.equal(typeof problem.line, "number");
    const both = await cli(file, other, "--git", "HEAD");
    assert.equal(both.code, ExitCode.Refused);
    assert.match(
      both.stderr,
      /^diff: got two files and --git; allowed: two files, or one with --git/,
    );
    assert.equal((await cli(file)).code, ExitCode.Refused);
  });
});
