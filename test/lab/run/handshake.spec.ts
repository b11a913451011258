import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { brokenAt, certificatesOf } from "./certificates";
import { handshake, makeRoot, signIntermediate, signLeaf, type Leaf } from "./handshake";
import { refusal } from "./roots";

const identity = "URI:spiffe://lab.example/ns/echo/sa/default";

describe("certificates that are shown", () => {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "handshake-"));
  let [old, next]: Leaf[] = [];
  let [first, second]: Leaf[] = [];

  before(async () => {
    [old, next] = [await makeRoot(work, "old"), await makeRoot(work, "new")];
    [first, second] = [
      await signLeaf(work, "old", identity),
      await signLeaf(work, "new", identity),
    ];
  });
  after(() => fs.rmSync(work, { recursive: true }));

  it("are taken by peers that accept the roots of both, and by no others", async () => {
    const both = `${old.cert}${next.cert}`;
    for (const [server, client] of [
      [first, second],
      [second, first],
    ]) {
      assert.equal(await handshake(server, client, both), "");
      assert.match(await handshake(server, client, old.cert), refusal);
      assert.match(await handshake(server, client, next.cert), refusal);
    }
    assert.equal(await handshake(first, first, old.cert), "");
  });

  it("stand below their root, those of an intermediate too", async () => {
    const { cert } = await signIntermediate(work, "new");
    for (const one of [cert, second.cert])
      assert.equal(brokenAt(certificatesOf(one), certificatesOf(next.cert)[0]), undefined);
    assert.match(brokenAt(certificatesOf(cert), certificatesOf(old.cert)[0])!, /is not issued by/);
  });
});
