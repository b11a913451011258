import assert from "node:assert/strict";
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
    for (const { id, summary, why } of rules) {
      const { code, stdout } = await explain(id);
      assert.equal(code, ExitCode.Done);
      assert.ok(words(stdout).includes(words(summary)), id);
      assert.ok(words(stdout).includes(words(why)), id);
    }
  });

  it("prints one", async () => {
    assert.equal(
      (await explain("api-one-way")).stdout,
      ` api-one-way
 An API server is reached from listed addresses, or from inside only.

 why    With both, the list would have no effect; with neither, nobody gets in.
 else   refused: nothing is planned or deployed until it holds
`,
    );
  });

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
