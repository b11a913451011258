import assert from "node:assert/strict";
import { Fate } from "../../../cli/diff/change";
import { MARK, renderMarkdownDiff } from "../../../cli/diff/markdown";
import { comparePorts } from "../../../cli/diff/ports";
import type { DiffReport } from "../../../cli/diff/report";
import { restartsOf } from "../../../cli/diff/restarts";
import { diffRows, resourceRows } from "../../../cli/diff/words";
import type { Report, ReleaseReport } from "../../../cli/report/report";
import { brought } from "../../support/variants";
import { diffOf, moveVpc, TWO } from "./support";

/** A plan of which only ports are asked. */
function reportOf(from: string[], ports = "80", target = "gateway"): Report {
  const rules = [{ ports, from, reason: "clients", alsoFor: [] }];
  return { ports: [{ target, rules }], clusters: [] } as unknown as Report;
}

describe("ports that open and close", () => {
  const changes = (before: Report, after: Report) =>
    comparePorts(before, after).map(({ opened, ports, from, world, whole }) => [
      ...[opened, ports, from.join(), world, whole],
    ]);
  const own = reportOf(["10.0.0.0/8"]);

  it("are open to the world by IPv6 too, and beside other callers", () => {
    for (const all of ["0.0.0.0/0", "::/0"])
      assert.deepEqual(changes(own, reportOf(["10.0.0.0/8", all])), [
        [true, "80", all, true, false],
      ]);
    const two = reportOf(["192.168.0.0/16", "::/0"]);
    assert.deepEqual(changes(own, two).slice(0, 1), [
      [true, "80", "192.168.0.0/16,::/0", true, false],
    ]);
  });

  it("are others for the same callers, and come with all of a target that is new", () => {
    assert.deepEqual(changes(own, reportOf(["10.0.0.0/8"], "81")), [
      [true, "81", "10.0.0.0/8", false, false],
      [false, "80", "10.0.0.0/8", false, false],
    ]);
    assert.deepEqual(changes(own, reportOf(["10.0.0.0/8"], "80", "other"))[0].at(-1), true);
  });

  it("are none of a public endpoint where there is no more of it", async () => {
    const { ports } = await diffOf(TWO, (description) => {
      description.api = { private: { cidrs: ["192.168.9.0/24"] } };
    });
    const closed = ports.filter(({ target, opened }) => /^API server/.test(target) && !opened);
    assert.ok(closed.length > 0);
    assert.ok(ports.every(({ reason, opened }) => !opened || !/public endpoint/.test(reason)));
  });
});

describe("what a diff says of inputs", () => {
  let diff: DiffReport;
  const textOf = (path: string, before: unknown, after: unknown) => {
    const [one] = structuredClone(diff.resources);
    const inputs = [{ path, before, after, effect: "updates" as const }];
    return resourceRows([{ ...one!, fate: Fate.Changed, inputs, follows: [] }], Fate.Changed)[0][1];
  };
  before(async () => {
    diff = await diffOf(TWO, moveVpc);
  });

  it("is what a list gains and loses, nothing of a secret, and the beginning of what is long", () => {
    assert.equal(textOf("cidrs", ["a", "b"], ["b", "c"]), "cidrs + c - a");
    assert.equal(textOf("data", "[secret]", "[secret]"), "data (secret)");
    assert.equal(textOf("size", undefined, 3), "size nothing → 3");
    const long = "x".repeat(61);
    assert.equal(textOf("text", "y", long), `text y → ${"x".repeat(60)}...`);
  });

  it("says first of several what replaces, and of what leaves the stack whether it stays", () => {
    const [one] = structuredClone(diff.resources);
    const input = (path: string, effect: "updates" | "replaces") => ({
      ...{ path, before: 1, after: 2, effect },
    });
    const inputs = [input("a", "updates"), input("b", "replaces"), input("c", "updates")];
    const changed = { ...one!, fate: Fate.Replaced, inputs, follows: [] };
    assert.equal(resourceRows([changed], Fate.Replaced)[0][1], "b 1 → 2, a 1 → 2, c 1 → 2");
    const removed = { ...changed, fate: Fate.Removed, inputs: [] };
    assert.equal(resourceRows([removed], Fate.Removed)[0][1], "");
    const kept = { ...removed, retained: true };
    assert.equal(resourceRows([kept], Fate.Removed)[0][1], "stays in the cloud");
  });

  it("says of a quota that there is not so much", () => {
    const quotas = [
      { what: "VPCs", before: 2, after: 6, limit: 5 },
      { what: "clusters", before: 2, after: 5, limit: 5 },
    ];
    const row = diffRows({ ...diff, quotas }).find(([label]) => label === "quotas");
    const said = "VPCs 2 → 6 of 5, which is more than there is, clusters 2 → 5 of 5";
    assert.deepEqual(row, ["quotas", said]);
  });

  it("counts bytes of Markdown, not characters, and lines that it leaves out exactly", () => {
    const [one] = diff.resources;
    const many = Array.from({ length: 4000 }, () => ({ ...one!, name: "→".repeat(20) }));
    const text = renderMarkdownDiff({ ...diff, resources: many });
    assert.ok(text.startsWith(MARK));
    assert.ok(Buffer.byteLength(text) <= 60_000, `${Buffer.byteLength(text)} bytes`);
    const listed = text.split("\n").filter((line) => line.includes("→".repeat(20))).length;
    assert.ok(text.includes(`\n${4000 - listed} more lines did not fit`), text.slice(-100));
  });
});

describe("what starts anew", () => {
  const release = (more: Partial<ReleaseReport>): ReleaseReport => ({
    ...{ name: "istiod", namespace: "istio-system", chart: "istiod", version: "1.31.3" },
    ...{ matters: [], values: {}, ...more },
  });

  it("differs between another version and other values, and is said not to be known of other charts", () => {
    assert.match(restartsOf(release({}), release({ version: "1.31.4" })), /^istiod starts anew; /);
    assert.match(restartsOf(release({}), release({ values: { a: 1 } })), /^istiod's pods start /);
    const other = release({ chart: "else" });
    assert.equal(restartsOf(other, other), "what chart else starts anew is not known here");
  });

  it("is nothing of a cluster of yours that gets another version of Kubernetes", async () => {
    const { kubernetes } = await diffOf(brought, ({ clusters }) => {
      clusters.lab.existing!.kubernetesVersion = "1.35";
    });
    assert.deepEqual(kubernetes, [
      {
        ...{ cluster: "lab", before: "1.34", after: "1.35", ours: false },
        restarts: "yours: only what depends on it changes",
      },
    ]);
  });
});
