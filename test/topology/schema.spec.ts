import assert from "node:assert/strict";
import type { z } from "zod";
import type { TopologyDescription } from "../../components/topology";
import { topologySchema } from "../../components/topology/schema";
import { good } from "./rules/good";

describe("the schema of a description", () => {
  it("accepts what the interfaces accept", () => {
    // The compiler's claim: no key is required, and no type narrower, than in the interface.
    const accepted: z.input<typeof topologySchema> = good satisfies TopologyDescription;
    assert.deepEqual(topologySchema.safeParse(accepted).error, undefined);
  });

  it("fills in nothing that it would fill in otherwise the next time", () => {
    const filled = topologySchema.parse(good);
    assert.deepEqual(topologySchema.parse(filled), filled);
  });
});
