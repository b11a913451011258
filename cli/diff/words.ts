/** A diff in words, before anybody lays it out: the worst first. */
import type { Cell } from "../../components/mesh/reach";
import { grouped } from "../../components/records";
import { SECRET } from "../../engine";
import { costChangeText } from "../cost/words";
import { count } from "../report/count";
import type { Row } from "../report/count";
import { shortType } from "../report/owners";
import { reachRows, wayText } from "../report/reachWords";
import { ROOMS } from "../report/resource";
import { sourcesText } from "../report/words";
import { Fate } from "./change";
import type { Change, InputChange } from "./change";
import { Effect } from "./replacements";
import type { DiffReport, PortChange, QuotaChange, ReachChange, ReleaseChange } from "./report";

/** Worst first. */
export const FATES = [Fate.Replaced, Fate.Removed, Fate.Changed, Fate.Added] as const;

/** Types of a room, changes of a row, and inputs of a change that are written out; more are only counted. */
const MOST_TYPES = 3;
const MOST_CAUSES = 1;
const MOST_INPUTS = 2;
const MOST_TARGETS = 2;
const LONGEST_VALUE = 60;

/** `2 added, 1 changed, 34 replaced, 0 removed`. */
export function totalsText({ totals }: DiffReport): string {
  return Object.values(Fate)
    .map((fate) => `${totals[fate]} ${fate}`)
    .join(", ");
}

/** What changes, without what is dangerous in it. */
export function diffRows(diff: DiffReport): Row[] {
  const { resources, ports, releases, kubernetes, reach, quotas, cost } = diff;
  return [
    ...unknownRows(resources),
    ...FATES.flatMap((fate): Row[] => {
      const all = resources.filter((each) => each.fate === fate);
      return all.length === 0 ? [] : [[fate, changesText(fate, all)]];
    }),
    ...portRows(ports),
    ...chartRows(releases),
    ...kubernetes.map(({ cluster, before, after, restarts }): Row => [
      "Kubernetes",
      `${before} → ${after} in ${cluster}: ${restarts}`,
    ]),
    ...reachChangeRows(reach),
    ...quotaRows(quotas),
    ...costRows(cost),
  ];
}

/** A label is said once. */
export function labelled(rows: Row[]): Row[] {
  return rows.map(([label, says], index) => [rows[index - 1]?.[0] === label ? "" : label, says]);
}

/** By room: how many of which types, and what the plan says otherwise of them: first where that replaces. */
function changesText(fate: Fate, changes: Change[]): string {
  const rooms = ROOMS.flatMap((room) => {
    const here = changes.filter((change) => change.room === room);
    return here.length === 0 ? [] : [`${room} ${here.length} (${typesText(here)})`];
  });
  const [causes, all] = [causesOf(changes), rooms.join(", ")];
  return (fate === Fate.Replaced ? [...causes, all] : [all, ...causes]).join("; ");
}

function typesText(changes: Change[]): string {
  const sorted = [...grouped(changes, ({ type }) => shortType(type))]
    .map(([type, all]) => [type, all.length] as const)
    .sort(([, a], [, b]) => b - a);
  const more = sorted.slice(MOST_TYPES).reduce((total, [, number]) => total + number, 0);
  return [
    ...sorted
      .slice(0, MOST_TYPES)
      .map(([type, number]) => (number > 1 ? `${number} ${type}` : type)),
    ...(more > 0 ? [`${more} more`] : []),
  ].join(", ");
}

/** Inputs that are written otherwise in the plan, the same ones of several resources once. */
function causesOf(changes: Change[]): string[] {
  const told = changes.filter(({ inputs }) => inputs.length > 0);
  const all = [...grouped(told, ({ inputs }) => inputsText(inputs))].map(([text, same]) => {
    const [{ name }] = same as [Change];
    return `${same.length === 1 ? name : count(same.length, "resource")}: ${text}`;
  });
  const more = all.length - MOST_CAUSES;
  return [
    ...all.slice(0, MOST_CAUSES),
    ...(more > 0 ? [`${count(more, "more change")} of inputs`] : []),
  ];
}

/** Those first that replace. */
function inputsText(inputs: InputChange[], most = MOST_INPUTS): string {
  const isWorse = ({ effect }: InputChange) => (effect === Effect.Replaces ? 0 : 1);
  const sorted = [...inputs].sort((a, b) => isWorse(a) - isWorse(b));
  const more = sorted.length - most;
  return [
    ...sorted.slice(0, most).map(inputText),
    ...(more > 0 ? [count(more, "more input")] : []),
  ].join(", ");
}

function inputText({ path, before, after }: InputChange): string {
  if (before === SECRET && after === SECRET) return `${path} (secret)`;
  if (Array.isArray(before) && Array.isArray(after)) return `${path} ${listText(before, after)}`;
  return `${path} ${valueText(before)} → ${valueText(after)}`;
}

/** What a list gains and loses. */
function listText(before: unknown[], after: unknown[]): string {
  const missing = (all: unknown[], others: unknown[]) =>
    all.filter((item) => !others.includes(item));
  return [
    ...missing(after, before).map((item) => `+ ${valueText(item)}`),
    ...missing(before, after).map((item) => `- ${valueText(item)}`),
  ].join(" ");
}

function valueText(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= LONGEST_VALUE ? line : `${line.slice(0, LONGEST_VALUE)}...`;
}

