import * as assert from "node:assert/strict";
import * as path from "node:path";
import { command, until } from "../machine/processes";
import { only, type Check } from "../run/check";
import { failure } from "../run/cli";
import type { Session } from "../run/session";
import { removeEcho } from "../run/workload";
import { seeingChecks } from "./p2IstiodsSee";
import { trustChecks } from "./p3Trust";
import { endpointChecks } from "./p4Endpoints";
import { injectionChecks } from "./p5Injection";
import { demandEmpty } from "./p9Destroy";

const once = only("01-single-cluster");

async function demandUp({ cli }: Session, what: string): Promise<void> {
  const outcome = await cli.operate("up");
  assert.equal(
    outcome.code,
    0,
    `expected \`up\` to succeed ${what}; it ended with ${failure(outcome)}`,
  );
}

async function demandFailure({ cli }: Session, what: string, says: RegExp): Promise<void> {
  const outcome = await cli.operate("up");
  assert.notEqual(outcome.code, 0, `expected \`up\` to fail ${what}`);
  const message = `expected \`up\` to say why it failed ${what}; it ended with ${failure(outcome)}`;
  assert.match(outcome.output, says, message);
}

const admission = "/apis/admissionregistration.k8s.io/v1";
const policy = { metadata: { name: "lab-refuses" } };
const policyPath = `${admission}/validatingadmissionpolicies/${policy.metadata.name}`;
const bindingPath = `${admission}/validatingadmissionpolicybindings/${policy.metadata.name}`;

/** An `up` while an API server refuses istiod's Deployment, as an organization's policy would. */
async function demandRefused(session: Session): Promise<void> {
  const [name] = session.members;
  const { kube } = session.cluster(name);
  const deployments = { apiGroups: ["apps"], apiVersions: ["v1"], resources: ["deployments"] };
  await kube.apply(policyPath, {
    ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicy" },
    ...policy,
    spec: {
      matchConstraints: { resourceRules: [{ ...deployments, operations: ["CREATE"] }] },
      matchConditions: [
        { name: "istiod", expression: `object.metadata.name == "${session.istiod}"` },
      ],
      validations: [{ expression: "false", message: "refused on purpose" }],
    },
  });
  await kube.apply(bindingPath, {
    ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicyBinding" },
    ...policy,
    spec: { policyName: policy.metadata.name, validationActions: ["Deny"] },
  });
  await demandFailure(session, "where a release does", /refused on purpose/);
  for (const one of [bindingPath, policyPath]) await kube.delete(one);
}

/**
 * Ends `up`, with all that it started, once a cluster exists and something is being put into it. Not before the state knows
 * of what is there: an object that was made a moment ago has two field managers from then on, and who changes it has a conflict.
 */
async function killUp({ cli, machine }: Session): Promise<void> {
  cli.checkpoints = true;
  const running = cli.operate("up");
  await until("up to reach the cluster", 120, async () => {
    if (machine.store.list("eks.Cluster").length === 0) return false;
    const [{ kube }] = machine.clusters.values();
    return Boolean(await kube.find("/api/v1/namespaces/istio-system/secrets/cacerts"));
  });
  await until("the state to know of the Secret", 60, () => cli.stateText().includes("-cacerts"));
  cli.kill();
  const { code } = await running;
  cli.checkpoints = false;
  assert.notEqual(code, 0, "expected `up` to be killed before its end");
  // The lock of a state in files outlives who held it.
  await cli.demand("cancel", "--yes", "--stack", cli.options.stack);
}

/**
 * What the README tells a person to do: a release whose installation was cut off is in no state, and its name is taken.
 * There is none where `up` ended before the first one.
 */
async function removeReleases({ members, cluster, machine }: Session): Promise<void> {
  const helm = path.join(machine.options.tools.bin, "helm");
  for (const name of members) {
    const where = ["--kubeconfig", cluster(name).kubeconfig];
    const listed = await command(helm, "list", "--all", "-A", "-o", "json", ...where);
    for (const release of JSON.parse(listed)) {
      await command(helm, "uninstall", release.name, "-n", release.namespace, "--wait", ...where);
    }
  }
}

const killed: Check = {
  key: "killed",
  point: 9,
  title: "an `up` killed in the middle and one that failed leave what destroy can remove",
  skip: once,
  async run(session) {
    await killUp(session);
    await removeReleases(session);
    await demandRefused(session);
    await demandEmpty(session);
  },
};

/** What shows that a mesh is right, however many attempts it took. */
const ofMesh: readonly Check[] = [
  ...seeingChecks,
  ...injectionChecks,
  ...trustChecks,
  ...endpointChecks,
];

async function demandMesh(session: Session): Promise<void> {
  const { pattern } = session.file;
  for (const { run, title } of ofMesh.filter(({ skip }) => !skip?.(pattern))) {
    await run(session).catch((error: Error) => {
      throw new Error(`${title}: ${error.message}`);
    });
  }
  const outcome = await session.cli.preview("--refresh", "--expect-no-changes");
  assert.equal(outcome.code, 0, `expected no change; \`preview\` ended with ${failure(outcome)}`);
}

/** Not while Helm waits for pods: what it leaves then is for a person (https://github.com/pulumi/pulumi-kubernetes/issues/2054). */
const repeated: Check = {
  key: "repeated",
  point: 1,
  title: "`up` makes the mesh right after an API server was away and a release has failed once",
  skip: once,
  async run(session) {
    const [name] = session.members;
    const { server } = session.cluster(name);
    await server.stopServer();
    await demandFailure(
      session,
      "where the API server is away",
      new RegExp(`unreachable: .*${server.endpoint}`),
    );
    await server.startServer();
    await demandRefused(session);
    await demandUp(session, "after both are over");
    await demandMesh(session);
    await removeEcho(session.cluster(name));
    await demandEmpty(session);
  },
};

export const failureChecks = [killed, repeated] as const satisfies readonly Check[];
