import { plan } from "../../../components/mesh/plan";
import { planReach } from "../../../components/mesh/reach";
import { relate } from "../../../components/topology/relations/relate";
import { IMAGE } from "../../../cli/verify/probes/objects";
import { Level } from "../../../cli/verify/standing/finding";
import type { Verified } from "../../../cli/verify/verified";
import { ofPods, verify, type VerifyOptions } from "../../../cli/verify/verify";
import type { Pattern } from "./check";
import { stackName, type Session } from "./session";

/** Seconds until probes are ready, and until what is planned works. */
const settleSeconds = 90;

const silent = { say: () => undefined, end: () => undefined };

/** What the command asks with probes, where it is told nothing else. */
export function everyCell(): NonNullable<VerifyOptions["ask"]> {
  const { signal } = new AbortController();
  return { cells: [], image: IMAGE, timeout: settleSeconds, signal };
}

/** Runs the command as a user does, with the lab's kubeconfig; without anything to ask it makes nothing. */
export function verifyStack(
  { file, machine }: Session,
  ask?: VerifyOptions["ask"],
): Promise<Verified> {
  const options = { file: file.copy, stack: stackName, kubeconfig: machine.kubeconfig };
  return verify({ ...options, contexts: {}, ask }, silent);
}

/** What `verify` finds wrong without asking anybody. */
export function wrongIn({ findings }: Verified): string[] {
  return findings
    .filter(({ level }) => level === Level.Wrong || level === Level.Unread)
    .map(({ cluster, what, says }) => `${cluster}: ${what}: ${says}`);
}

/** Pairs of places that there are to ask about. */
export function cellsIn({ topology }: Pattern): number {
  const relations = relate(topology);
  return ofPods(planReach(relations, plan(relations).network)).cells.length;
}
