import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aimOf } from "../../bench/peer/peer";
import { measured } from "../../bench/usage";

describe("a tool that is measured", () => {
  const directory = mkdtempSync(join(tmpdir(), "bench-peer-test-"));
  const run = (program: string) => {
    const script = join(directory, "tool.cjs");
    writeFileSync(script, program);
    return measured([script, "argument"]);
  };
  after(() => rmSync(directory, { recursive: true, force: true }));

  it("is ended once its usage is out, with all that it printed, though it spins for ever", async () => {
    const { usage, stdout } = await run(`
      process.on("exit", () => { for (;;); });
      process.stderr.write("a warning\\n");
      process.stdout.write(process.argv[2].repeat(100_000));
    `);
    assert.equal(stdout, "argument".repeat(100_000));
    assert.deepEqual(Object.keys(usage), ["processor", "wall", "memory"]);
    assert.ok(Object.values(usage).every((number) => number > 0));
  });

  it("is refused when it ends without saying what it took", async () => {
    await assert.rejects(run(`process.stderr.write("out of luck"); process.reallyExit(1);`), {
      message: `${join(directory, "tool.cjs")} argument ended without its usage:\nout of luck`,
    });
  });
});

describe("the aim beside another tool", () => {
  const usage = (processor: number) => ({ processor, wall: 0, memory: 0, resources: 1 });
  const aim = (...pairs: [number, number][]) =>
    aimOf(
      pairs.map(([ours, theirs], index) => ({
        clusters: index + 1,
        ours: usage(ours),
        theirs: usage(theirs),
      })),
    );

  it("is met only below it at every size", () => {
    const text = "processor seconds for meshed clusters below those of blueprints for single ones";
    assert.equal(aim([1, 2], [2, 3]), `aim met: ${text}`);
    assert.equal(aim([1, 2], [3, 3], [4, 3]), `aim missed at 2, 3 clusters: ${text}`);
  });
});
