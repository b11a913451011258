import assert from "node:assert/strict";
import { runDescription } from "../support/program";
import { patterns } from "../support/topologies";
import {
  committedLines,
  committedPatterns,
  componentLines,
  COMPONENTS,
  urnLines,
} from "./contract";

describe("the URN contract", () => {
  it("covers every ready pattern, the components alone, and no other", () => {
    assert.deepEqual(committedPatterns().sort(), [...Object.keys(patterns), COMPONENTS].sort());
  });

  it("names every resource of every component used alone; a change is a decision too", async () => {
    assert.deepEqual(await componentLines(), committedLines(COMPONENTS));
  });

  for (const [pattern, description] of Object.entries(patterns)) {
    it(`names every resource of ${pattern}; a change is a decision: npm run urns, and the CHANGELOG`, async () => {
      assert.deepEqual(urnLines(await runDescription(description)), committedLines(pattern));
    });
  }
});
