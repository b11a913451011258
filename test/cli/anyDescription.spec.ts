import assert from "node:assert/strict";
import fc from "fast-check";
import { renderMermaid } from "../../cli/diagram";
import { renderSvg } from "../../cli/drawing/svg";
import { planStack } from "../../cli/planFile";
import { Refusal } from "../../cli/problems";
import { renderText } from "../../cli/text/text";
import { renderValues } from "../../cli/values";
import { descriptions } from "../support/descriptions";
import { checkGeometry } from "./drawing/geometry";
import { expectedContents, shownContents } from "./contents";

/** Graphs take most of a second, so only a few descriptions of every run are drawn. */
const RUNS = 8;

describe("the plan of any valid description", () => {
  it("gives every owner exactly what is made for it, fits the page and shows no secret", async function () {
    let planned = 0;
    await fc.assert(
      fc.asyncProperty(descriptions, async (description) => {
        const config = { "aws:region": "eu-west-1" };
        const file = { stack: "test", region: "eu-west-1", description, config, secretKeys: [] };
        const plan = await planStack(file).catch((error) => {
          // Rules may say that a drawn description asks for what AWS would refuse.
          assert.ok(error instanceof Refusal, String(error?.stack));
        });
        if (!plan) return;
        planned++;
        const { report, graph } = plan;
        const clusters = report.clusters.map(({ name }) => name);
        assert.deepEqual(shownContents(report), expectedContents(graph, clusters, description));

        const text = renderText(report);
        const outputs = [text, JSON.stringify(report), renderValues(report), renderMermaid(report)];
        checkGeometry(renderSvg(report));
        const keys = graph.secretValues().filter((value) => value.includes("PRIVATE KEY"));
        for (const key of keys) assert.ok(outputs.every((output) => !output.includes(key)));
        const lines = text.split("\n").filter((line) => !/[`╭╰│]/.test(line));
        for (const line of lines) assert.ok(line.length <= 100 || !/\S \S/.test(line), line);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    assert.ok(planned >= RUNS / 3, `${planned} of ${RUNS} planned`);
    this.test!.title += ` (${planned} of ${RUNS} planned)`;
  });
});
