import assert from "node:assert/strict";
import { descriptionOf } from "../../bench/description";
import { renderBrief, withoutAlike } from "../../cli/text/brief";
import { plain } from "../../cli/text/style";
import { planOf, subjects } from "./support";

/** Lines of a terminal that is not tall. */
const SCREEN = 50;

describe("a plan on one screen", () => {
  it("stays one, however many clusters are alike, and names them all", async () => {
    const { report } = await planOf(descriptionOf({ clusters: 7 }));
    const text = renderBrief(report);
    assert.ok(text.split("\n").length <= SCREEN, text);
    assert.equal(text.match(/╭─ network /g)?.length, 1);
    assert.match(text, /like network net1: net2, net3, net4, net5, net6, net7/);
    assert.match(text, /and \d+ more: single \[single-nat\]/);
  });

  it("keeps apart what differs", async () => {
    const { report } = await planOf(subjects["03-external-istiod-kubernetes"]!);
    assert.deepEqual(withoutAlike(report), { shown: report, alike: [] });
  });

  it("fits the columns of the terminal, and says how to see the rest", async () => {
    for (const description of Object.values(subjects))
      for (const width of [80, 160]) {
        const text = renderBrief((await planOf(description)).report, { ...plain, width });
        const lines = text.split("\n").filter((line) => !/[`╭╰│]/.test(line));
        for (const line of lines) assert.ok(line.length <= width, line);
        assert.match(text, /`--full` adds networks/);
      }
  });
});
