import assert from "node:assert/strict";
import { diffRows } from "../../../cli/diff/words";
import type { TopologyDescription } from "../../../components/topology";
import { addCluster, diffOf, TWO } from "./support";
import type { Change } from "./support";

const LABELS = ["reaches", "no longer", "otherwise"];

/** What is said of who reaches whom. */
async function reachOf(description: TopologyDescription, change: Change): Promise<string[][]> {
  const rows = diffRows(await diffOf(description, change));
  return rows.filter(([label]) => LABELS.includes(label));
}

describe("who reaches whom, in a diff", () => {
  const permissive = structuredClone(TWO);
  permissive.meshes.prod.mtls = "permissive";

  it("says that plain text comes in where mutual TLS is no longer strict, and no longer does where it is", async () => {
    const opened = await reachOf(TWO, ({ meshes }) => {
      meshes.prod.mtls = "permissive";
    });
    assert.deepEqual(opened, [
      ["reaches", "no mesh → prod directly in plain text: within a cluster"],
    ]);
    const closed = await reachOf(permissive, ({ meshes }) => {
      meshes.prod.mtls = "strict";
    });
    assert.deepEqual(closed, [
      ["no longer", "no mesh → prod directly in plain text: within a cluster"],
    ]);
  });

  it("says of a cluster that comes only who reaches it from elsewhere, and whom it reaches", async () => {
    assert.deepEqual(await reachOf(TWO, addCluster), [
      ["reaches", "prod → prod through the east-west gateway by mutual TLS: 4 pairs of clusters"],
    ]);
  });

  it("says by which other way, or as whom, the same ones are reached", async () => {
    const rows = await reachOf(TWO, ({ meshes }) => {
      meshes.prod.trustDomain = "prod.example";
    });
    assert.equal(rows.length, 4);
    for (const [label, says] of rows) {
      assert.equal(label, "otherwise");
      assert.match(says!, / as spiffe:\/\/prod\.example\//);
    }
  });
});
