import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { attempts } from "../lab/points/p16Attempts";
import { meshAttempts } from "../lab/points/p16Meshes";

const page = readFileSync(join(__dirname, "../../docs/attacks.md"), "utf8");

const WORDS: Record<string, string> = {
  rights: "rights",
  admission: "admission",
  "pod-security": "Pod Security",
};

/** Rows of the table whose last column says who stops it. */
function rowsOf(text: string): string[] {
  return [...text.matchAll(/^\| (.+?) +\| (rights|admission|Pod Security) +\|$/gm)].map(
    ([, what, stop]) => `${what} | ${stop}`,
  );
}

describe("the page of attacks", () => {
  it("has every attempt of the lab that something stops, with what does, in its order", () => {
    const tried = attempts.filter(({ stop }) => stop !== "nobody");
    assert.ok(tried.length >= 40, `${tried.length} attempts`);
    assert.deepEqual(
      rowsOf(page),
      tried.map(({ what, stop }) => `${what} | ${WORDS[stop]}`),
    );
  });

  it("has every attempt on another tenant's mesh, with what stops it, in its order", () => {
    const [, section = ""] = page.split("## By whoever administers a mesh of its own");
    const [table = ""] = section.split("\n## ");
    const rows = [...table.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].slice(2);
    assert.deepEqual(
      rows.map(([, what, stop]) => `${what} | ${stop}`),
      meshAttempts.map(({ what, stop }) => `${what} | ${stop}`),
    );
  });

  it("tries each once, and near what is refused something that is not", () => {
    const all = attempts.map(({ what }) => what);
    assert.deepEqual([...new Set(all)], all);
    assert.ok(attempts.filter(({ stop }) => stop === "nobody").length >= 7);
  });
});
