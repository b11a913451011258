import assert from "node:assert/strict";
import { capabilitiesOf, confined } from "./rights";

describe("rights of a task's containers", () => {
  const given = (add: string[], drop: string[]) =>
    capabilitiesOf({ linuxParameters: { capabilities: { add, drop } } });

  it("are Docker's, and what a definition adds to and takes from them", () => {
    assert.equal(capabilitiesOf({}).length, 14);
    assert.deepEqual(given([], ["ALL"]), []);
    assert.deepEqual(given(["NET_ADMIN"], ["ALL"]), ["NET_ADMIN"]);
    assert.ok(!given([], ["NET_RAW"]).includes("NET_RAW"));
  });

  it("are those of its user", () => {
    const words = confined({
      ...{ user: "1337:1338", dockerSecurityOptions: ["no-new-privileges"] },
      linuxParameters: { capabilities: { drop: ["ALL"] } },
    });
    assert.deepEqual(words, [
      ...["setpriv", "--reuid=1337", "--regid=1338", "--clear-groups", "--inh-caps=-all"],
      ...["--bounding-set=-all", "--no-new-privs"],
    ]);
  });
});
