import * as assert from "node:assert/strict";
import type { TrustDescription } from "../../../components/topology/description";
import type { Json } from "../machine/kube";
import { sleep, until } from "../machine/processes";
import { demandCells, identityOf, type Expect } from "../run/cells";
import { brokenAt, certificatesOf } from "../run/certificates";
import type { Check } from "../run/check";
import { failure, type Step } from "../run/cli";
import {
  handshake,
  leafIn,
  makeRoot,
  signIntermediate,
  signLeaf,
  type Leaf,
} from "../run/handshake";
import type { Istiod } from "../run/istiod";
import { rootOf } from "../run/proxy";
import {
  demandBundle,
  demandEnvoys,
  demandRefused,
  demandTaken,
  hearSeconds,
  refusal,
  shownNow,
  tell,
  uidsOf,
} from "../run/roots";
import type { Session } from "../run/session";
import { namespace } from "../run/workload";
import { demandInjection } from "./p7Failover";

/** Config key of the root that takes the place of the generated one. */
const secretKey = "newRoot";
const both = { default: {}, new: { secret: secretKey } };

type Leaves = Readonly<Record<string, Leaf>>;

/** What steps leave behind for later ones to show. */
interface Way {
  /** PEM of the root that goes, and of the one that takes its place. */
  old: string;
  next: string;
  /** Envoys that run, which no step restarts. */
  running: readonly string[];
  /** Certificates of workloads below the old root, and below the new one from before any istiod signs so. */
  first: Leaves;
  early: Leaf;
  /** Certificates below the new root, signed by an istiod. */
  newest: Leaves;
}

function write(session: Session, trust: TrustDescription): void {
  const description = { ...session.file.original, trust };
  session.file.write(description);
  session.topology = session.file.topology(description);
}

function setRoot({ cli }: Session, { cert, key }: Leaf) {
  const { stack, configFile } = cli.options;
  const where = ["--stack", stack, "--config-file", configFile];
  return cli.demand("config", "set", "--secret", ...where, "--", secretKey, `${cert}${key}`);
}

/** As a person runs it, with the preview before it. */
async function up(session: Session): Promise<Step[]> {
  const outcome = await session.cli.watch("up", "--yes");
  assert.equal(outcome.code, 0, `\`up\` ended with ${failure(outcome)}`);
  return outcome.steps;
}

/** The bundles that the pods of an istiod have started with. */
async function startedWith(istiod: Istiod): Promise<Set<string>> {
  const pods = await istiod.pods();
  return new Set(pods.map(({ metadata }) => metadata.annotations["istio-patterns/roots"]));
}

/** Releases of istiod and of webhooks change with a bundle, and nothing that runs beside them. */
function demandReleases({ members }: Session, steps: readonly Step[]): void {
  const releases = steps.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  const others = releases.filter(
    ({ op, name }) => op !== "update" || !/-istio-(istiod-a|base)$/.test(name),
  );
  assert.deepEqual(others, [], "expected no other release to change");
  for (const member of members)
    assert.ok(
      releases.some(({ name }) => name.endsWith(`-${member}-istio-istiod-a`)),
      `${member}: expected its webhooks to change`,
    );
}

/** One `up`: one bundle is everywhere, istiods have rolled and inject, Envoys run on and show a certificate below one root. */
async function take(
  session: Session,
  trust: TrustDescription,
  roots: readonly string[],
  below: string,
): Promise<string> {
  const before = await Promise.all(session.istiods.map(startedWith));
  write(session, trust);
  demandReleases(session, await up(session));
  const after = await Promise.all(session.istiods.map(startedWith));
  after.forEach((digests, index) => {
    assert.equal(digests.size, 1, "expected all pods of istiod to have started with one bundle");
    for (const digest of digests) assert.ok(!before[index].has(digest), "expected istiod to roll");
  });
  const bundle = await demandBundle(session, roots);
  await demandEnvoys(session, bundle, below);
  const known: Expect = ({ from }) => ({ answeredTo: identityOf(session, from) });
  await demandCells(session, ["inside"], "inside", known);
  for (const member of session.members) await demandInjection(session, member);
  return bundle;
}

