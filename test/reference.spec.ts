import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readDocs } from "./support/docs";
import { REFERENCE, referenceText } from "./support/reference";

describe("the reference", () => {
  const text = readFileSync(REFERENCE, "utf8");

  it("is what the doc comments say: if not, npm run schema", () => {
    assert.equal(text, referenceText());
  });

  it("has every interface of the description once, and every key with what it means", () => {
    const titles = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    assert.equal(new Set(titles).size, titles.length);
    const properties = Object.values(readDocs()).flatMap((one) => Object.keys(one.properties));
    for (const key of new Set(properties)) assert.ok(text.includes(`\n| \`${key}\` | `), key);
    for (const line of text.split("\n").filter((each) => each.startsWith("| `")))
      assert.match(line, /^\| `\w+` \| [^|]+ \| .* \| .{5,} \|$/);
  });

  it("says defaults and what is required", () => {
    assert.match(text, /^\| `networks` \| map: \[network\]\(#network\) \| \*\*required\*\* \| /m);
    assert.match(text, /^\| `zones` \| whole number, at least 1 \| 3 \| /m);
    assert.match(text, /^\| `dataPlane` \| `sidecar`, `ambient` \| /m);
  });
});
