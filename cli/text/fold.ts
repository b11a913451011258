/** What is alike in a report is shown once. */
import type { NetworkReport, Report, VpcReport, WarningReport } from "../report/report";
import { vpcKind } from "../report/things";
import { fewOf, inOrder, thingsIn } from "./contents";

/** The networks of a report that are shown, and what stands for the others. */
export interface Shown {
  shown: Report;
  alike: string[];
}

/** What two networks may differ in and still be shown as one. */
export interface Likeness {
  /** Besides names and addresses: regions, meshes, and names of clusters elsewhere. @default no */
  isLoose?: boolean;
  /** The others are counted where they are many. @default they are named */
  counts?: boolean;
}

/** One network of those that differ in names and addresses alone. */
export function withoutAlike(report: Report, likeness: Likeness = {}): Shown {
  const { isLoose = false, counts = false } = likeness;
  const listed = counts ? fewOf : inOrder;
  const groups = new Map<string, NetworkReport[]>();
  for (const network of report.networks) {
    const form = formOf(report, network, isLoose);
    groups.set(form, [...(groups.get(form) ?? []), network]);
  }
  const networks = [...groups.values()].map(([first]) => first!);
  const alike = [...groups.values()]
    .filter((group) => group.length > 1)
    .map(([first, ...others]) => {
      const but = others.every((each) => formOf(report, each) === formOf(report, first!));
      const like = `like network ${first!.name}${but ? "" : " but for names, regions and meshes"}`;
      return `${like}: ${listed(others.map(({ name }) => name))}`;
    });
  return { shown: { ...report, networks }, alike };
}

/** The first networks alone, and the names of the others. */
export function firstOf({ shown, alike }: Shown, most: number): Shown {
  const others = shown.networks.slice(most).map(({ name }) => name);
  if (others.length === 0) return { shown, alike };
  const networks = shown.networks.slice(0, most);
  return {
    shown: { ...shown, networks },
    alike: [...alike, `not shown: network ${fewOf(others)}`],
  };
}

/** What a network looks like, but for what it and its own things are called and where they are. */
function formOf(report: Report, network: NetworkReport, isLoose = false): string {
  const things = network.vpcs.flatMap((vpc) => thingsIn(report, vpc));
  const own = things.flatMap(({ names }) => names);
  const all = [...report.clusters, ...report.meshes].map(({ name }) => name);
  const mask = masking(isLoose ? [...own, ...all] : own);
  const says = things.map(({ kind, says }) => [kind, ...says.map(mask)].join()).sort();
  return JSON.stringify([network.vpcs.map((vpc) => placeOf(vpc, isLoose)), says]);
}

function placeOf(vpc: VpcReport, isLoose: boolean): string {
  return isLoose ? vpcKind(vpc) : `${vpcKind(vpc)} ${vpc.region}`;
}

/** Puts one sign in place of names that stand as words of their own. */
function masking(names: string[]): (text: string) => string {
  const known = new Set(names);
  return (text) => text.replace(/[\w.-]*\w/g, (word) => (known.has(word) ? "~" : word));
}

/** Warnings that say the same, but for names. */
export function alikeWarnings({ warnings, ...report }: Report): WarningReport[][] {
  const { clusters, meshes, networks, machines, tasks, tenants } = report;
  const things = [...clusters, ...meshes, ...networks, ...machines, ...tasks, ...tenants];
  const mask = masking(things.map(({ name }) => name));
  const groups = new Map<string, WarningReport[]>();
  for (const each of warnings) {
    const { rule, got, fix, path } = each;
    // A command names its own path, and so does many a fix.
    const said = [got, fix].map((text) =>
      mask(text.replaceAll(path, "~").replace(/"[^"]*"/g, "~")),
    );
    const key = JSON.stringify([rule, ...said]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}
