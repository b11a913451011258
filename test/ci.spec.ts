import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const run = path.resolve(__dirname, "..", ".ci", "run");

describe(".ci/run", () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-patterns-ci-"));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  /** Its last line and status, where `make test` and `make lab` are these scripts. */
  function outcome(
    test: string,
    lab: string,
    tools = "true",
  ): { last: string | undefined; status: number | null } {
    const make = `#!/bin/sh\ncase "$1" in\ntest) ${test} ;;\ntools) ${tools} ;;\nlab) ${lab} ;;\nesac\n`;
    fs.writeFileSync(path.join(folder, "make"), make, { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, TMPDIR: folder };
    const { stdout, status } = spawnSync(run, { env, encoding: "utf8" });
    assert.deepEqual(fs.readdirSync(folder), ["make"], "expected no file to stay");
    return { last: stdout.trimEnd().split("\n").at(-1), status };
  }

  const mocha = (lines: string) => `printf '${lines}'`;
  const good = { test: mocha("  20 passing (4s)\\n\\n"), lab: "echo 7 passed, 0 failed" };

  it("adds the tests and the lab", () => {
    assert.deepEqual(outcome(good.test, good.lab), { last: "27 passed, 0 failed", status: 0 });
  });

  it("counts what failed in either, and fails", () => {
    const test = `${mocha("  20 passing (4s)\\n  1 pending\\n  2 failing\\n")}; exit 2`;
    const lab = "echo 7 passed, 3 failed; exit 1";
    assert.deepEqual(outcome(test, lab), { last: "27 passed, 5 failed", status: 1 });
  });

  it("runs the lab also where types, lint or format have failed: one failure", () => {
    const last = "7 passed, 1 failed";
    assert.deepEqual(outcome("echo error TS2322; exit 2", good.lab), { last, status: 1 });
  });

  it("counts a lab that ended before its count as one failure, whatever its status", () => {
    for (const lab of ["kill -KILL $$", "exit 1", "true", "echo 7 passed so far; exit 2"]) {
      const last = "20 passed, 1 failed";
      assert.deepEqual(outcome(good.test, lab), { last, status: 1 }, lab);
    }
  });

  it("builds the lab's tools while tests run, and begins the lab once they are there", () => {
    const [begun, built] = ["begun", "built"].map((name) => path.join(folder, name));
    const tools = `touch ${begun}; sleep 0.5; mv ${begun} ${built}`;
    const test = `for i in $(seq 50); do [ -e ${begun} ] && break; sleep 0.1; done; [ -e ${begun} ] && ${good.test}`;
    const lab = `[ -e ${built} ] && rm ${built} && ${good.lab}`;
    assert.deepEqual(outcome(test, lab, tools), { last: "27 passed, 0 failed", status: 0 });
  });

  it("leaves tools that cannot be built to the lab to tell of", () => {
    const last = "27 passed, 0 failed";
    assert.deepEqual(outcome(good.test, good.lab, "exit 1"), { last, status: 0 });
  });

  it("believes a status more than a count", () => {
    const last = "27 passed, 1 failed";
    assert.deepEqual(outcome(good.test, `${good.lab}; exit 1`), { last, status: 1 });
  });
});
