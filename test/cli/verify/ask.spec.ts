import assert from "node:assert/strict";
import { strangerTo } from "../../../cli/verify/probes/ask";
import type { Ingress } from "../../../components/topology";

const letting = (...allowFrom: string[]) => ({ allowFrom }) as Ingress;

describe("a probe beside an ingress gateway", () => {
  it("asks for its clients where all are let in, or its own address is", () => {
    assert.equal(strangerTo(letting(), "10.60.0.9"), undefined);
    assert.equal(strangerTo(letting("192.0.2.0/24", "10.60.0.0/16"), "10.60.0.9"), undefined);
  });

  it("asks nothing where it would be refused, and says why", () => {
    assert.equal(
      strangerTo(letting("192.0.2.0/24", "203.0.113.0/24"), "10.60.0.9"),
      "clients are 192.0.2.0/24, 203.0.113.0/24 alone, and the probe has 10.60.0.9",
    );
  });
});
