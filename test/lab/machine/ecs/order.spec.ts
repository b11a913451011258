import assert from "node:assert/strict";
import { hopeless, mayStart, mayStop, type Condition, type Known } from "./order";

const known = (
  name: string,
  status: Known["status"],
  dependsOn: Record<string, Condition> = {},
  more: Partial<Known> = {},
): Known => ({
  ...{ name, status, health: "UNKNOWN", ...more },
  dependsOn: Object.entries(dependsOn).map(([containerName, condition]) => ({
    ...{ containerName, condition },
  })),
});

describe("the order of a task's containers", () => {
  const starts = (condition: Condition, other: Known) => {
    const one = known("one", "PENDING", { other: condition });
    return mayStart(one, [one, other]);
  };

  it("is what each waits for", () => {
    assert.equal(starts("START", known("other", "PENDING")), false);
    assert.equal(starts("START", known("other", "RUNNING")), true);
    assert.equal(starts("HEALTHY", known("other", "RUNNING")), false);
    assert.equal(starts("HEALTHY", known("other", "RUNNING", {}, { health: "HEALTHY" })), true);
    assert.equal(starts("COMPLETE", known("other", "STOPPED", {}, { exitCode: 1 })), true);
    assert.equal(starts("SUCCESS", known("other", "STOPPED", {}, { exitCode: 1 })), false);
    assert.equal(starts("SUCCESS", known("other", "STOPPED", {}, { exitCode: 0 })), true);
  });

  it("is without hope where that cannot come any more", () => {
    const one = known("one", "PENDING", { other: "SUCCESS" });
    const failed = known("other", "STOPPED", {}, { exitCode: 1 });
    assert.equal(hopeless(one, [one, failed]), "one waits for other to be SUCCESS");
    assert.equal(hopeless(one, [one, known("other", "RUNNING")]), undefined);
  });

  const stopping = (drain: Known["status"]) => {
    const all = [
      known("ztunnel", "RUNNING"),
      known("app", "RUNNING", { ztunnel: "HEALTHY" }),
      known("drain", drain, { app: "START" }),
    ];
    return all.filter((one) => mayStop(one, all)).map(({ name }) => name);
  };

  it("is the other way round at the end", () => {
    assert.deepEqual(stopping("RUNNING"), ["drain"]);
    assert.deepEqual(stopping("STOPPED"), ["app", "drain"]);
  });

  it("does not pass on what one that has stopped waited for", () => {
    const all = [
      known("ztunnel", "RUNNING"),
      known("app", "STOPPED", { ztunnel: "HEALTHY" }),
      known("drain", "RUNNING", { app: "START" }),
    ];
    assert.ok(mayStop(all[0], all));
  });
});
