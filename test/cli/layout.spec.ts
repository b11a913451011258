import assert from "node:assert/strict";
import fc from "fast-check";
import { count } from "../../cli/report/count";
import { beside, box, field, rowsOf, table, widthOf, wrap } from "../../cli/text/layout";

const word = fc
  .string({ minLength: 1, maxLength: 12, unit: "grapheme-ascii" })
  .map((s) => s.replaceAll(" ", "x"));

describe("the layout of text", () => {
  it("draws a box as wide as its title or content asks", () => {
    assert.deepEqual(box("net", ["a", "long line"]), [
      "╭─ net ─────╮",
      "│ a         │",
      "│ long line │",
      "╰───────────╯",
    ]);
    assert.deepEqual(box("long title", ["a"]), [
      "╭─ long title ╮",
      "│ a           │",
      "╰─────────────╯",
    ]);
  });

  it("keeps every line of a box at one width", () => {
    fc.assert(
      fc.property(word, fc.array(word), (title, content) => {
        const widths = new Set(box(title, content).map((line) => line.length));
        assert.equal(widths.size, 1);
      }),
    );
  });

  it("puts blocks side by side with a bridge in the middle", () => {
    const lines = beside([["a", "bb", "c"], ["d"]], "   ", ["<->"]);
    assert.deepEqual(lines, ["a    d", "bb<->", "c"]);
  });

  it("packs blocks into rows in their order, none wider than asked unless it is alone", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (widths) => {
        const rows = rowsOf(widths, 50, 2);
        assert.deepEqual(
          rows.flat(),
          widths.map((_, index) => index),
        );
        for (const row of rows) {
          const used = row.reduce((sum, index) => sum + widths[index] + 2, -2);
          assert.ok(row.length === 1 || used <= 50);
        }
      }),
    );
  });

  it("wraps without losing a word", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const lines = wrap(words.join(" "), 20);
        assert.equal(lines.join(" "), words.join(" "));
        for (const line of lines) assert.ok(line.length <= 20 || !line.includes(" "));
      }),
    );
  });

  it("aligns a table's columns and wraps the last", () => {
    assert.deepEqual(
      table(
        [
          ["a", "b", "one two"],
          ["long", "c", ""],
        ],
        { width: 12 },
      ),
      ["a     b  one", "         two", "long  c"],
    );
  });

  it("says nothing for a field without text", () => {
    assert.deepEqual(field("range", ""), []);
    assert.deepEqual(field("range", "10.0.0.0/16"), ["   range          10.0.0.0/16"]);
  });

  it("counts in words", () => {
    assert.equal(count(1, "mesh", "meshes"), "1 mesh");
    assert.equal(count(2, "mesh", "meshes"), "2 meshes");
    assert.equal(widthOf(["a", "abc"]), 3);
  });
});
