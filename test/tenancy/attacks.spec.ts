import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clusterAttempts } from "../lab/points/p16ClusterAttempts";
import { attempts } from "../lab/points/p16Attempts";
import { outsideAttempts } from "../lab/points/p16Outside";
import { meshAttempts } from "../lab/points/p16Meshes";
import { attempts as registering } from "../lab/run/registering";

const page = readFileSync(join(__dirname, "../../docs/attacks.md"), "utf8");

const WORDS: Record<string, string> = {
  rights: "rights",
  admission: "admission",
  "pod-security": "Pod Security",
  entry: "no access entry",
};

/** Rows of the table of a section: what is tried, and who stops it. */
function rowsOf(heading: string): string[] {
  const [, text = ""] = page.split(`\n## ${heading}\n`);
  const [section = ""] = text.split("\n## ");
  const rows = [...section.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].slice(2);
  return rows.map(([, what, stop]) => `${what} | ${stop}`);
}

describe("the page of attacks", () => {
  it("has every attempt of the lab that something stops, with what does, in its order", () => {
    const tried = attempts.filter(({ stop }) => stop !== "nobody");
    assert.ok(tried.length >= 40, `${tried.length} attempts`);
    assert.deepEqual(
      rowsOf("By whoever administers a tenant"),
      tried.map(({ what, stop }) => `${what} | ${WORDS[stop]}`),
    );
  });

  it("has every attempt of a tenant of one cluster, and on another tenant's mesh", () => {
    assert.deepEqual(
      rowsOf("By whoever administers a tenant of one cluster"),
      clusterAttempts
        .filter(({ stop }) => stop !== "nobody")
        .map(({ what, stop }) => `${what} | ${WORDS[stop]}`),
    );
    assert.deepEqual(
      rowsOf("By whoever administers a mesh of its own"),
      meshAttempts.map(({ what, stop }) => `${what} | ${stop}`),
    );
    assert.deepEqual(
      rowsOf("By pods of a tenant, to what is outside"),
      outsideAttempts.map(({ what, stop }) => `${what} | ${stop}`),
    );
  });

  it("has every attempt to register as another that admission stops", () => {
    const rows = rowsOf("By whoever has taken a machine or a task over");
    assert.deepEqual(
      rows.filter((row) => row.startsWith("registers ") && row.endsWith("| admission")),
      registering.map(({ what }) => `${what} | admission`),
    );
  });

  it("tries each once, and near what is refused something that is not", () => {
    const all = attempts.map(({ what }) => what);
    assert.deepEqual([...new Set(all)], all);
    assert.ok(attempts.filter(({ stop }) => stop === "nobody").length >= 7);
  });
});
