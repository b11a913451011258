import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { rules } from "../../../policy/rules";
import { only, type Check } from "../run/check";
import { failure, type Outcome } from "../run/cli";
import type { Session } from "../run/session";
import { placesOf, writeConfig, writePack, writeProject } from "../policy/project";

const once = only("01-single-cluster");

/** What the CLI prints of a violation. */
const LINE = /\[(mandatory|advisory)\]\s+(?:\w+\s+)?([\w-]+)\s+\(/g;

/** Levels and names of the rules that the CLI says are broken. */
function brokenIn({ output }: Outcome): string[] {
  const found = [...output.matchAll(LINE)].map(([, level, name]) => `${level} ${name}`);
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

async function run(session: Session, rule: string): Promise<Outcome> {
  const { pack, project, settings, stackFile } = placesOf(session.work);
  const { machine } = session;
  const kubeconfig = fs.readFileSync(machine.kubeconfig, "utf8");
  writeConfig(stackFile, { rule, kubeconfig, charts: machine.options.tools.charts });
  const cli = session.cliIn(project, stackFile, "logs/policies");
  return cli.preview("--policy-pack", pack, "--policy-pack-config", settings);
}

const refused: Check = {
  key: "refused",
  whole: true,
  point: 15,
  title: "the policy pack refuses a program for each rule that it breaks, and none that keeps all",
  skip: once,
  async run(session) {
    const { project, settings, stackFile } = placesOf(session.work);
    writeProject(project, session.providers.plugins);
    // What is turned off by default is turned on.
    const all = rules(() => "").map(({ name, level }) => ({
      name,
      level: level === "disabled" ? "mandatory" : level,
    }));
    const levels = all.map(({ name, level }) => [name, { enforcementLevel: level }]);
    fs.writeFileSync(settings, JSON.stringify(Object.fromEntries(levels)));
    await session.cliIn(project, stackFile, "logs/policies").demand("stack", "init", "lab");
    const kept = await run(session, "none");
    assert.equal(kept.code, 0, `expected all to be kept: ${failure(kept)}`);
    assert.deepEqual(brokenIn(kept), []);
    for (const { name, level } of all) {
      const outcome = await run(session, name);
      assert.deepEqual(brokenIn(outcome), [`${level} ${name}`], failure(outcome));
      const isRefused = outcome.code !== 0;
      assert.equal(isRefused, level === "mandatory", `${name}: ${failure(outcome)}`);
    }
  },
};

export const planChecks = [accepted] as const satisfies readonly Check[];
export const policyChecks = [refused] as const satisfies readonly Check[];
