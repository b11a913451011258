import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const COMPONENTS = join(__dirname, "../components");

/** Files that register resources or read those of other stacks, or hand on those that do: all others decide, and must decide without Pulumi. */
const THIN =
  /class \w+ extends pulumi\.ComponentResource|export function create[A-Z]|new (aws|k8s|tls|pulumi)\.|\): pulumi\.Resource\[\];/;
const THIN_NAMES = /(^|\/)(index|options|handle|program|provider|kubernetesProvider)\.ts$/;

/** Loads the files named on the command line with every `@pulumi` module made unloadable. */
const LOAD_BLOCKED = `
const Module = require("node:module");
const load = Module._load;
Module._load = (request, ...rest) => {
  if (request.startsWith("@pulumi/")) throw new Error("a planner loads " + request);
  return load(request, ...rest);
};
for (const file of process.argv.slice(1)) {
  try { require(file); } catch (error) { console.log(file + ": " + error.message); }
}
`;

describe("planners", () => {
  it("load with every Pulumi module blocked", () => {
    const planners = (readdirSync(COMPONENTS, { recursive: true }) as string[])
      .filter((file) => file.endsWith(".ts") && !THIN_NAMES.test(file))
      .filter((file) => !THIN.test(readFileSync(join(COMPONENTS, file), "utf8")))
      .map((file) => join(COMPONENTS, file));
    assert.ok(planners.length >= 30, `${planners.length} planners`);
    assert.ok(planners.includes(join(COMPONENTS, "mesh/plan.ts")));
    assert.ok(planners.includes(join(COMPONENTS, "mesh/check.ts")));
    const failures = execFileSync(
      process.execPath,
      ["--import", "tsx", "-e", LOAD_BLOCKED, ...planners],
      { encoding: "utf8" },
    );
    assert.equal(failures, "");
  });
});
