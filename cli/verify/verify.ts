/** Holds real clusters against a plan. */
import { randomBytes } from "node:crypto";
import { checkTopology } from "../../components/mesh";
import type { Planned } from "../../components/mesh";
import { PlaceKind, planReach } from "../../components/mesh/reach";
import type { Reach } from "../../components/mesh/reach";
import { mapValues } from "../../components/records";
import { refuseArgument, refuseDescription } from "../problems";
import { contextOf, readStackFile, stackNameOf } from "../stackFile";
import { openAccess } from "./access";
import type { Access } from "./access";
import { loadKubeconfigs } from "./kubeconfigs";
import type { KubeconfigOptions } from "./kubeconfigs";
import { probe } from "./probes/probe";
import type { AskOptions } from "./probes/probe";
import type { Progress } from "./progress";
import { expectedClusters } from "./standing/expected";
import { Level } from "./standing/finding";
import type { Finding } from "./standing/finding";
import { findingsOf } from "./standing/findings";
import type { ObservedCluster } from "./standing/observed";
import { readCluster } from "./standing/read";
import type { Verified } from "./verified";

export interface VerifyOptions extends KubeconfigOptions {
  file: string;
  /** What to ask with probes; absent: nothing is made. */
  ask?: Omit<AskOptions, "namespace">;
}

const YOURS: readonly PlaceKind[] = [
  PlaceKind.Machines,
  PlaceKind.Tasks,
  PlaceKind.Exported,
  PlaceKind.Tenant,
  PlaceKind.Shared,
];

/** What probes, which are pods, can ask and be asked: no machine, task or service of yours, and no tenant's namespace, is theirs to use. */
export function ofPods({ places, cells }: Reach): Reach {
  const yours = new Set(places.filter(({ kind }) => YOURS.includes(kind)).map(({ key }) => key));
  return {
    places: places.filter(({ key }) => !yours.has(key)),
    cells: cells.filter(({ from, to }) => !yours.has(from) && !yours.has(to)),
  };
}

/** Reads the plan of a stack file, what stands of it, and who reaches whom. A user's mistake is thrown as `Refusal`. */
export async function verify(options: VerifyOptions, progress: Progress): Promise<Verified> {
  const planned = plannedOf(options);
  const { ask } = options;
  const reach = ask && ofPods(planReach(planned.relations, planned.facts.network));
  if (reach) demandCells(reach, ask.cells);
  const configs = await loadKubeconfigs(planned, options);
  const accesses: Record<string, Access> = {};
  for (const [name, config] of Object.entries(configs)) accesses[name] = await openAccess(config);
  const observed = await readStanding(planned, accesses, progress);
  const findings = findingsIn(planned, observed);
  const found = { name: planned.topology.name, clusters: namesOf(planned), findings };
  if (!ask || !reach) return found;
  const reachable = withoutUnreachable(accesses, observed);
  const namespace = `istio-patterns-verify-${randomBytes(3).toString("hex")}`;
  const subject = {
    planned,
    reach,
    accesses: reachable,
    gateways: addressesIn(observed),
    findings,
  };
  return { ...found, asked: await probe(subject, { ...ask, namespace }, progress) };
}

function plannedOf({ file, stack = stackNameOf(file) }: VerifyOptions): Planned {
  const read = readStackFile(file, stack);
  const { planned, problems, isPartial } = checkTopology(read.description, contextOf(read));
  return planned ?? refuseDescription(problems, read.source, isPartial);
}

function namesOf(planned: Planned): string[] {
  return expectedClusters(planned).map(({ name }) => name);
}

function demandCells({ places, cells }: Reach, names: string[]): void {
  const known = new Set(cells.map(({ from, to }) => `${from}:${to}`));
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const allowed = `<from>:<to> of ${places.map(({ key }) => key).join(", ")}`;
  const fix = "see `plan --reach`; nobody calls clients of a gateway";
  refuseArgument({ path: "--cell", got: unknown, allowed, fix });
}

/** All clusters that a kubeconfig leads to, at once. */
async function readStanding(
  planned: Planned,
  accesses: Record<string, Access>,
  progress: Progress,
): Promise<ObservedCluster[]> {
  const led = expectedClusters(planned).filter(({ name }) => accesses[name] !== undefined);
  let done = 0;
  const tell = () => progress.say(`looking at clusters: ${done} of ${led.length}`);
  tell();
  const observed = await Promise.all(
    led.map(async (cluster) => {
      const found = await readCluster(accesses[cluster.name]!, cluster);
      done += 1;
      tell();
      return found;
    }),
  );
  progress.end();
  return observed;
}

/** Of a cluster that no kubeconfig leads to there is nothing but that to say. */
function findingsIn(planned: Planned, observed: ObservedCluster[]): Finding[] {
  const expected = expectedClusters(planned);
  const lost = expected.filter(({ name }) => !observed.some((one) => one.name === name));
  return [...findingsOf(expected, observed, new Date()), ...lost.map(({ name }) => unled(name))];
}

function unled(cluster: string): Finding {
  const says = `no context leads to it: name one with --context ${cluster}=<context>`;
  return { cluster, what: "API server", level: Level.Unread, says };
}

/** What did not answer once is not asked again. */
function withoutUnreachable(
  accesses: Record<string, Access>,
  observed: ObservedCluster[],
): Record<string, Access> {
  const silent = observed.filter(({ unreachable }) => unreachable !== undefined);
  const names = silent.map(({ name }) => name);
  return Object.fromEntries(Object.entries(accesses).filter(([name]) => !names.includes(name)));
}

/** Where gateways are, by key. */
function addressesIn(observed: ObservedCluster[]): Record<string, string> {
  const gateways = observed.flatMap(({ members }) => members.flatMap((member) => member.gateways));
  const found = gateways.flatMap(({ key, service }) =>
    "value" in service && service.value ? [[key, service.value.addresses[0]]] : [],
  );
  return mapValues(Object.fromEntries(found.filter(([, address]) => address)), String);
}
