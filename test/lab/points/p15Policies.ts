import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { rules } from "../../../policy/rules";
import { only, type Check } from "../run/check";
import { failure, type Outcome } from "../run/cli";
import type { Session } from "../run/session";
import { ISTIO_VERSIONS, NAMESPACES, PROGRAMS } from "../policy/programs";
import { removeNamespace } from "../run/workload";
import { placesOf, writeCharts, writeConfig, writePack, writeProject } from "../policy/project";

const once = only("01-single-cluster");

/** What the CLI prints of a violation (pulumi, pkg/backend/display/diff.go). */
const LINE = /\[(mandatory|advisory)\]\s+([\w-]+)\s+\(\S+: ([\w-]+)\)/g;

/** The rules that the CLI says are broken, each with its level and the resource that breaks it. */
function brokenIn({ output }: Outcome): string[] {
  const found = [...output.matchAll(LINE)].map(([, ...told]) => told.join(" "));
  return [...new Set(found)].sort();
}

const accepted: Check = {
  key: "accepted",
  whole: true,
  point: 15,
  title: "the policy pack has nothing against a preview of what is not there yet",
  skip: once,
  async run({ cli, work }) {
    const { pack } = placesOf(work);
    writePack(pack);
    await cli.demand("stack", "init", "policies");
    const outcome = await cli.preview("--stack", "policies", "--policy-pack", pack);
    assert.equal(outcome.code, 0, `expected \`preview\` to be accepted: ${failure(outcome)}`);
    assert.match(outcome.output, /istio-patterns@v\d/, "expected the pack to have run");
    assert.deepEqual(brokenIn(outcome).filter(isMandatory), []);
  },
};

const isMandatory = (line: string) => line.startsWith("mandatory");

/** Previews what keeps all rules, or what breaks some. */
async function run(session: Session, broken: readonly string[]): Promise<Outcome> {
  const { pack, project, settings, stackFile, charts } = placesOf(session.work);
  const kubeconfig = fs.readFileSync(session.machine.kubeconfig, "utf8");
  writeConfig(stackFile, { broken: broken.join(), kubeconfig, charts });
  const cli = session.cliIn(project, stackFile, "logs/policies");
  return cli.preview("--policy-pack", pack, "--policy-pack-config", settings);
}

/** Names of rules, and the level of all: each has to be told of its own resources, and of no other. */
async function demandBroken(session: Session, level: string, names: string[]): Promise<void> {
  const outcome = await run(session, names);
  const expected = names.flatMap((name) =>
    PROGRAMS[name].broken.map((one) => `${level} ${name} ${one}`),
  );
  assert.deepEqual(brokenIn(outcome), expected.sort(), failure(outcome));
  assert.equal(outcome.code !== 0, level === "mandatory", failure(outcome));
}

const refused: Check = {
  key: "refused",
  whole: true,
  point: 15,
  title:
    "the policy pack refuses what breaks its rules, each for its own, and nothing that keeps all",
  skip: once,
  run: (session) => withNamespaces(session, () => demandRefused(session)),
};

async function withNamespaces(session: Session, act: () => Promise<void>): Promise<void> {
  const cluster = session.cluster(session.members[0]);
  try {
    for (const name of NAMESPACES)
      await cluster.kube.apply(`/api/v1/namespaces/${name}`, {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name },
      });
    await act();
  } finally {
    for (const name of NAMESPACES) await removeNamespace(cluster, name);
  }
}

async function demandRefused(session: Session): Promise<void> {
  const { project, settings, stackFile, charts } = placesOf(session.work);
  writeProject(project, session.providers.plugins);
  writeCharts(charts, session.machine.options.tools.charts, ISTIO_VERSIONS);
  // What is turned off by default is turned on.
  const all = rules(() => "").map(({ name, level }) => ({
    name,
    level: level === "disabled" ? "mandatory" : level,
  }));
  const levels = all.map(({ name, level }) => [name, { enforcementLevel: level }]);
  fs.writeFileSync(settings, JSON.stringify(Object.fromEntries(levels)));
  await session.cliIn(project, stackFile, "logs/policies").demand("stack", "init", "lab");
  const kept = await run(session, []);
  assert.equal(kept.code, 0, `expected all to be kept: ${failure(kept)}`);
  assert.deepEqual(brokenIn(kept), []);
  const named = (one: string, whole: boolean) =>
    all
      .filter(({ name, level }) => level === one && Boolean(PROGRAMS[name].whole) === whole)
      .map(({ name }) => name);
  // Together, since each preview takes as long as all of what it finds.
  await demandBroken(session, "mandatory", named("mandatory", false));
  for (const name of named("mandatory", true)) await demandBroken(session, "mandatory", [name]);
  await demandBroken(session, "advisory", named("advisory", false));
}

export const planChecks = [accepted] as const satisfies readonly Check[];
export const policyChecks = [refused] as const satisfies readonly Check[];
