import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ExitCode, run } from "../../cli/command";
import { explainedRules } from "../../cli/explain";

async function explain(...args: string[]) {
  const seen = { stdout: "", stderr: "" };
  const code = await run(["explain", ...args], {
    stdout: { write: (text) => (seen.stdout += text) },
    stderr: { write: (text) => (seen.stderr += text) },
  });
  return { code, ...seen };
}

const words = (text: string) => text.split(/\s+/).filter(Boolean).join(" ");

describe("istio-patterns explain", () => {
  it("says of every rule what it holds and why", async () => {
    const rules = explainedRules();
    assert.ok(rules.length > 60, `${rules.length} rules`);
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
    for (const { id, summary, why, page } of rules) {
      assert.ok(existsSync(join(__dirname, "../..", page)), `${id}: no ${page}`);
      const { code, stdout } = await explain(id);
      assert.equal(code, ExitCode.Done);
      assert.ok(words(stdout).includes(words(summary)), id);
      assert.ok(words(stdout).includes(words(why)), id);
      assert.ok(words(stdout).includes(page), id);
    }
  });

  it("prints one", async () => {
    assert.equal(
      (await explain("api-one-way")).stdout,
      ` api-one-way
 An API server is reached from listed addresses, or from inside only.

 why    With both, the list would have no effect; with neither, nobody gets in.
 page   docs/private-api.md
 else   refused: nothing is planned or deployed until it holds
`,
    );
  });

  it("says that a plan goes on where only what is deployed needs it", async () =>
    assert.match(
      (await explain("api-missing")).stdout,
      / else +refused by `up` and `preview`; `plan` warns and goes on\n/,
    ));

  it("lists them all, and refuses an unknown one", async () => {
    const { stdout } = await explain();
    for (const { id } of explainedRules()) assert.match(stdout, new RegExp(`^ ${id} `, "m"));
    const { code, stderr } = await explain("api-opn");
    assert.equal(code, ExitCode.Refused);
    assert.equal(
      stderr,
      'explain: got "api-opn"; allowed: the id of a rule, as `istio-patterns explain` lists them; ' +
        'fix: did you mean "api-open"?\n',
    );
  });
});
