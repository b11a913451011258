import * as assert from "node:assert/strict";
import { plain } from "../../../cli/text/style";
import { isAsPlanned, type Verified } from "../../../cli/verify/verified";
import { renderVerified } from "../../../cli/verify/words";
import { proxied, type Check } from "../run/check";
import { cellsIn, everyCell, verifyStack } from "../run/verifying";

/** Without what nobody here may ask: of a gateway that lets in none of the lab's probes. */
function withoutStrangers({ asked, ...found }: Verified): Verified {
  if (!asked) return found;
  const verdicts = asked.verdicts.filter(
    ({ answer }) => answer.kind !== "unasked" || !answer.why.startsWith("clients are "),
  );
  return { ...found, asked: { ...asked, verdicts } };
}

/** The command makes probes of its own, and takes them away again. */
const asked: Check = {
  key: "asked",
  whole: true,
  point: 11,
  title: "verify finds that every place reaches every other as planned, and leaves nothing",
  skip: proxied,
  calls: cellsIn,
  async run(session) {
    const found = await verifyStack(session, everyCell());
    const text = renderVerified(found, plain);
    assert.ok(isAsPlanned(withoutStrangers(found)), text);
    assert.equal(found.asked?.verdicts.length, cellsIn(session.file.pattern), text);
    assert.deepEqual(found.asked?.left, [], text);
    for (const { name, kube } of session.machine.clusters.values()) {
      const namespaces = await kube.list("/api/v1/namespaces");
      const left = namespaces.filter(({ metadata }) => /verify/.test(metadata.name));
      assert.deepEqual(left, [], `${name}: expected nothing to be left`);
    }
  },
};

export const cellChecks = [asked] as const satisfies readonly Check[];
