import assert from "node:assert/strict";
import { pages, textOf, withTables } from "./support/pageTables";

describe("tables of the documentation", () => {
  for (const page of pages)
    it(`are those of the code in ${page}: if not, npx tsx test/support/pageTables.ts`, async () => {
      assert.equal(textOf(page), await withTables(page));
    });
});
