/** A stack on its way from one revision of Istio to another: its edits, and which istiod pods and gateways have. */
import * as assert from "node:assert/strict";
import type { TopologyDescription } from "../../../components/topology/description";
import { until } from "../machine/processes";
import { failure, type Step } from "./cli";
import type { Session } from "./session";
import { restartAsked, revisionsIn } from "./tenants";

const release = "kubernetes:helm.sh/v3:Release";

export type Change = (description: TopologyDescription) => void;

/** Makes one edit and builds it. */
export async function edit({ cli, file }: Session, change: Change): Promise<Step[]> {
  const description = structuredClone(file.current);
  change(description);
  file.write(description);
  const outcome = await cli.operate("up");
  assert.equal(outcome.code, 0, `\`up\` ended with ${failure(outcome)}`);
  return outcome.steps;
}

export const told = ({ op, type, name }: Step): string => `${op} ${type.split(":").pop()} ${name}`;

/** What was done with releases, and whatever was not created. */
export function demandSteps(steps: readonly Step[], expected: readonly string[]): void {
  const seen = steps.filter(({ op, type }) => op !== "create" || type === release).map(told);
  assert.deepEqual(
    seen.sort(),
    [...expected].sort(),
    "what the edit does to releases, and to others that were there",
  );
}

/** Where pods of a namespace get their configuration from, in the sidecar mesh's clusters. */
export async function demandIstiods(
  session: Session,
  expected: Readonly<Record<string, string>>,
): Promise<void> {
  for (const name of session.members)
    for (const [where, revision] of Object.entries(expected)) {
      const seen = await revisionsIn(session.cluster(name), where);
      assert.deepEqual(seen, [revision], `${name}: istiod of the pods in ${where}`);
    }
}

/** In every member at once: each waits for pods. */
export async function restart(
  { members, cluster }: Session,
  ...namespaces: string[]
): Promise<void> {
  const all = members.flatMap((name) => namespaces.map((where) => [cluster(name), where] as const));
  await Promise.all(all.map(([one, where]) => restartAsked(one, where)));
}

const gateways = [
  ["east", "istio-system", "labelSelector=istio%3Deastwestgateway"],
  ["west", "istio-system", "labelSelector=istio%3Deastwestgateway"],
  ["east", "istio-ingress-public", "labelSelector=istio%3Dingress-public"],
] as const;

export async function demandGateways({ cluster }: Session, revision: string): Promise<void> {
  for (const [name, where, which] of gateways)
    await until(`${name}: gateways in ${where} at revision ${revision}`, 90, async () => {
      const seen = await revisionsIn(cluster(name), where, which);
      return seen.join() === revision;
    });
}