/** One row for each ports and reason: whose they are, and who gets in or no longer does. */
function portRows(all: PortChange[]): Row[] {
  const isTold = ({ whole, world }: PortChange) => !whole || world;
  return [
    ...toldPortRows(all.filter(isTold)),
    ...[true, false].flatMap((opened): Row[] => {
      const others = all.filter((port) => port.opened === opened && !isTold(port));
      if (others.length === 0) return [];
      const ranges = [...new Set(others.map(({ ports }) => ports))].join(", ");
      const targets = new Set(others.map(({ target }) => target)).size;
      const what = count(targets, "security group or API server", "security groups or API servers");
      return [
        ["ports", `${ranges} of ${what} that ${opened ? "come" : "go"} with all their rules`],
      ];
    }),
  ];
}

function toldPortRows(ports: PortChange[]): Row[] {
  const rows = grouped(ports, (port) => {
    const sides = ports.filter((other) => isAlike(other, port)).map(sideText);
    return [port.ports, port.reason, ...new Set(sides)].join(" ");
  });
  return [...rows.values()].map((same) => {
    const [first] = same as [PortChange];
    const targets = [...new Set(same.map(({ target }) => target))];
    const whose =
      targets.length <= MOST_TARGETS ? targets.join(" and ") : `${targets.length} groups`;
    const sides = [...new Set(same.filter((port) => port.target === first.target).map(sideText))];
    return ["ports", `${first.ports} ${sides.join(", ")} at ${whose} (${first.reason})`];
  });
}

function isAlike(a: PortChange, b: PortChange): boolean {
  return a.target === b.target && a.ports === b.ports && a.reason === b.reason;
}

function sideText({ opened, from, world }: PortChange): string {
  return `${opened ? "open" : "closed"} to ${sourcesText(from)}${opened && world ? ", the world" : ""}`;
}

/** One row for each move, with all clusters that see it; what comes or goes in a cluster is one. */
function chartRows(releases: ReleaseChange[]): Row[] {
  const moves = grouped(releases, ({ cluster, before, after, chart }) =>
    before && after ? [chart, before, after].join(" ") : `${cluster} ${!before}`,
  );
  return [...moves.values()].map((same) => {
    const [{ before, after, restarts }] = same as [ReleaseChange];
    const clusters = [...new Set(same.map(({ cluster }) => cluster))].join(", ");
    const charts = [...new Set(same.map(({ chart }) => chart))].join(", ");
    if (before === undefined) return ["charts", `${charts} come in ${clusters}`];
    if (after === undefined) return ["charts", `${charts} go from ${clusters}`];
    const move = before === after ? `${after} with other values` : `${before} → ${after}`;
    return ["charts", `${charts} ${move} in ${clusters}: ${restarts}`];
  });
}

/** Without what is within one cluster that comes or goes: all of it does. */
function reachChangeRows({ places, alone, appears, goes, moves }: ReachChange): Row[] {
  const clusterOf = new Map(places.map(({ key, cluster }) => [key, cluster]));
  const isWithin = ({ from, to }: Cell) => {
    const [one, other] = [clusterOf.get(from), clusterOf.get(to)];
    return one === other && alone.includes(one!);
  };
  const rows = (label: string, all: Cell[]): Row[] => {
    let pair = "";
    const cells = all.filter((cell) => !isWithin(cell));
    return reachRows({ places, cells }).map(([from, says]) => {
      pair = from || pair;
      return [label, `${pair} ${says}`];
    });
  };
  return [
    ...rows("reaches", appears),
    ...rows("no longer", goes),
    ...moves.map((cell): Row => ["otherwise", `${cell.from} → ${cell.to} ${wayText(cell)}`]),
  ];
}

function quotaRows(quotas: QuotaChange[]): Row[] {
  const texts = quotas.map(({ what, before, after, limit }) => {
    const over = after > limit ? ", which is more than there is" : "";
    return `${what} ${before} → ${after} of ${limit}${over}`;
  });
  return texts.length === 0 ? [] : [["quotas", texts.join(", ")]];
}

function costRows({ before, after }: DiffReport["cost"]): Row[] {
  const text = costChangeText(before, after);
  return text === undefined ? [] : [["cost", text]];
}

/** What the table of replacements does not say. */
function unknownRows(resources: Change[]): Row[] {
  const found = resources.flatMap(({ type, fate, inputs }) =>
    fate === Fate.Replaced
      ? []
      : inputs
          .filter(({ effect }) => effect === Effect.Unknown)
          .map(({ path }) => `${type} ${path}`),
  );
  const inputs = [...new Set(found)];
  return inputs.length === 0
    ? []
    : [["not known", `whether these replace what they are of: ${inputs.join(", ")}`]];
}

/** Every resource of a fate, one row each. */
export function resourceRows(resources: Change[], fate: Fate): Row[] {
  return resources
    .filter((change) => change.fate === fate)
    .map(({ type, name, inputs, follows, retained }) => {
      const says = [
        ...(inputs.length > 0 ? [inputsText(inputs, inputs.length)] : []),
        ...(follows.length > 0 ? [`with ${follows.join(", ")}`] : []),
        ...(fate === Fate.Removed && retained ? ["stays in the cloud"] : []),
      ];
      return [`${type.split(":").pop()} ${name}`, says.join("; ")];
    });
}
