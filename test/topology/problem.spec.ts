import assert from "node:assert/strict";
import { formatProblems, written } from "../../components/topology";

const problem = (path: string) => ({ path, got: "nothing", allowed: "text", fix: "add it" });

describe("problems", () => {
  it("are counted and listed, one per line", () => {
    assert.equal(
      formatProblems([problem("clusters.east.network"), problem("name")]),
      [
        "istio-patterns:topology has 2 problems:",
        "  clusters.east.network: got nothing; allowed: text; fix: add it",
        "  name: got nothing; allowed: text; fix: add it",
      ].join("\n"),
    );
  });

  it("are not called all where more may show", () => {
    const one = "  name: got nothing; allowed: text; fix: add it";
    assert.equal(
      formatProblems([problem("name")], true),
      `istio-patterns:topology has 1 problem; more may show once it is mended:\n${one}`,
    );
    assert.equal(
      formatProblems([problem("name"), problem("name")], true),
      `istio-patterns:topology has 2 problems; more may show once these are mended:\n${one}\n${one}`,
    );
  });

  it("show values as they are written", () => {
    const cases: [unknown, string][] = [
      [undefined, "nothing"],
      [null, "null"],
      ["east", '"east"'],
      [1.3, "1.3"],
      [true, "true"],
      [{}, "{}"],
      [{ cidr: "10.10.0.0/16", zones: 3 }, "a map of cidr, zones"],
      [["east", 1, { a: 1 }, [2]], '["east", 1, a map of a, a list]'],
      ["x".repeat(100), `"${"x".repeat(79)}...`],
    ];
    for (const [value, text] of cases) assert.equal(written(value), text);
  });
});
