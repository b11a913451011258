import assert from "node:assert/strict";
import { renderMarkdown } from "../../cli/diagram";
import { renderSvg } from "../../cli/drawing/svg";
import { planJson } from "../../cli/json";
import type { FilePlan } from "../../cli/planFile";
import { renderText } from "../../cli/text/text";
import { renderValues } from "../../cli/values";
import { planOf, subjects } from "./support";

/** Everything that the command line can print or write. */
async function outputs(plan: FilePlan): Promise<Record<string, string>> {
  const { report } = plan;
  return {
    text: renderText(report),
    json: JSON.stringify(planJson(plan)),
    values: renderValues(report),
    markdown: renderMarkdown(report),
    svg: renderSvg(report),
  };
}

/** Public, though it may stand in a Secret beside its key; webhooks show it to everyone. */
function isCertificate(value: string): boolean {
  const text = [value, Buffer.from(value, "base64").toString()];
  return text.some((form) => form.startsWith("-----BEGIN CERTIFICATE-----"));
}

describe("what the command line prints", () => {
  for (const [name, description] of Object.entries(subjects)) {
    it(`holds no secret of ${name}`, async function () {
      const plan = await planOf(description);
      // Short ones, such as an empty token, are part of any text.
      const secrets = plan.graph
        .secretValues()
        .filter((value) => value.length > 8 && !isCertificate(value));
      assert.ok(secrets.length > 2, `${secrets.length} secrets`);
      const forms = secrets.flatMap((secret) => [
        secret,
        JSON.stringify(secret).slice(1, -1),
        Buffer.from(secret).toString("base64"),
      ]);
      const printed = await outputs(plan);
      for (const [output, content] of Object.entries(printed)) {
        assert.ok(content.length > 100, `${output} is empty`);
        for (const form of forms) assert.ok(!content.includes(form), `${output} shows a secret`);
        assert.doesNotMatch(content, /PRIVATE KEY/, output);
      }
      this.test!.title += ` (${secrets.length} secrets in ${Object.keys(printed).length} outputs)`;
    });
  }
});
