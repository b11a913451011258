import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { README, withTables } from "./support/readmeTables";

describe("the README", () => {
  it("has the tables of the code: if not, npx tsx test/support/readmeTables.ts", async () => {
    const text = readFileSync(README, "utf8");
    assert.equal(text, await withTables(text));
  });
});
