/**
 * `make bench`: how planning grows with the number of clusters and of tenants, what it takes beyond the resources themselves, how long
 * `up` would wait, and how a small plan starts.
 *
 * Ends with `bench: ok`, or with what fell short and exit code 1. `PEER=1` installs another tool and measures it beside.
 */
import { table } from "../cli/text/layout";
import { ControlPlaneMode } from "../components/topology";
import { clusterName, networkName } from "./description";
import type { Scale } from "./description";
import { compareFloor, registerHere } from "./floor";
import { unexpected } from "./growth";
import { checkGrowth, perResource } from "./limits";
import type { Check, Limits } from "./limits";
import { graphOf, measure, measureHere } from "./measure";
import type { Measured } from "./measure";
import { comparePeer } from "./peer/peer";
import { compareStart } from "./start";
import { measureTenants } from "./tenants";

interface Subject {
  /** How its plans differ from each other in nothing but the number of clusters. */
  scale: Pick<Scale, "mode" | "machines">;
  sizes: number[];
  limits: Limits;
}

const MULTI_PRIMARY: Subject = {
  scale: { mode: ControlPlaneMode.MultiPrimary },
  sizes: [1, 2, 5, 10, 20, 50],
  limits: {
    resources: { size: 20, once: 60, each: 87 },
    linear: [20, 50],
    processor: [5, 50],
    makespan: [2, 20],
  },
};

const REMOTE_LIMITS: Limits = {
  resources: { size: 20, once: 100, each: 83 },
  linear: [10, 20],
  processor: [5, 20],
  makespan: [2, 20],
};

/** Here clusters are remotes, beside the one that runs istiod for them. */
const REMOTES: Subject[] = [ControlPlaneMode.PrimaryRemote, ControlPlaneMode.External].map(
  (mode) => ({ scale: { mode }, sizes: [1, 2, 5, 10, 20], limits: REMOTE_LIMITS }),
);

/** One cluster serves machines, which all call. */
const MACHINES: Subject = {
  scale: { mode: ControlPlaneMode.MultiPrimary, machines: true },
  sizes: [1, 2, 5, 10, 20],
  limits: { ...REMOTE_LIMITS, resources: { size: 20, once: 100, each: 90 } },
};

/** Sizes at which a plan is held against the least that its resources take. */
const FLOOR_SIZES = [20, 50];

/** Types that are listed; the rest is summed. */
const LISTED = 12;

async function main(): Promise<void> {
  const checks: Check[] = [];
  for (const subject of [MULTI_PRIMARY, ...REMOTES, MACHINES])
    checks.push(...(await measureAll(subject)));
  checks.push(...report(await measureTenants(print)));
  checks.push(...report(await compareFloor(FLOOR_SIZES, print)));
  checks.push(...report(await compareStart(print)));
  if (process.env.PEER) await comparePeer(MULTI_PRIMARY.sizes, print);
  const failed = checks.filter(({ ok }) => !ok);
  process.exitCode = failed.length === 0 ? 0 : 1;
  const short = failed.map(({ claim }) => claim).join("; ");
  print(failed.length === 0 ? "bench: ok" : `bench: fell short: ${short}`);
}

async function measureAll({ scale, sizes, limits }: Subject): Promise<Check[]> {
  const measured: Measured[] = [];
  const what = scale.machines ? `${scale.mode} with machines` : scale.mode;
  print(`${what} on different networks, transit gateway, private API servers\n`);
  for (const clusters of sizes) {
    measured.push(await measure({ clusters, ...scale }));
    print(`  ${clusters} of ${sizes.at(-1)} clusters planned`);
  }
  print("", ...summary(measured), "", ...types(measured), "", ...chains(measured), "");
  const checks = [...checkGrowth(measured, limits), await checkAdding(scale)].map((check) => ({
    ...check,
    claim: `${what}: ${check.claim}`,
  }));
  return report(checks);
}

function report(checks: Check[]): Check[] {
  print(...table(checks.map(row)), "");
  return checks;
}

function summary(measured: Measured[]): string[] {
  const heading = [
    "clusters",
    "planning s",
    "processor s",
    "process s",
    "peak MiB",
    "resources",
    "ms each",
    "up s",
  ];
  const rows = measured.map(
    ({ clusters, planning, processor, wall, memory, resources, makespan }) => [
      String(clusters),
      planning.toFixed(2),
      processor.toFixed(2),
      wall.toFixed(2),
      memory.toFixed(0),
      String(resources),
      perResource({ processor, resources }).toFixed(2),
      String(makespan),
    ],
  );
  return table([heading, ...rows]);
}

function types(measured: Measured[]): string[] {
  const all = Object.keys(measured.at(-1)!.byType);
  const listed = all.slice(0, LISTED);
  const rest = ({ byType }: Measured) =>
    Object.entries(byType)
      .filter(([type]) => !listed.includes(type))
      .reduce((total, [, number]) => total + number, 0);
  return table([
    ["resources", ...measured.map(({ clusters }) => String(clusters))],
    ...listed.map((type) => [type, ...measured.map(({ byType }) => String(byType[type] ?? 0))]),
    [`${all.length - listed.length} other types`, ...measured.map((each) => String(rest(each)))],
  ]);
}

/** What `up` waits for longest, with and without neighbours. */
function chains(measured: Measured[]): string[] {
  const chain = ({ clusters, longest }: Measured) => [
    `longest chain, ${clusters} clusters`,
    longest.filter((name) => !/^(Stack|MeshTopology) /.test(name)).join(" → "),
  ];
  return table(measured.filter(({ clusters }) => [2, 20].includes(clusters)).map(chain));
}

/** What adding a cluster changes outside it. */
async function checkAdding(scale: Subject["scale"]): Promise<Check> {
  const [before, after] = [
    await graphOf({ clusters: 4, ...scale }),
    await graphOf({ clusters: 5, ...scale }),
  ];
  const found = unexpected(before, after, [clusterName(5), networkName(5)]);
  for (const { kind, urn, inputs } of found)
    print(`unexpected: ${kind} ${urn} ${inputs.join(", ")}`);
  const claim = "changes outside the fifth cluster that it should not make";
  return { claim, got: found.length, limit: 0, ok: found.length === 0 };
}

function row({ claim, got, limit, ok }: Check): string[] {
  return [ok ? "ok" : "SHORT", claim, `${rounded(got)} of ${rounded(limit)}`];
}

function rounded(number: number): string {
  return Number.isInteger(number) ? String(number) : number.toFixed(2);
}

function print(...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

/** What children of this process are called for. */
const children: Record<string, (argument: string) => Promise<void>> = {
  "--measure": (scale) => measureHere(JSON.parse(scale)),
  "--floor": registerHere,
};

const [flag, argument] = process.argv.slice(2);
void (flag ? children[flag]!(argument!) : main());
