import { until } from "../machine/processes";
import { issueIntermediate } from "../run/authority";
import { broken, relabel, signingRoot, signWith } from "../run/breaking";
import { only, type Check } from "../run/check";
import type { Session } from "../run/session";
import { verifyStack, wrongIn } from "../run/verifying";

async function demandWrong(session: Session, expected: readonly RegExp[]): Promise<void> {
  let seen: string[] = [];
  await until("what is wrong", 60, async () => {
    seen = wrongIn(await verifyStack(session));
    return (
      seen.length === expected.length &&
      expected.every((one) => seen.some((line) => one.test(line)))
    );
  }).catch((error: Error) => {
    throw new Error(
      `${error.message}: expected ${expected.join(" and ")}; it says ${seen.join("; ")}`,
    );
  });
}

const mislabelled: Check = {
  key: "mislabelled",
  point: 11,
  title: "verify finds a wrong network label",
  skip: only("01-single-cluster"),
  async run(session) {
    const [name] = session.members;
    await broken(
      () => relabel(session, name, "elsewhere"),
      () =>
        demandWrong(session, [
          /^main: network of dev: label elsewhere topology\.istio\.io\/network, planned main$/,
        ]),
    );
  },
};

const expired: Check = {
  key: "expired",
  point: 11,
  title: "verify finds an intermediate that has ended, with which no istiod starts",
  skip: only("01-single-cluster"),
  async run(session) {
    const [istiod] = session.istiods;
    const root = await signingRoot(session);
    const ended = await issueIntermediate(root, "an istiod that has ended", 1 / 3600);
    const ready = /^main: istiod of dev, revision default: .*, 0 of 1 ready$/;
    const says = /^main: certificate of dev: intermediate ended on \d{4}-\d\d-\d\d, \w+$/;
    await broken(
      async () => {
        const undo = await signWith(istiod, ended, root.certificate);
        await istiod.remove();
        return async () => {
          await undo();
          await istiod.pod();
        };
      },
      () => demandWrong(session, [ready, says]),
    );
  },
};

export const findingChecks = [mislabelled, expired] as const satisfies readonly Check[];
