import * as assert from "node:assert/strict";
import type { TrustDescription } from "../../../components/topology/description";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import { brokenAt, certificatesOf } from "../run/certificates";
import { demandCells, identityOf, type Expect } from "../run/cells";
import { only, type Check } from "../run/check";
import { failure, type Step } from "../run/cli";
import {
  handshake,
  leafIn,
  makeRoot,
  shownToIstiod,
  signLeaf,
  type Leaf,
  type OwnRoot,
} from "../run/handshake";
import type { Istiod } from "../run/istiod";
import { askInside, probePod } from "../run/probe";
import { discoveryName, proxyIn, rootOf } from "../run/proxy";
import type { Session } from "../run/session";
import { namespace } from "../run/workload";
import { trustBundleFor } from "../run/xds";
import { demandInjection } from "./p7Failover";

/** A mesh with a remote: what istiod serves, and webhooks that no istiod is beside. */
const pattern = "02-primary-remote-different-networks";

/** Config key of the root that takes the place of the generated one. */
const secretKey = "newRoot";
const both = { default: {}, new: { secret: secretKey } };

/** How long istiod and webhooks may take to hear of files that change while they run. */
const hearSeconds = 120;

function write(session: Session, trust: TrustDescription): void {
  const description = { ...session.file.original, trust };
  session.file.write(description);
  session.topology = session.file.topology(description);
}

function setRoot({ cli }: Session, { certificate, key }: OwnRoot) {
  const { stack, configFile } = cli.options;
  const where = ["--stack", stack, "--config-file", configFile];
  const value = `${certificate}${key}`;
  return cli.demand("config", "set", "--secret", ...where, "--", secretKey, value);
}

/** The bundle of every place that must have the same: Secrets of istiods, all webhooks, and what pods mount. */
async function bundlesOf(session: Session): Promise<string[]> {
  const secrets = session.istiods.map(async ({ cluster, namespace: system }) => {
    const { data } = await cluster.kube.get(`/api/v1/namespaces/${system}/secrets/cacerts`);
    return Buffer.from(data["root-cert.pem"], "base64").toString();
  });
  const members = session.members.map(async (member) => {
    const { kube } = session.cluster(member);
    const lists = ["mutating", "validating"].map((kind) =>
      kube.list(`/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations`),
    );
    const webhooks: Json[] = (await Promise.all(lists)).flat().flatMap((one) => one.webhooks);
    const bundles = webhooks.map(({ clientConfig }) =>
      Buffer.from(clientConfig.caBundle, "base64").toString(),
    );
    return [...bundles, await rootOf(session, member)];
  });
  const sent = session.members.map(async (member) => {
    const proxy = { kind: "sidecar", cluster: member, network: session.networkOf(member) } as const;
    return trustBundleFor(await proxyIn(session, member), { ...proxy, namespace });
  });
  return (await Promise.all([...secrets, ...members, ...sent])).flat();
}

const tell = (bundle: string): string =>
  certificatesOf(bundle)
    .map(({ subject }) => subject.replaceAll("\n", " "))
    .join(", ");

/** Waits until all places have one bundle of these roots, in this order. */
async function demandBundle(session: Session, roots: readonly string[]): Promise<string> {
  const expected = roots.join("");
  let seen: string[] = [];
  await until(`one bundle everywhere: ${tell(expected)}`, hearSeconds, async () => {
    seen = await bundlesOf(session);
    return seen.every((bundle) => bundle === expected);
  }).catch((error: Error) => {
    throw new Error(`${error.message}; there are ${[...new Set(seen.map(tell))].join(" and ")}`);
  });
  return expected;
}

/** Serial numbers of the roots by which a running sidecar verifies its peers, as its Envoy tells them. */
async function acceptedIn(session: Session, member: string): Promise<string[]> {
  const cluster = session.cluster(member);
  const { metadata } = await probePod(cluster, { cluster: member, where: "inside" });
  const running = cluster.kubelet.processes.get(metadata.uid);
  if (!running) throw new Error(`${metadata.name} is not run as a process`);
  const { certificates }: Json = JSON.parse(await askInside(running.door, 15000, "/certs"));
  const serials: string[] = certificates
    .flatMap((one: Json) => one.ca_cert)
    .map((one: Json) => serialOf(one.serial_number));
  return [...new Set(serials)].sort();
}

const serialOf = (hexadecimal: string): string => BigInt(`0x${hexadecimal}`).toString(16);

