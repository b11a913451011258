import * as assert from "node:assert/strict";
import { growing, only, type Check } from "../run/check";
import { failure, type Step } from "../run/cli";
import type { Session } from "../run/session";
import { addedCluster } from "../run/stackFile";
import { busy, underCalls } from "../run/underCalls";
import { deployEcho, echoPod } from "../run/workload";
import { demandSynced } from "./p2IstiodsSee";
import { demandServing } from "./p4Endpoints";
import { allowDeletion, DESTROY_SECONDS } from "./p9Destroy";

const release = "kubernetes:helm.sh/v3:Release";

const oneField: Check = {
  key: "one-field",
  point: 6,
  title: "a chart value of a mesh touches its istiod releases and nothing else",
  async run({ cli, file, mesh, istiods, remotes, istiod: called }) {
    const { original } = file;
    const described = original.meshes[mesh.name];
    const istiod = { ...described.values?.istiod, meshConfig: { accessLogFile: "/dev/stdout" } };
    const changed = { ...described, values: { ...described.values, istiod } };
    file.write({ ...original, meshes: { ...original.meshes, [mesh.name]: changed } });
    const { steps, ...outcome } = await cli.preview();
    file.write(original);
    assert.equal(outcome.code, 0, `\`preview\` of one field ended with ${failure(outcome)}`);
    const touched = steps.map(({ op, type }) => `${op} ${type}`);
    // In a remote the release of that name holds the webhooks.
    const expected = [...istiods, ...remotes].map(() => `update ${release}`);
    const message = `expected one release per istiod and remote; it plans ${tell(steps)}`;
    assert.deepEqual(touched, expected, message);
    const others = steps.filter(({ name }) => !name.endsWith(`-${called}`));
    assert.deepEqual(others, [], "expected releases of istiod only");
  },
};

const tell = (steps: readonly Step[]): string =>
  steps.map(({ op, type, name }) => `\n  ${op} ${type} ${name}`).join("");

/** Pods of istiod with their restarts: what must not change when something else does. */
async function incarnations(session: Session, names: readonly string[]): Promise<string[]> {
  const istiods = session.istiods.filter(({ name }) => names.includes(name));
  const pods = (await Promise.all(istiods.map((istiod) => istiod.pods()))).flat();
  return pods
    .map(({ metadata, status }) => {
      const restarts = status.containerStatuses?.map((one: { restartCount: number }) =>
        String(one.restartCount),
      );
      return `${metadata.name} ${metadata.uid} ${restarts}`;
    })
    .sort();
}

/** What comes and goes with one cluster is no release of another. */
function demandOthersAlone(steps: readonly Step[]): void {
  const others = steps.filter(
    ({ type, name }) => type === release && !name.includes(`-${addedCluster}-`),
  );
  assert.deepEqual(others, [], `expected no other release to change:${tell(others)}`);
}

async function addCluster(session: Session): Promise<void> {
  const { cli, file } = session;
  const { runsIn } = session.mesh;
  const before = await incarnations(session, runsIn);
  const description = file.withAddedCluster();
  file.write(description);
  const outcome = await cli.operate("up");
  assert.equal(outcome.code, 0, `\`up\` with one more cluster ended with ${failure(outcome)}`);
  session.topology = file.topology(description);
  demandOthersAlone(outcome.steps);
  const destroyed = outcome.steps.filter(({ op }) => /delete|replace/.test(op));
  assert.deepEqual(destroyed, [], `expected nothing to be replaced:${tell(destroyed)}`);
  await deployEcho(session.cluster(addedCluster), session.mesh.dataPlane);
  await echoPod(session.cluster(addedCluster));
  await demandSynced(session);
  await demandServing(session);
  const after = await incarnations(session, runsIn);
  assert.deepEqual(after, before, "expected the istiods that ran to run on");
}

const addedTitle =
  "a cluster added while everything runs is synced; no other release or istiod changes";

const added: Check = {
  key: "added",
  point: 6,
  title: addedTitle,
  skip: (pattern) => growing(pattern) ?? (only(busy)(pattern) ? undefined : "underCalls"),
  run: addCluster,
};