/** Every pair of them, both ways, among workloads that accept these roots. */
async function demandPeers(leaves: Leaves, roots: string): Promise<void> {
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

const whyNotBelow = ({ cert }: Leaf, root: string): string | undefined =>
  brokenAt(certificatesOf(cert), certificatesOf(root)[0]);

/** Certificates that istiod signs for every member's workload, all below one root. */
async function leavesBelow(session: Session, root: string, when: string): Promise<Leaves> {
  const leaves: Record<string, Leaf> = {};
  for (const member of session.members) {
    const leaf = await leafIn(session, member);
    const broken = whyNotBelow(leaf, root);
    assert.equal(broken, undefined, `${member}: its workload's certificate: ${broken}`);
    leaves[`${member} ${when}`] = leaf;
  }
  return leaves;
}

/** Gives istiods files that nobody has told their Deployments of. */
async function writeByHand({ istiods }: Session, files: Record<string, string>): Promise<void> {
  for (const { cluster, namespace: system } of istiods) {
    const path = `/api/v1/namespaces/${system}/secrets/cacerts`;
    const { apiVersion, kind, type, metadata, data } = await cluster.kube.get(path);
    const { name, managedFields } = metadata;
    const owner = managedFields.find((one: Json) => one.operation === "Apply").manager;
    const encoded = Object.entries(files).map(([file, text]) => [
      file,
      Buffer.from(text).toString("base64"),
    ]);
    const own = { name, namespace: system };
    const all = { ...data, ...Object.fromEntries(encoded) };
    const body = { apiVersion, kind, type, metadata: own, data: all };
    // As who wrote it: a field that someone else has touched is one that the next `up` cannot change.
    await cluster.kube.patch(`${path}?fieldManager=${owner}`, body, "apply");
  }
}

const began = (way: Way): Check => ({
  key: "rotation-began",
  point: 3,
  title: "before a root is added, workloads and istiod refuse a certificate below it",
  async run(session) {
    const { work, mesh, members } = session;
    const next = await makeRoot(work, "new");
    await setRoot(session, next);
    const identity = `URI:spiffe://${mesh.trustDomain}/ns/${namespace}/sa/default`;
    const [old, early] = [await rootOf(session, members[0]), await signLeaf(work, "new", identity)];
    const running = await uidsOf(session);
    await demandEnvoys(session, old, old);
    const first = await leavesBelow(session, old, "at first");
    Object.assign(way, { old, next: next.cert, running, first, early });
    const [one] = Object.values(first);
    await demandPeers(first, old);
    await demandTaken(session, one, old);
    await demandStrangers(one, early, old);
    await demandRefused(session, early, old);
  },
});

const unrolled = (way: Way): Check => ({
  key: "rotation-unrolled",
  point: 3,
  title: "an istiod that has not rolled hands out a new bundle, and refuses clients below its root",
  async run(session) {
    const { old, next, early, first } = way;
    const bundle = `${old}${next}`;
    await writeByHand(session, { "root-cert.pem": bundle });
    await until("istiod to hand out the bundle", hearSeconds, async () => {
      const found = await Promise.all(session.members.map((member) => rootOf(session, member)));
      return found.every((one) => one === bundle);
    });
    await demandEnvoys(session, bundle, old);
    await demandRefused(session, early, bundle);
    await demandTaken(session, Object.values(first)[0], bundle);
  },
});

const added = (way: Way): Check => ({
  key: "rotation-added",
  point: 3,
  title: "add: both roots are accepted everywhere, the old one signs, and istiods alone roll",
  async run(session) {
    const { old, next, early, first } = way;
    const bundle = await take(session, { roots: both, signing: "default" }, [old, next], old);
    const second = await leavesBelow(session, old, "after add");
    await demandPeers({ ...first, ...second, early }, bundle);
    for (const leaf of [Object.values(first)[0], early]) await demandTaken(session, leaf, bundle);
  },
});

/** How long Envoys that hear of a bundle take to show another certificate, and more. */
const reactSeconds = 20;

const unordered = (way: Way): Check => ({
  key: "rotation-unordered",
  point: 3,
  title:
    "a root that signs without being the first moves no running proxy to a certificate below it",
  async run(session) {
    const { next } = way;
    const before = await shownNow(session);
    const { cert, key } = await signIntermediate(session.work, "new");
    const chain = `${cert}${next}`;
    await writeByHand(session, { "ca-cert.pem": cert, "ca-key.pem": key, "cert-chain.pem": chain });
    await until("istiod to sign below the new root", hearSeconds, async () => {
      const [member] = session.members;
      return whyNotBelow(await leafIn(session, member), next) === undefined;
    });
    await sleep(reactSeconds * 1000);
    assert.deepEqual(await shownNow(session), before, "expected Envoys to keep their certificates");
  },
});

const signed = (way: Way): Check => ({
  key: "rotation-signed",
  point: 3,
  title:
    "sign: the new root signs and is the first, and running proxies show it beside the old one",
  async run(session) {
    const { old, next, first } = way;
    const bundle = await take(session, { roots: both, signing: "new" }, [next, old], next);
    way.newest = await leavesBelow(session, next, "after sign");
    for (const roots of [`${old}${next}`, bundle])
      await demandPeers({ ...first, ...way.newest }, roots);
    for (const leaves of [first, way.newest])
      await demandTaken(session, Object.values(leaves)[0], bundle);
  },
});

const removed = (way: Way): Check => ({
  key: "rotation-removed",
  point: 3,
  title: "remove: the old root is refused by workloads and istiod, and no proxy has restarted",
  async run(session) {
    const { next, first, newest, running } = way;
    const bundle = await take(session, { roots: { new: both.new } }, [next], next);
    const last = await leavesBelow(session, next, "after remove");
    await demandPeers({ ...newest, ...last }, bundle);
    const [one, other] = [Object.values(first)[0], Object.values(newest)[0]];
    await demandTaken(session, other, bundle);
    await demandStrangers(other, one, bundle);
    await demandRefused(session, one, bundle);
    assert.deepEqual(await uidsOf(session), running, "expected no Envoy to restart");
    const quiet = await session.cli.preview("--refresh", "--expect-no-changes");
    assert.equal(quiet.code, 0, `expected no change; \`preview\` ended with ${failure(quiet)}`);
  },
});

/** What a preview is refused with, as `up` is before it begins. */
async function demandHeld(session: Session, words: RegExp): Promise<void> {
  const { code, output } = await session.cli.preview();
  assert.notEqual(code, 0, "expected `preview` to be refused; it was content");
  assert.match(output, words);
}

const held: Check = {
  key: "rotation-held",
  point: 3,
  title: "the engine lets no root go that signs, and takes no other one under its name",
  async run(session) {
    const { work } = session;
    write(session, { roots: { other: {} } });
    await demandHeld(session, /-root-shared-new-pin" cannot be deleted\s+because it is protected/);
    write(session, { roots: { new: both.new } });
    await setRoot(session, await makeRoot(work, "another"));
    await demandHeld(session, /unable to replace resource "[^"]*-root-shared-new-pin"/);
  },
};

/** From one root to another as docs/roots.md has it; between its steps what follows where one is left out. */
export function rotationSteps(): readonly Check[] {
  const way = {} as Way;
  const steps = [began, unrolled, added, unordered, signed, removed].map((step) => step(way));
  return [...steps, held];
}
