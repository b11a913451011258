import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../policy/rules";

describe("the policy pack", () => {
  const ROOT = join(__dirname, "../..");
  const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), "utf8"));

  it("has the version and the dependencies of the package", () => {
    const [own, all] = [read("policy/package.json"), read("package.json")];
    assert.equal(own.version, all.version);
    for (const [name, range] of Object.entries(own.dependencies))
      assert.equal(all.dependencies[name], range, name);
  });

  it("has rules of different names, each with a reason", () => {
    const all = rules(() => "");
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
    for (const { name, summary, why } of all) {
      assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(summary, /\.$/, name);
      assert.match(why, /https:\/\/|docs\//, name);
    }
  });
});
