import assert from "node:assert/strict";
import { planStack } from "../../cli/planFile";
import { brought } from "../support/variants";

describe("a secret that the file holds", () => {
  it("is planned with a placeholder too, and is none that is still to be set", async () => {
    const region = "eu-west-1";
    const { report } = await planStack({
      ...{ stack: "test", region, description: brought, config: { "aws:region": region } },
      secretKeys: ["istio-patterns:meshRoot"],
    });
    const missing = report.warnings.filter(({ rule }) => rule === "secret-missing");
    assert.deepEqual(
      missing.map(({ path }) => path),
      ["istio-patterns:labKubeconfig"],
    );
  });
});
