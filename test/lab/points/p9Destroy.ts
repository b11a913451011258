import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { isBrought } from "../machine/readinessGates";
import { type Check } from "../run/check";
import { failure, type Step } from "../run/cli";
import type { Session } from "../run/session";
import { removeProbes } from "../run/probe";
import { removeEcho } from "../run/workload";

export interface Kept {
  readonly urn: string;
  readonly type: string;
  readonly dependencies?: readonly string[];
}

type Machine = Session["machine"];

/** A project, and the machine that it builds on. */
type Deployment = Pick<Session, "cli" | "machine">;

export async function stateOf({ cli }: Pick<Session, "cli">): Promise<Kept[]> {
  return cli.resources();
}

/** URNs of the state, so that nothing can vanish unseen. */
async function resourcesOf(session: Deployment): Promise<string[]> {
  return (await stateOf(session)).map(({ urn }) => urn);
}

/** All that a resource waits for: the engine deletes none of it earlier. */
export function before(state: readonly Kept[], urn: string, seen = new Set<string>()): Set<string> {
  for (const one of state.find((kept) => kept.urn === urn)?.dependencies ?? []) {
    if (!seen.has(one)) before(state, one, seen.add(one));
  }
  return seen;
}

const signing = ["kubernetes:core/v1:Secret"];
const access = [
  "kubernetes:core/v1:ConfigMap",
  "aws:eks/podIdentityAssociation:PodIdentityAssociation",
];

/** That a race was won here says nothing of the next one. */
const ordered: Check = {
  key: "ordered",
  point: 9,
  title: "istiod's release waits for its signing key and its access, so that they outlive it",
  async run(session) {
    const state = await stateOf(session);
    for (const name of session.mesh.runsIn) {
      const mine = (urn: string) => urn.split("::").pop()?.includes(`-${name}-`);
      const release = state.find(({ urn }) => urn.endsWith(`-${name}-istio-${session.istiod}`));
      assert.ok(release, `${name}: expected a release of istiod in the state`);
      const waits = [...before(state, release.urn)].filter(mine);
      for (const type of session.members.length > 1 ? [...signing, ...access] : signing) {
        const found = waits.some((urn) => urn.includes(`${type}::`));
        assert.ok(found, `${name}: expected istiod's release to depend on ${type}`);
      }
    }
  },
};

/** The preview that comes first says it, before anything is deleted. */
const refused: Check = {
  key: "refused",
  whole: true,
  point: 9,
  title: "destroy is refused while `protect` holds",
  async run(session) {
    const before = await resourcesOf(session);
    const { code, output } = await session.cli.watch("destroy", "--yes");
    assert.notEqual(code, 0, "expected `destroy` to be refused; it succeeded");
    assert.match(output, /protect/, "expected `destroy` to say that resources are protected");
    assert.deepEqual(await resourcesOf(session), before, "expected nothing to be deleted");
  },
};

/** A cluster's Kubernetes objects go while its API server, its access and its network still stand. */
function demandOrder(order: readonly Step[]): void {
  const ended = order.findIndex(({ type }) => type === "aws:eks/cluster:Cluster");
  const late = order.filter(
    ({ type }, index) => ended >= 0 && index > ended && /^kubernetes:[^:]+:/.test(type),
  );
  const names = late.map(({ type, name }) => `${type} ${name}`);
  assert.deepEqual(names, [], "expected every object to be deleted before the first cluster");
  const group = order.findIndex(({ type }) => type === "aws:lb/targetGroup:TargetGroup");
  const bound = order.filter(
    ({ type }, index) => group >= 0 && index > group && type.endsWith(":TargetGroupBinding"),
  );
  assert.deepEqual(bound, [], "expected every target to be unbound before its group is deleted");
}

/** Objects of no namespace that a stack makes. */
const clusterWide = [
  "admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
  "admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
  "eks.amazonaws.com/v1/nodeclasses",
  "karpenter.sh/v1/nodepools",
];

/** Names of what a store or an API server still has, but for what is meant to stay. */
async function leftovers({ machine }: Deployment): Promise<string[]> {
  const folder = path.join(machine.store.folder, "aws");
  const cloud = fs.existsSync(folder)
    ? fs
        .readdirSync(folder)
        .flatMap((type) =>
          fs.readdirSync(path.join(folder, type)).map((file) => `aws ${type} ${file}`),
        )
    : [];
  const lists = [...machine.clusters.values()].map(async ({ name, kube }) => {
    const namespaces = await kube.list("/api/v1/namespaces");
    const unscoped = await Promise.all(clusterWide.map((kind) => kube.list(`/apis/${kind}`)));
    const ours = namespaces.filter(({ metadata }) => !/^(default|kube-)/.test(metadata.name));
    const found = [...ours, ...unscoped.flat().filter((one) => !isBrought(one))];
    return found.map(({ metadata }) => `${name}: ${metadata.name}`);
  });
  return [...cloud, ...(await Promise.all(lists)).flat()];
}

/** `aws eks update-cluster-config --no-deletion-protection`: EKS deletes a protected cluster for nobody. */
export function allowDeletion({ store }: Machine, name?: string): void {
  const clusters = store.list("eks.Cluster").filter(({ id }) => name === undefined || id === name);
  for (const cluster of clusters) {
    const [inputs, outputs] = [cluster.inputs, cluster.outputs].map((values) => ({
      ...values,
      deletionProtection: false,
    }));
    store.write({ ...cluster, inputs, outputs });
  }
}

/** What pods get for their ends when all goes: gateways that serve on would only be waited for. */
export const DESTROY_SECONDS = 5;

/** Destroys what is there, while its users go, and looks at everything that could be left. */
export async function demandEmpty(session: Deployment, leaving?: Promise<unknown>): Promise<void> {
  const { cli, machine } = session;
  allowDeletion(machine);
  for (const { kubelet } of machine.clusters.values()) kubelet.mostSeconds = DESTROY_SECONDS;
  const [outcome] = await Promise.all([cli.operate("destroy", "--ignore-protect"), leaving]);
  assert.equal(outcome.code, 0, `\`destroy\` ended with ${failure(outcome)}`);
  demandOrder(outcome.steps);
  assert.deepEqual(await leftovers(session), [], "expected nothing to be left");
  assert.deepEqual(await resourcesOf(session), [], "expected an empty state");
}

const emptied: Check = {
  key: "emptied",
  whole: true,
  point: 9,
  title: "destroy leaves nothing but CRDs",
  always: true,
  async run(session) {
    // Also where a member was removed before: of EKS it would have gone with the cluster.
    const clusters = [...session.machine.clusters.values()];
    await demandEmpty(
      session,
      Promise.all(clusters.flatMap((one) => [removeEcho(one), removeProbes(one)])),
    );
  },
};

export const destroyChecks = [ordered, refused, emptied] as const satisfies readonly Check[];
