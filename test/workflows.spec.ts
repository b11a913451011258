import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MARK } from "../cli/diff/markdown";
import { consumer, installed, ROOT } from "./support/consumer";
import { commandOf, readWorkflow, runStep } from "./support/workflow";

const FILE = "Pulumi.prod.yaml";
const TWO = readFileSync(join(ROOT, "stacks/02-multi-primary-different-networks.yaml"), "utf8");
const diff = readWorkflow("diff");
const preview = readWorkflow("preview");

describe("workflows to copy", function () {
  // As for the package: npm and a compiler.
  this.timeout(1_200_000);
  /** A clone with a branch, in which the packed package is installed. */
  const clone = mkdtempSync(join(tmpdir(), "istio-patterns-clone-"));
  let base: string;

  const git = (...words: string[]) => {
    const identity = ["-c", "user.name=a", "-c", "user.email=a@b.example"];
    return execFileSync("git", [...identity, ...words], { cwd: clone, encoding: "utf8" }).trim();
  };
  const write = (text: string) => writeFileSync(join(clone, FILE), text);
  const step = (job: string, name: string, env: NodeJS.ProcessEnv = {}) =>
    runStep(commandOf(diff, job, name), clone, { ...diff.env, BASE: base, ...env });

  before(async () => {
    await installed;
    symlinkSync(join(consumer, "node_modules"), join(clone, "node_modules"));
    git("init", "--quiet");
    write(TWO);
    git("add", FILE);
    git("commit", "--quiet", "--message", "base");
    base = git("rev-parse", "HEAD");
  });
  afterEach(() => write(TWO));
  after(() => rmSync(clone, { recursive: true, force: true }));

  it("plan the file that they name, into the summary of the run", () => {
    assert.equal(diff.env?.STACK_FILE, FILE);
    const { code, summary, stderr } = step("diff", "plan");
    assert.equal(code, 0, stderr);
    assert.match(summary, /^```\n[^]*istiod[^]*\n```\n$/);
  });

  it("fail on a file that is refused, and say why", () => {
    write(TWO.replace("network: net-east", "network: net-eest"));
    for (const name of ["plan", "diff"]) {
      const { code, stderr, outputs } = step("diff", name);
      assert.equal(code, 2, name);
      assert.match(stderr, /clusters\.east\.network: got "net-eest"/);
      assert.deepEqual(outputs, {});
    }
  });

  it("find nothing where nothing changes", () => {
    const { code, outputs } = step("diff", "diff");
    assert.equal(code, 0);
    assert.equal(outputs.code, "0");
  });

  it("hand on a change and its comment, as the command prints it", () => {
    write(TWO.replace(/version: "1\.31\.\d+"/, 'version: "1.31.3"'));
    const { code, outputs, summary } = step("diff", "diff");
    assert.equal(code, 0);
    assert.equal(outputs.code, "4");
    assert.ok(outputs.comment.startsWith(`${MARK}\n`), outputs.comment);
    assert.match(outputs.comment, /1\.31\.3/);
    assert.equal(summary, `${outputs.comment}\n`);
  });

  it("hold a dangerous change back until its pull request has the label", () => {
    write(TWO.replace("10.10.0.0/16", "10.99.0.0/16"));
    const { code, outputs } = step("diff", "diff");
    assert.equal(code, 0);
    assert.equal(outputs.code, "5");
    assert.match(outputs.comment, /\*\*Dangerous\*\*: Vpc/);
    const gate = (env: NodeJS.ProcessEnv) =>
      step("gate", "gate", { RESULT: "success", CODE: "5", ALLOWED: "false", ...env });
    const held = gate({});
    assert.equal(held.code, 5);
    assert.match(held.stdout, /^::error::The change is dangerous: .* label "dangerous"\.\n$/);
    assert.equal(gate({ ALLOWED: "true" }).code, 0);
    assert.equal(gate({ CODE: "4" }).code, 0);
    assert.equal(gate({ RESULT: "failure", CODE: "" }).code, 1);
  });

  it("only plan a stack file that is new", () => {
    const { code, outputs } = step("diff", "diff", {
      BASE: git("hash-object", "-t", "tree", "-w", "/dev/null"),
    });
    assert.equal(code, 0);
    assert.equal(outputs.code, "4");
    assert.equal(
      outputs.comment,
      `${MARK}\n\`${FILE}\` is new: the summary of this run has its plan.`,
    );
  });

  describe("comment", () => {
    // GitHub's runners have jq, a machine that tests need not.
    before(function () {
      if (spawnSync("jq", ["--version"]).error) this.skip();
    });
    const comments = "repos/a/b/issues/7/comments";
    /** What `gh` was asked, by one that writes it down and knows some comments. */
    const asked = (known: object[], code: string) => {
      const folder = mkdtempSync(join(clone, "gh-"));
      const [program, log] = [join(folder, "gh"), join(folder, "log")];
      writeFileSync(join(folder, "known.json"), JSON.stringify(known));
      writeFileSync(program, GH);
      chmodSync(program, 0o755);
      const PATH = `${folder}:${process.env.PATH}`;
      const env = { PATH, CODE: code, COMMENT: `${MARK}\nnew`, COMMENTS: comments };
      const result = step("comment", "comment", { ...env, GITHUB_REPOSITORY: "a/b" });
      assert.equal(result.code, 0, result.stderr);
      return existsSync(log) ? readFileSync(log, "utf8") : "";
    };
    const of = (id: number, type: string, body: string) => ({ id, user: { type }, body });
    const others = [of(1, "User", `${MARK}\nquoted`), of(2, "Bot", "something else")];

    it("is written where there is none yet", () => {
      assert.equal(asked(others, "4"), `POST ${comments}\n${MARK}\nnew\n`);
    });

    it("is the same one from then on", () => {
      const mine = of(3, "Bot", `${MARK}\nold`);
      assert.equal(
        asked([...others, mine, of(4, "Bot", `${MARK}\nolder`)], "4"),
        `PATCH repos/a/b/issues/comments/3\n${MARK}\nnew\n`,
      );
      assert.match(asked([mine], "0"), /^PATCH /);
    });

    it("is not written where nothing changes", () => {
      assert.equal(asked(others, "0"), "");
    });
  });

  it("pin every action by commit, with its version beside it", () => {
    const text = ["diff", "preview"].map((name) =>
      readFileSync(join(ROOT, `docs/ci/${name}.yaml`), "utf8"),
    );
    const used = text.join("\n").match(/uses: .*/g) ?? [];
    assert.equal(used.length, 6);
    for (const line of used)
      assert.match(line, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("put nothing that a pull request says into a command, and give each job the least rights", () => {
    const jobs = [diff, preview].flatMap((workflow) => {
      assert.deepEqual(workflow.permissions, {});
      return Object.entries(workflow.jobs);
    });
    for (const [, { steps }] of jobs)
      for (const { run = "" } of steps) assert.doesNotMatch(run, /\$\{\{/);
    assert.deepEqual(
      Object.fromEntries(jobs.map(([name, { permissions }]) => [name, permissions])),
      {
        diff: { contents: "read" },
        comment: { "pull-requests": "write" },
        gate: undefined,
        preview: { contents: "read", "id-token": "write", "pull-requests": "write" },
      },
    );
  });
});

/** `gh api`, as far as the workflow uses it (https://cli.github.com/manual/gh_api): lists through a filter of jq's, or takes a body. */
const GH = `#!/usr/bin/env bash
set -eu
folder=$(dirname "$0")
method=GET path= filter=
shift
while [ $# -gt 0 ]; do
  case "$1" in
    --method) method=$2; shift 2 ;;
    --jq) filter=$2; shift 2 ;;
    --field) [ "$2" = body=@- ]; shift 2 ;;
    --paginate | --silent) shift ;;
    *) path=$1; shift ;;
  esac
done
if [ "$method" = GET ]; then
  jq -r "$filter" "$folder/known.json"
else
  { echo "$method $path"; cat; } >> "$folder/log"
fi
`;
