/** Makes a diff from two plans of one stack. */
import { isDeepStrictEqual } from "node:util";
import { leavesThatDiffer } from "./leaves";
import type { Cell, Reach } from "../../components/mesh/reach";
import { find, grouped, keyed } from "../../components/records";
import type { FilePlan } from "../planFile";
import { count } from "../report/count";
import { shortType } from "../report/owners";
import type { ClusterReport, QuotaReport, ReleaseReport, Report } from "../report/report";
import { Fate } from "./change";
import type { Change } from "./change";
import { compareResources } from "./compare";
import { comparePorts } from "./ports";
import type { DiffReport, QuotaChange, ReachChange, ReleaseChange, VersionChange } from "./report";
import { KUBERNETES_RESTARTS, restartsOf } from "./restarts";
import { stepsIn } from "./steps";

interface Named {
  /** As the file was named. */
  name: string;
  plan: FilePlan;
}

export function buildDiff(base: Named, head: Named): DiffReport {
  const [before, after] = [base.plan.report, head.plan.report];
  const resources = compareResources(base.plan, head.plan);
  const ports = comparePorts(before, after);
  const opened = ports.filter((port) => port.opened && port.world);
  const clusters = clustersOf(before, after);
  const releases = clusters.flatMap(compareReleases);
  const kubernetes = clusters.flatMap(compareKubernetes);
  return {
    ...{ name: after.name, base: base.name, head: head.name },
    dangers: [
      ...dangersIn(resources),
      ...stepsIn(kubernetes, releases),
      ...opened.map(({ target, ports: range }) => `${target} opens ${range} to the world`),
    ],
    totals: totalsOf(resources),
    resources,
    ports,
    releases,
    kubernetes,
    reach: compareReach(before.reach, after.reach, aloneIn(clusters)),
    quotas: compareQuotas(before.quotas, after.quotas),
    cost: { before: before.cost, after: after.cost },
  };
}

/** One sentence for each cause, with how many resources it is of. */
function dangersIn(resources: Change[]): string[] {
  const dangerous = resources.filter(({ danger }) => danger !== undefined);
  const byCause = grouped(dangerous, ({ type, fate, danger }) => `${type} ${fate} ${danger}`);
  return [...byCause.values()].map((changes) => {
    const [{ type, fate, danger }] = changes as [Change];
    const names = changes.map(({ name }) => name);
    const isHeld = fate !== Fate.Changed && changes.every((change) => change.protected);
    const held = isHeld ? " (`up` refuses: protected)" : "";
    const what = names.length > 3 ? `of ${count(names.length, "name")}` : names.join(", ");
    return `${shortType(type)} ${what} ${fate}: ${danger}${held}`;
  });
}

function totalsOf(resources: Change[]): Record<Fate, number> {
  const of = (fate: Fate) => resources.filter((change) => change.fate === fate).length;
  const { Added, Changed, Replaced, Removed } = Fate;
  return {
    [Added]: of(Added),
    [Changed]: of(Changed),
    [Replaced]: of(Replaced),
    [Removed]: of(Removed),
  };
}

interface Pair {
  cluster: string;
  before?: ClusterReport;
  after?: ClusterReport;
}

function clustersOf(before: Report, after: Report): Pair[] {
  return pairs(before.clusters, after.clusters, ({ name }) => name).map(([old, now]) => ({
    cluster: (now ?? old)!.name,
    before: old,
    after: now,
  }));
}

/** What either list has under each key, in the order of the first. */
function pairs<T>(first: T[], second: T[], keyOf: (each: T) => string): [one?: T, other?: T][] {
  const [one, other] = [keyed(first, keyOf), keyed(second, keyOf)];
  const keys = [...first, ...second].map(keyOf);
  return [...new Set(keys)].map((key) => [find(one, key), find(other, key)]);
}

function compareReleases({ cluster, before, after }: Pair): ReleaseChange[] {
  return pairs(before?.releases ?? [], after?.releases ?? [], keyOf).flatMap(([old, now]) => {
    if (isDeepStrictEqual(old, now)) return [];
    const { name: release, namespace, chart } = (now ?? old)!;
    const both = old && now ? { before: old, after: now } : undefined;
    return {
      ...{ cluster, release, namespace, chart },
      ...(old && { before: old.version }),
      ...(now && { after: now.version }),
      values: both ? leavesThatDiffer(both.before.values, both.after.values) : 0,
      ...(both && { restarts: restartsOf(both.before, both.after) }),
    };
  });
}

function keyOf({ namespace, name }: ReleaseReport): string {
  return `${namespace}/${name}`;
}

function compareKubernetes({ cluster, before, after }: Pair): VersionChange[] {
  if (!before || !after || before.kubernetesVersion === after.kubernetesVersion) return [];
  const ours = !after.existing;
  const restarts = ours ? KUBERNETES_RESTARTS : "yours: only what depends on it changes";
  const [from, to] = [before.kubernetesVersion, after.kubernetesVersion];
  return [{ cluster, before: from, after: to, ours, restarts }];
}

function aloneIn(clusters: Pair[]): string[] {
  return clusters.filter(({ before, after }) => !(before && after)).map(({ cluster }) => cluster);
}

function compareReach(before: Reach, after: Reach, alone: string[]): ReachChange {
  const [old, now] = [before, after].map(({ cells }) => new Map(cells.map((c) => [pairOf(c), c])));
  const reaches = (cell: Cell | undefined) => cell !== undefined && cell.way.kind !== "none";
  const other = ({ way, identity }: Cell) => ({ way, identity });
  const places = new Map([...before.places, ...after.places].map((place) => [place.key, place]));
  return {
    ...{ places: [...places.values()], alone },
    appears: after.cells.filter((cell) => reaches(cell) && !reaches(old!.get(pairOf(cell)))),
    goes: before.cells.filter((cell) => reaches(cell) && !reaches(now!.get(pairOf(cell)))),
    moves: after.cells.filter((cell) => {
      const was = old!.get(pairOf(cell));
      if (!was || !reaches(cell) || !reaches(was)) return false;
      return !isDeepStrictEqual(other(cell), other(was));
    }),
  };
}

function pairOf({ from, to }: Cell): string {
  return `${from}:${to}`;
}

/** Of some quotas a plan has every region; of the others only what comes nearest, which may be another one now. */
const EVERYWHERE = / in [a-z]+-[a-z-]+-\d/;

function compareQuotas(before: QuotaReport[], after: QuotaReport[]): QuotaChange[] {
  return pairs(after, before, ({ what }) => what).flatMap(([now, old]) => {
    const { what, limit } = (now ?? old)!;
    if (!(old && now) && !EVERYWHERE.test(what)) return [];
    const [used, uses] = [old?.used ?? 0, now?.used ?? 0];
    return used === uses ? [] : [{ what, before: used, after: uses, limit }];
  });
}