/** Sidecars that ran before accept exactly these roots now, and answer each other. */
async function demandSidecars(session: Session, roots: readonly string[]): Promise<void> {
  const expected = roots.flatMap(certificatesOf).map((one) => serialOf(one.serialNumber));
  for (const member of session.members) {
    let seen: string[] = [];
    await until(`${member}: a sidecar that accepts ${roots.map(tell)}`, hearSeconds, async () => {
      seen = await acceptedIn(session, member);
      return seen.join() === [...expected].sort().join();
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it accepts ${seen.length}: ${seen.join(", ")}`);
    });
  }
  const known: Expect = ({ from }) => ({ answeredTo: identityOf(session, from) });
  await demandCells(session, ["inside"], "inside", known);
}

async function up(session: Session): Promise<Step[]> {
  const outcome = await session.cli.operate("up");
  assert.equal(outcome.code, 0, `\`up\` ended with ${failure(outcome)}`);
  return outcome.steps;
}

const annotation = "istio-patterns/roots";

/** The pods of an istiod, and with what roots they have started. */
async function startedWith(istiod: Istiod): Promise<Set<string>> {
  const pods = await istiod.pods();
  return new Set(pods.map(({ metadata }) => metadata.annotations[annotation]));
}

/** What every pod of istiod says of a client's certificate. */
async function istiodSays(session: Session, leaf: Leaf, roots: string): Promise<string[]> {
  const servername = discoveryName(session);
  const pods = (await Promise.all(session.istiods.map((istiod) => istiod.pods()))).flat();
  return Promise.all(
    pods.map(({ status }) => shownToIstiod(leaf, { address: status.podIP, servername, roots })),
  );
}

async function demandTaken(session: Session, leaf: Leaf, roots: string): Promise<void> {
  const answers = await istiodSays(session, leaf, roots);
  assert.ok(answers.length > 0);
  const others = answers.filter((answer) => answer !== "");
  assert.deepEqual(others, [], "expected istiod to take a client's certificate");
}

async function demandRefused(session: Session, leaf: Leaf, roots: string): Promise<void> {
  const answers = await istiodSays(session, leaf, roots);
  assert.ok(answers.length > 0);
  for (const answer of answers) assert.match(answer, refusal, "expected istiod to refuse it");
}

/** OpenSSL's words for a peer's alert, and for a chain that it does not accept itself. */
const refusal = /unknown ca|bad certificate|self.signed.cert|unable.to.(verify|get)/i;

/** Every pair of them, both ways, among workloads that accept these roots. */
async function demandPeers(leaves: Record<string, Leaf>, roots: string): Promise<void> {
  for (const [server, one] of Object.entries(leaves)) {
    for (const [client, other] of Object.entries(leaves)) {
      const ended = await handshake(one, other, roots);
      assert.equal(ended, "", `${client} calls ${server}, both accept ${tell(roots)}`);
    }
  }
}

async function demandStrangers(leaf: Leaf, stranger: Leaf, roots: string): Promise<void> {
  for (const [server, client] of [
    [leaf, stranger],
    [stranger, leaf],
  ]) {
    const ended = await handshake(server, client, roots);
    assert.match(ended, refusal, `expected no connection where only ${tell(roots)} is accepted`);
  }
}

/** Certificates of every member's workload, all below one root. */
async function leavesBelow(session: Session, root: string): Promise<Record<string, Leaf>> {
  const [top] = certificatesOf(root);
  const leaves: Record<string, Leaf> = {};
  for (const member of session.members) {
    const leaf = await leafIn(session, member);
    const broken = brokenAt(certificatesOf(leaf.cert), top);
    assert.equal(broken, undefined, `${member}: its workload's certificate: ${broken}`);
    leaves[member] = leaf;
  }
  return leaves;
}

const named = (leaves: Record<string, Leaf>, when: string): Record<string, Leaf> =>
  Object.fromEntries(Object.entries(leaves).map(([name, leaf]) => [`${name} ${when}`, leaf]));

/** Releases that change with a bundle, and nothing that runs beside istiod. */
function demandReleases({ members }: Session, steps: readonly Step[]): void {
  const releases = steps.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  const others = releases.filter(
    ({ op, name }) => op !== "update" || !/-istio-(istiod|base)$/.test(name),
  );
  assert.deepEqual(others, [], "expected no other release to change");
  for (const member of members)
    assert.ok(
      releases.some(({ name }) => name.endsWith(`-${member}-istio-istiod`)),
      `${member}: expected its webhooks to change`,
    );
}

/** One `up`, after which every istiod has started with the new bundle and injects. */
async function take(session: Session, trust: TrustDescription, roots: readonly string[]) {
  const before = await Promise.all(session.istiods.map(startedWith));
  write(session, trust);
  demandReleases(session, await up(session));
  const after = await Promise.all(session.istiods.map(startedWith));
  after.forEach((digests, index) => {
    assert.equal(digests.size, 1, "expected all pods of istiod to have started with one bundle");
    for (const digest of digests) assert.ok(!before[index].has(digest), "expected istiod to roll");
  });
  const bundle = await demandBundle(session, roots);
  await demandSidecars(session, roots);
  for (const member of session.members) await demandInjection(session, member);
  return bundle;
}

/** Gives istiod files that nobody has told its Deployment of. */
async function writeByHand(session: Session, bundle: string): Promise<void> {
  const data = { "root-cert.pem": Buffer.from(bundle).toString("base64") };
  for (const { cluster, namespace: system } of session.istiods)
    await cluster.kube.patch(`/api/v1/namespaces/${system}/secrets/cacerts`, { data });
  await until("istiod to hand out the bundle", hearSeconds, async () => {
    const found = await Promise.all(session.members.map((member) => rootOf(session, member)));
    return found.every((one) => one === bundle);
  });
}

/** Pods of the probes in the mesh, which no step restarts. */
async function probesOf({ members, cluster }: Session): Promise<string[]> {
  const pods = members.map((one) => probePod(cluster(one), { cluster: one, where: "inside" }));
  return (await Promise.all(pods)).map(({ metadata }) => metadata.uid);
}

const rotation: Check = {
  key: "rotation",
  point: 3,
  title:
    "one root takes another's place: each step is accepted beside the one before it, and none further off",
  skip: only(pattern),
  async run(session) {
    const { work, mesh } = session;
    const { certificate: next, ...made } = await makeRoot(work, "new");
    await setRoot(session, { certificate: next, ...made });
    const identity = `spiffe://${mesh.trustDomain}/ns/${namespace}/sa/default`;
    const early = await signLeaf(work, "new", identity);
    const old = await rootOf(session, session.members[0]);
    const running = await probesOf(session);
    const first = await leavesBelow(session, old);
    const [one] = Object.values(first);

    // Signing before all accept the new root.
    await demandPeers(first, old);
    await demandStrangers(one, early, old);
    await demandRefused(session, early, old);
    // A bundle that istiod does not roll for.
    await writeByHand(session, `${old}${next}`);
    await demandRefused(session, early, old);

    const added = await take(session, { roots: both, signing: "default" }, [old, next]);
    const second = await leavesBelow(session, old);
    await demandPeers({ ...first, ...named(second, "added"), early }, added);
    for (const leaf of [one, early]) await demandTaken(session, leaf, added);

    const signs = await take(session, { roots: both, signing: "new" }, [next, old]);
    const third = await leavesBelow(session, next);
    const [newest] = Object.values(third);
    for (const roots of [added, signs])
      await demandPeers({ ...first, ...named(third, "signed") }, roots);
    for (const leaf of [one, newest]) await demandTaken(session, leaf, signs);

    const last = await take(session, { roots: { new: both.new } }, [next]);
    await demandPeers({ ...third, ...named(await leavesBelow(session, next), "last") }, last);
    await demandTaken(session, newest, last);
    // Removing the old root while it is still shown.
    await demandStrangers(newest, one, last);
    await demandRefused(session, one, last);
    assert.deepEqual(await probesOf(session), running, "expected no workload to restart");
    const quiet = await session.cli.preview("--refresh", "--expect-no-changes");
    assert.equal(quiet.code, 0, `expected no change; \`preview\` ended with ${failure(quiet)}`);
  },
};

/** What a preview is refused with, as `up` is before it begins. */
async function demandHeld(session: Session, words: RegExp): Promise<void> {
  const { code, output } = await session.cli.preview();
  assert.notEqual(code, 0, "expected `preview` to be refused; it was content");
  assert.match(output, words);
}

const held: Check = {
  key: "held",
  point: 3,
  title: "the engine lets no root go that signs, and takes no other one under its name",
  skip: only(pattern),
  async run(session) {
    const { work, topology } = session;
    write(session, { roots: { other: {} } });
    await demandHeld(session, /-root-shared-new-pin" cannot be deleted\s+because it is protected/);
    write(session, { roots: { new: both.new } });
    await setRoot(session, await makeRoot(work, "another"));
    await demandHeld(session, /unable to replace resource "[^"]*-root-shared-new-pin"/);
    session.topology = topology;
  },
};

export const rootChecks = [rotation, held] as const satisfies readonly Check[];
