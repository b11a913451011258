import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(__dirname, "..");

/** Relative imports of a file, those of types too, which the lint's rule about circles does not look at. */
function importsOf(file: string): string[] {
  const found = readFileSync(file, "utf8").matchAll(
    /^(?:import|export)\b[^;]*?from "(\.[^"]*)";/gms,
  );
  return [...found].flatMap(([, path]) => {
    const at = join(dirname(file), path);
    return [`${at}.ts`, join(at, "index.ts")]
      .filter((candidate) => existsSync(candidate))
      .slice(0, 1);
  });
}

/** The first circle of imports that a walk in depth meets. */
function circleIn(graph: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const walk = (file: string, path: string[]): string[] => {
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file];
    if (done.has(file)) return [];
    for (const next of graph.get(file) ?? []) {
      const circle = walk(next, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const circle = walk(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe("imports", () => {
  it("make no circle, not of types either", () => {
    const files = ["components", "engine", "cli", "policy"].flatMap((folder) =>
      (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
        .filter((file) => file.endsWith(".ts"))
        .map((file) => join(ROOT, folder, file)),
    );
    const graph = new Map(files.map((file) => [file, importsOf(file)]));
    const edges = [...graph.values()].flat().length;
    assert.ok(files.length > 150 && edges > 700, `${files.length} files, ${edges} imports`);
    assert.deepEqual(
      circleIn(graph).map((file) => relative(ROOT, file)),
      [],
    );
  });

  it("are found to make one where they do", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c", "d"]],
      ["c", []],
      ["d", ["b"]],
    ]);
    assert.deepEqual(circleIn(graph), ["b", "d", "b"]);
  });
});
