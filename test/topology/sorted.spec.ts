import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "../../components/topology";
import { sorted } from "../../components/topology/sorted";
import { descriptions } from "../support/descriptions";
import { permuted } from "../support/permuted";
import { CONTEXT } from "../support/topologies";

const keys = fc.constantFrom("a", "b", "ab", "a-b", "B", "é", "constructor", "__proto__", "");

/** JSON values whose maps and lists hold each other; plain objects, as parsers of JSON and YAML make them. */
const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(null, true, 7, "text"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(keys, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

/** The JSON of a value with the keys of every map in the order of their UTF-16 codes. */
function jsonOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonOf).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = new Map(Object.entries(value));
  return `{${[...entries.keys()]
    .sort()
    .map((key) => `${JSON.stringify(key)}:${jsonOf(entries.get(key))}`)
    .join()}}`;
}

describe("a sorted description", () => {
  it("has the keys of every map in order, whatever holds it, and every list as it was", () => {
    fc.assert(
      fc.property(values, (value) => {
        assert.equal(JSON.stringify(sorted(value)), jsonOf(value));
      }),
      { numRuns: 1000 },
    );
    const lists = { b: ["z", "a", { d: 1, c: [{ f: 1, e: 2 }] }], a: [2, 1] };
    assert.equal(
      JSON.stringify(sorted(lists)),
      '{"a":[2,1],"b":["z","a",{"c":[{"e":2,"f":1}],"d":1}]}',
    );
  });

  it("leaves what it was made from as it was", () => {
    fc.assert(
      fc.property(values, (value) => {
        const before = JSON.stringify(value);
        sorted(value);
        assert.equal(JSON.stringify(value), before);
      }),
    );
  });

  it("keeps a key that is called __proto__, and makes no prototype of it", () => {
    const map = JSON.parse(
      '{ "b": { "__proto__": { "y": 1, "x": 2 }, "a": 3 }, "__proto__": [4] }',
    );
    const ordered = sorted(map) as { b: object };
    const text = '{"__proto__":[4],"b":{"__proto__":{"x":2,"y":1},"a":3}}';
    assert.equal(JSON.stringify(ordered), text);
    for (const one of [ordered, ordered.b])
      assert.equal(Object.getPrototypeOf(one), Object.prototype);
  });

  it("may be nested deeper than any stack", () => {
    const LEVELS = 100_000;
    let deep: unknown = "bottom";
    for (let level = 0; level < LEVELS; level++) deep = { deeper: [deep], beside: level };
    let node = sorted(deep);
    for (let level = LEVELS - 1; level >= 0; level--) {
      const map = node as { beside: number; deeper: [unknown] };
      assert.deepEqual([Object.keys(map), map.beside], [["beside", "deeper"], level]);
      node = map.deeper[0];
    }
    assert.equal(node, "bottom");
  });

  it("is what a topology comes from, in whatever order it was written", () => {
    const numbers = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }));
    let moved = 0;
    fc.assert(
      fc.property(descriptions, numbers, (description, stream) => {
        const other = permuted(description, () => stream.next().value);
        if (JSON.stringify(other) !== JSON.stringify(description)) moved++;
        const [first, second] = [description, other].map((one) => parse(one, CONTEXT));
        // As text: equal maps may still differ in the order of their keys.
        assert.equal(JSON.stringify(second), JSON.stringify(first));
        assert.equal(JSON.stringify(first.topology?.description), jsonOf(description));
      }),
      { numRuns: 200 },
    );
    assert.equal(moved, 200);
  });
});
