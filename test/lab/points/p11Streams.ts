import * as assert from "node:assert/strict";
import { EAST_WEST_GATEWAY } from "../../../components/topology";
import { until } from "../machine/processes";
import { only, type Check } from "../run/check";
import { failure } from "../run/cli";
import { Behind, rolloutSeconds } from "../run/rollout";
import type { Session } from "../run/session";
import { busy, underCalls } from "../run/underCalls";
import { requestAs } from "./p3Trust";
import { stateOf } from "./p9Destroy";

const restarted: Check = {
  key: "restarted",
  point: 11,
  title: "no call is lost while every istiod restarts, one after the other",
  skip: only(busy),
  run: (session) =>
    underCalls(session, async () => {
      for (const istiod of session.istiods) await istiod.restart();
    }),
};

const replaced: Check = {
  key: "gateways-replaced",
  point: 11,
  title: "no call is lost while every pod of the east-west gateways is replaced",
  skip: only(busy),
  run: (session) =>
    underCalls(session, async () => {
      const gateways = session.members.map(
        (name) => new Behind(session, session.cluster(name), EAST_WEST_GATEWAY),
      );
      for (const gateway of gateways) await gateway.restart();
      await Promise.all(gateways.map((gateway) => gateway.followed(rolloutSeconds)));
    }),
};

/** Serial numbers of the certificates by which the istiods sign now, as a workload sees them above its own. */
async function signers(session: Session): Promise<string[]> {
  const chains = session.istiods.map((istiod) => requestAs(session, istiod, istiod.clusterId));
  return (await Promise.all(chains)).map(([, signer]) => signer.serialNumber);
}

/** A Secret is in a pod's files within seconds here, and istiod reads them again on its own. */
const takenSeconds = 90;

/** As the provider does in a certificate's last half year. */
async function reissue(session: Session): Promise<void> {
  const { cli } = session;
  const before = await signers(session);
  const certificates = (await stateOf(session)).filter(({ urn }) => /-ca-certificate$/.test(urn));
  assert.equal(certificates.length, before.length, "expected an intermediate for each istiod");
  const outcome = await cli.operate("up", ...certificates.flatMap(({ urn }) => ["--replace", urn]));
  assert.equal(outcome.code, 0, `\`up\` ended with ${failure(outcome)}`);
  await until("certificates by new intermediates from every istiod", takenSeconds, async () =>
    (await signers(session)).every((serial) => !before.includes(serial)),
  );
}

const reissued: Check = {
  key: "reissued",
  point: 11,
  title: "no call is lost while intermediates are issued anew, which istiods take as they run",
  skip: only(busy),
  async run(session) {
    const pods = () => Promise.all(session.istiods.map((istiod) => istiod.pod()));
    const uids = async () => (await pods()).map(({ metadata }) => metadata.uid);
    const before = await uids();
    await underCalls(session, () => reissue(session));
    assert.deepEqual(await uids(), before, "expected the istiods to run on");
  },
};

export const streamChecks = [restarted, replaced, reissued] as const satisfies readonly Check[];
