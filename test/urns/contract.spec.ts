import assert from "node:assert/strict";
import { runDescription } from "../support/program";
import { patterns } from "../support/topologies";
import { committedLines, committedPatterns, urnLines } from "./contract";

describe("the URN contract", () => {
  it("covers every ready pattern and no other", () => {
    assert.deepEqual(committedPatterns().sort(), Object.keys(patterns).sort());
  });

  for (const [pattern, description] of Object.entries(patterns)) {
    it(`names every resource of ${pattern}; a change is a decision: npm run urns, and the CHANGELOG`, async () => {
      assert.deepEqual(urnLines(await runDescription(description)), committedLines(pattern));
    });
  }
});
