import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkStart } from "../../bench/limits";

const ROOT = join(__dirname, "../..");

describe("the program that a plan's start is held against", () => {
  it("imports every SDK that a plan does, which has no policies, and registers one resource beside the stack", () => {
    const script = `
      process.on("exit", () => console.log("\\n" + Object.keys(require.cache).join("\\n")));
      require("./bench/oneResource.ts");
    `;
    const [printed, ...loaded] = execFileSync(process.execPath, ["--import", "tsx", "-e", script], {
      cwd: ROOT,
      encoding: "utf8",
    }).split("\n");
    assert.deepEqual(JSON.parse(printed!), { totals: { total: 2 } });
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const sdks = Object.keys(dependencies).filter(
      (name) => name.startsWith("@pulumi/") && name !== "@pulumi/policy",
    );
    assert.equal(sdks.length, 5);
    const missing = (name: string) => !loaded.includes(require.resolve(name));
    assert.deepEqual(sdks.filter(missing), []);
  });
});

describe("the limit of a plan's start", () => {
  it("is 1.5 times that program", () => {
    const start = (ratio: number) => checkStart({ how: "with compile cache", ratio });
    assert.equal(start(1.5).ok, true);
    assert.deepEqual(start(1.51), {
      claim: "times a program of one resource that `plan` takes with compile cache",
      got: 1.51,
      limit: 1.5,
      ok: false,
    });
  });
});
