import * as assert from "node:assert/strict";
import { rules } from "../../../policy/rules";
import { PROGRAMS } from "./programs";

describe("programs of the policy pack", () => {
  it("are there for every rule", () => {
    const names = rules(() => "").map(({ name }) => name);
    assert.deepEqual(Object.keys(PROGRAMS), names);
  });
});
