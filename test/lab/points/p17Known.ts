import * as assert from "node:assert/strict";
import { PlaceKind, type ReachPlace } from "../../../components/mesh/reach";
import { until } from "../machine/processes";
import { demandEvery, identityOf as identityOfProbe } from "../run/cells";
import type { Check } from "../run/check";
import { machinesCalled } from "../run/machines";
import { onlyFrom, onlyFromPath } from "../run/onlyFrom";
import { callBetween, outsideCells, type Planned } from "../run/parties";
import type { Session } from "../run/session";
import { tasks } from "../run/tasks";

/** Seconds until a policy is everywhere. */
const settleSeconds = 60;

/** What a caller of the mesh is known as; of pods it is the probe that calls. */
function principalOf(session: Session, { kind, cluster, identity }: ReachPlace): string {
  const isPods = kind === PlaceKind.InMesh;
  const known = isPods ? identityOfProbe(session, { cluster, where: "inside" }) : identity!;
  return known.replace("spiffe://", "");
}

const only = (places: readonly ReachPlace[]): ReachPlace[] => [...new Set(places)];

const isOpen = ([{ way }, , to]: Planned): boolean =>
  way.kind !== "none" && [PlaceKind.Machines, PlaceKind.Tasks].some((kind) => kind === to.kind);

/** The policy of a called place: one caller alone, or none at all. */
async function apply(session: Session, to: ReachPlace, principal?: string): Promise<void> {
  const { virtualMachines, ecsServices } = session.topology;
  const group = virtualMachines[to.machines!] ?? ecsServices[to.tasks!];
  const { kube } = session.cluster(to.cluster);
  const path = onlyFromPath(group);
  await (principal === undefined
    ? kube.delete(path)
    : kube.apply(path, onlyFrom(group, principal)));
}

/** Every call ends as the policy that holds says. */
async function demand(
  session: Session,
  calls: readonly Planned[],
  isLetIn: (p: Planned) => boolean,
) {
  await demandEvery(
    calls.map(async (call) => {
      const [{ from, to }] = call;
      const wanted = isLetIn(call);
      await until(`${from} to ${to} ${wanted ? "let in" : "refused"}`, settleSeconds, async () => {
        const { outcome } = await callBetween(session, call[1], call[2]);
        return (outcome !== "none") === wanted;
      });
    }),
  );
}

const known: Check = {
  key: "outside-known",
  point: 17,
  title: "machines and tasks know each other and pods: a policy lets in one caller and no other",
  skip: (pattern) => tasks(pattern) ?? machinesCalled(pattern),
  async run(session) {
    const calls = outsideCells(session).filter(isOpen);
    const [callers, called] = [1, 2].map((n) => only(calls.map((call) => call[n] as ReachPlace)));
    assert.ok(callers.length >= 4 && called.length >= 3, `${callers.length} to ${called.length}`);
    for (const caller of callers) {
      const principal = principalOf(session, caller);
      for (const to of called) await apply(session, to, principal);
      await demand(session, calls, ([, from]) => from === caller);
    }
    for (const to of called) await apply(session, to);
    // What is asked next is not to meet a policy that somebody has still to unlearn.
    await demand(session, calls, () => true);
  },
};

export const taskKnownChecks = [known] as const satisfies readonly Check[];
