/** What becomes of each resource: as the engine would find it, from the inputs of two plans and the table of replacements. */
import { isDeepStrictEqual } from "node:util";
import type { Graph, Registration, Value } from "../../engine";
import { childPath, valueAt } from "../../engine/graph";
import type { FilePlan } from "../planFile";
import { isMade, shortType } from "../report/owners";
import type { ResourceReport } from "../report/resource";
import { reportResources } from "../report/resources";
import { Fate } from "./change";
import type { Change, InputChange } from "./change";
import { dangerOf } from "./dangers";
import { movesOf, protectionOf } from "./moves";
import { Effect, effectOf, leadsTo } from "./replacements";
import type { Presence } from "./replacements";

/** A resource with what the engine was told of it. */
interface Known {
  report: ResourceReport;
  raw: Registration;
  /** That of AWS: its own, or the one that a component hands down. */
  aws?: Registration;
  /** URNs of the resources whose outputs its inputs hold, by path. */
  holds: () => Map<string, Set<string>>;
}

/** Every resource that does not stay as it is, in the order in which the engine would come to it. */
export function compareResources(base: FilePlan, head: FilePlan): Change[] {
  const [before, after] = [knownOf(base), knownOf(head)];
  const replaced = new Map<string, string>();
  const changes = [...after.values()].flatMap((known) => {
    const old = before.get(known.report.urn);
    const change = old ? compare(old, known, replaced) : alone(known, Fate.Added);
    if (change?.fate === Fate.Replaced) replaced.set(change.urn, labelOf(change));
    return change ? [change] : [];
  });
  const removed = [...before.values()]
    .filter(({ report }) => !after.has(report.urn))
    .map((known) => alone(known, Fate.Removed));
  return [...changes, ...removed].map((change) => ({ ...change, ...dangerOf(change) }));
}

/** What is made, in the order of registration: nothing comes before what it refers to. */
function knownOf(plan: FilePlan): Map<string, Known> {
  const reports = new Map(reportResources(plan).map((report) => [report.urn, report]));
  const known = plan.graph.resources.filter(isMade).map((raw): [string, Known] => [
    raw.urn,
    {
      ...{ raw, report: reports.get(raw.urn)!, aws: awsOf(plan.graph, raw) },
      holds: () => plan.invented.holders(raw),
    },
  ]);
  return new Map(known);
}

function awsOf({ resources }: Graph, { type, provider, providers }: Registration) {
  if (!/^(aws|eks):/.test(type)) return undefined;
  const urn = provider ?? providers.aws;
  return resources.find((resource) => resource.urn === urn);
}

function alone({ report, raw }: Known, fate: Fate): Change {
  return { ...identityOf(report), fate, inputs: [], follows: [], ...keptOf(raw) };
}

function identityOf({ urn, type, name, room, owner }: ResourceReport) {
  return { urn, type, name, room, ...(owner && { owner }) };
}

function keptOf({ protect, retainOnDelete }: Registration) {
  return { protected: protect, retained: retainOnDelete };
}

/** @param replaced labels of what is replaced, by URN */
function compare(old: Known, known: Known, replaced: Map<string, string>): Change | undefined {
  const own = [
    ...movesOf(known.report.type, old.aws, known.aws),
    ...protectionOf(old.raw, known.raw),
    ...changedInputs(old, known),
  ];
  const followed = followedInputs(known, replaced);
  const provider = replaced.get(known.report.provider ?? "");
  if (own.length === 0 && followed.paths.length === 0 && !provider) return undefined;
  const effects = [
    ...own.map(({ effect }) => effect),
    ...followed.paths.map((path) => effectAt(known, path)),
  ];
  const isReplaced = provider !== undefined || effects.includes(Effect.Replaces);
  return {
    ...identityOf(known.report),
    fate: isReplaced ? Fate.Replaced : Fate.Changed,
    inputs: own,
    follows: [...new Set([...followed.labels, ...(provider ? [provider] : [])])],
    ...keptOf(old.raw),
  };
}

/** What a change at a path does: as the engine is told, else as the table says. */
function effectAt({ report, raw }: Known, path: string, presence?: Presence): Effect {
  const isTold = raw.replaceOnChanges.some((each) => leadsTo(each, path));
  return isTold ? Effect.Replaces : effectOf(report.type, path, presence);
}

/** Inputs that differ, secrets among them, but for those whose changes the engine is told to ignore. */
function changedInputs(old: Known, known: Known): InputChange[] {
  const { report, raw } = known;
  const [before, after] = [leavesOf(old.report.inputs), leavesOf(report.inputs)];
  const secrets = [...old.report.secrets, ...report.secrets];
  const isSecret = (path: string) => secrets.some((secret) => leadsTo(secret, path));
  // A secret is masked, and may be a whole map: what it hides is compared as the engine has it.
  const differs = (path: string) =>
    isSecret(path)
      ? !isDeepStrictEqual(valueAt(old.raw.inputs, path), valueAt(raw.inputs, path))
      : !isDeepStrictEqual(before.get(path), after.get(path));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => !isIgnored(raw, path) && differs(path))
    .map((path) => ({
      path,
      ...(before.has(path) && { before: before.get(path) }),
      ...(after.has(path) && { after: after.get(path) }),
      effect: effectAt(known, path, { before: before.has(path), after: after.has(path) }),
    }));
}

/** Whether the engine keeps what it has there, whatever the program says now. */
function isIgnored({ ignoreChanges }: Registration, path: string): boolean {
  return ignoreChanges.some((each) => leadsTo(each, path));
}

/** Leaves of inputs by path; a list of plain values is one, since one more moves the others. */
function leavesOf(inputs: Value): Map<string, Value> {
  return new Map(Object.entries(inputs).flatMap(([key, value]) => leavesIn(value, key)));
}

function leavesIn(value: Value, path: string): [string, Value][] {
  const isPlain = (item: Value) => item === null || typeof item !== "object";
  if (isPlain(value) || (Array.isArray(value) && value.every(isPlain))) return [[path, value]];
  if (Array.isArray(value))
    return value.flatMap((item, index) => leavesIn(item, `${path}[${index}]`));
  return Object.entries(value).flatMap(([key, item]) => leavesIn(item, childPath(path, key)));
}

/** Inputs that hold an output of what is replaced: nobody knows it before, so the engine takes it for another. */
function followedInputs({ holds, raw }: Known, replaced: Map<string, string>) {
  const labels = new Set<string>();
  const paths: string[] = [];
  if (replaced.size === 0) return { labels, paths };
  for (const [path, urns] of holds()) {
    if (isIgnored(raw, path)) continue;
    const held = [...urns].flatMap((urn) => replaced.get(urn) ?? []);
    if (held.length > 0) paths.push(path);
    for (const label of held) labels.add(label);
  }
  return { labels, paths };
}

function labelOf({ type, name }: Change): string {
  return `${shortType(type)} ${name}`;
}
