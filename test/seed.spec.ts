import assert from "node:assert/strict";
import fc from "fast-check";

describe("property tests", () => {
  it("draw by one seed in every run, of one file too, and print it when they fail", () => {
    const details = fc.check(fc.property(fc.nat(), () => false));
    assert.equal(details.seed, 1);
    assert.match(
      fc.defaultReportMessage(details)!,
      /\{ seed: 1, path: ".+", endOnFailure: true \}/,
    );
  });
});
