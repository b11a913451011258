import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { alone, exported, otherForms } from "./support/alone";
import { mockRun, resourceSet } from "./support/graph";

describe("a component alone", () => {
  it("is tried whatever its class", () => {
    assert.ok(exported.length >= 29, `${exported.length} components`);
    assert.deepEqual(Object.keys(alone).sort(), [...exported].sort());
  });

  for (const [form, make] of Object.entries({ ...alone, ...otherForms })) {
    it(`takes what a stranger knows, and is the same before anything is known: ${form}`, async () => {
      const [known, unknown] = [
        await mockRun(() => void make("x")),
        await mockRun(() => void make("x"), { unknownOutputs: true }),
      ];
      const [type] = form.split(",");
      assert.ok(known.ofType(`istio-patterns:index:${type}`).length >= 1);
      const set = resourceSet(known);
      assert.ok(set.length >= 3, `expected the stack, the component and something in it: ${set}`);
      assert.deepEqual(resourceSet(unknown), set);
    });
  }

  it("works on Pulumi's ordinary mocks, whatever they leave out", () => {
    const script = join(__dirname, "support/ordinaryMocks.ts");
    const output = execFileSync(process.execPath, ["--import", "tsx", script], {
      encoding: "utf8",
      env: { ...process.env, PULUMI_TEST_MODE: "true" },
    });
    const { registered, failures } = JSON.parse(output);
    assert.deepEqual(failures, []);
    assert.ok(registered > 150, `${registered} resources`);
  });
});