const addedUnderCalls: Check = {
  key: "added-under-calls",
  point: 6,
  title: `${addedTitle}; no call is lost`,
  skip: only(busy),
  run: (session) => underCalls(session, () => addCluster(session)),
};

/** A VPC that leaves with its network is protected until someone says otherwise, as the engine's message has it. */
async function unprotectAdded({ cli, topology }: Session): Promise<void> {
  const { stack } = cli.options;
  const held = (await cli.resources()).filter(
    ({ urn, protect }) => protect && urn.endsWith(`::${topology.name}-${addedCluster}`),
  );
  for (const { urn } of held) {
    await cli.demand("state", "unprotect", urn, "--yes", "--stack", stack);
  }
}

const removed: Check = {
  key: "removed",
  point: 7,
  title: "removing a cluster removes its endpoints; no other release or istiod changes",
  skip: growing,
  async run(session) {
    const { cli, file } = session;
    const wasThere = session.members.includes(addedCluster);
    const stay = session.mesh.runsIn.filter((name) => name !== addedCluster);
    const before = await incarnations(session, stay);
    // Whatever became of the addition: later checks speak of the stack as it was written.
    file.write(file.original);
    session.topology = file.topology();
    await unprotectAdded(session);
    allowDeletion(session.machine, `${session.topology.name}-${addedCluster}`);
    session.cluster(addedCluster).kubelet.mostSeconds = DESTROY_SECONDS;
    const outcome = await cli.operate("up");
    assert.equal(outcome.code, 0, `\`up\` with one cluster less ended with ${failure(outcome)}`);
    assert.ok(wasThere, "expected a cluster to have been added before");
    demandOthersAlone(outcome.steps);
    await demandSynced(session);
    await demandServing(session);
    const after = await incarnations(session, stay);
    assert.deepEqual(after, before, "expected the istiods that stay to run on");
  },
};

/** EKS refuses a control plane other zones than it was made with; its nodes follow the VPC. */
const zones: Check = {
  key: "zones",
  point: 6,
  title: "a zone comes and goes in a VPC, and the control plane in it stays where it is",
  skip: only("01-single-cluster"),
  async run({ cli, file, machine }) {
    const { original } = file;
    const [[name, network]] = Object.entries(original.networks);
    const placed = () => machine.store.outputs("eks.Cluster").map(({ vpcConfig }) => vpcConfig);
    const before = placed();
    const [{ kube }] = [...machine.clusters.values()];
    for (const count of [2, 3]) {
      file.write({ ...original, networks: { [name]: { ...network, zones: count } } });
      const outcome = await cli.operate("up");
      assert.equal(outcome.code, 0, `\`up\` with ${count} zones ended with ${failure(outcome)}`);
      const [{ spec }] = await kube.list("/apis/eks.amazonaws.com/v1/nodeclasses");
      assert.equal(spec.subnetSelectorTerms.length, count, "expected nodes in every zone");
      assert.deepEqual(placed(), before, "expected the control plane to stay");
    }
    file.write(original);
  },
};

/** AWS lists zones by name: a new one moves all behind it. */
const zoneList: Check = {
  key: "zone-list",
  point: 6,
  title: "a zone that AWS adds to a region moves no subnet",
  skip: only("01-single-cluster"),
  async run({ cli, machine }) {
    const subnets = machine.store.outputs("ec2.Subnet");
    const zones = [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))].sort();
    const region = zones[0].slice(0, -1);
    machine.store.writeZones(region, [...zones.slice(1), `${region}d`, zones[0]]);
    const outcome = await cli.preview("--expect-no-changes");
    machine.store.writeZones(region, zones);
    assert.equal(outcome.code, 0, `expected no change; \`preview\` ended with ${failure(outcome)}`);
  },
};

export const changeChecks = [
  oneField,
  zones,
  zoneList,
  added,
  addedUnderCalls,
] as const satisfies readonly Check[];
export const removalChecks = [removed] as const satisfies readonly Check[];
