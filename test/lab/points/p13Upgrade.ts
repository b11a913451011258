import * as assert from "node:assert/strict";
import type { TopologyDescription } from "../../../components/topology/description";
import { until } from "../machine/processes";
import { sidecar, type Check } from "../run/check";
import { failure, type Step } from "../run/cli";
import { secure } from "../run/connection";
import { removeProbes } from "../run/probe";
import { resolve, rootOf, tokenIn } from "../run/proxy";
import type { Session } from "../run/session";
import { underCalls } from "../run/underCalls";
import { deployAsked, labelNamespace, restartAsked, revisionsIn } from "../run/tenants";
import {
  deployEcho,
  echoPod,
  host,
  namespace as echo,
  port,
  removeNamespace,
  replaceEcho,
} from "../run/workload";
import { endpointsFor, identitiesFor } from "../run/xds";
import { demandRendered } from "./p13Rendered";
import { demandValidated } from "./p5Injection";

const release = "kubernetes:helm.sh/v3:Release";

/** Namespaces of the walk, and the label by which each chooses its istiod. */
const byDefault = { name: "by-default", labels: { "istio-injection": "enabled" } };
const byTag = { name: "by-tag", labels: { "istio.io/rev": "next" } };
const canary = { name: "canary", labels: { "istio.io/rev": "a" } };

/** Tag default's own, whichever revision it points to. */
const byTheDefault = /admission webhook "validation.istio.io" denied/;

type Change = (description: TopologyDescription) => void;

/** Makes one edit and builds it. */
async function edit({ cli, file }: Session, change: Change): Promise<Step[]> {
  const description = structuredClone(file.current);
  change(description);
  file.write(description);
  const outcome = await cli.operate("up");
  assert.equal(outcome.code, 0, `\`up\` ended with ${failure(outcome)}`);
  return outcome.steps;
}

const told = ({ op, type, name }: Step): string => `${op} ${type.split(":").pop()} ${name}`;

/** What was done with releases, and whatever was not created. */
function demandSteps(steps: readonly Step[], expected: readonly string[]): void {
  const seen = steps.filter(({ op, type }) => op !== "create" || type === release).map(told);
  assert.deepEqual(
    seen.sort(),
    [...expected].sort(),
    "what the edit does to releases, and to others that were there",
  );
}

/** Where pods of a namespace get their configuration from, in the sidecar mesh's clusters. */
async function demandIstiods(
  session: Session,
  expected: Readonly<Record<string, string>>,
): Promise<void> {
  for (const name of session.members)
    for (const [where, revision] of Object.entries(expected)) {
      const seen = await revisionsIn(session.cluster(name), where);
      assert.deepEqual(seen, [revision], `${name}: istiod of the pods in ${where}`);
    }
}

async function restart(session: Session, ...namespaces: string[]): Promise<void> {
  for (const name of session.members)
    for (const where of namespaces) await restartAsked(session.cluster(name), where);
}

const gateways = [
  ["east", "istio-system", "labelSelector=istio%3Deastwestgateway"],
  ["west", "istio-system", "labelSelector=istio%3Deastwestgateway"],
  ["east", "istio-ingress-public", "labelSelector=istio%3Dingress-public"],
] as const;

async function demandGateways({ cluster }: Session, revision: string): Promise<void> {
  for (const [name, where, which] of gateways)
    await until(`${name}: gateways in ${where} at revision ${revision}`, 90, async () => {
      const seen = await revisionsIn(cluster(name), where, which);
      return seen.join() === revision;
    });
}

/** A gateway that was replaced keeps its connections until its drain ends: a call on them then is its own matter, and no tag's. */
async function demandReplaced({ cluster }: Session): Promise<void> {
  for (const [name, where, which] of gateways)
    await until(`${name}: replaced gateways in ${where} gone`, 150, async () => {
      const pods = await cluster(name).kube.list(`/api/v1/namespaces/${where}/pods?${which}`);
      return pods.every(({ metadata }) => !metadata.deletionTimestamp);
    });
}

/** A proxy of every member asks the istiod of a revision by its Service, which in a remote is its relay. */
async function demandServed(session: Session, revision: string): Promise<void> {
  const serverName = `istiod-${revision}.${session.namespace}.svc`;
  const identity = `spiffe://${session.mesh.trustDomain}/ns/${echo}/sa/default`;
  for (const name of session.members) {
    const [address] = await resolve(session, name, serverName);
    const [root, token] = [await rootOf(session, name), await tokenIn(session, name)];
    const connection = secure({ address, root, serverName, token, clusterId: name });
    const network = session.networkOf(name);
    const proxy = { kind: "sidecar", cluster: name, network, namespace: echo } as const;
    await until(`${name}: endpoints of both members from ${serverName}`, 60, async () => {
      return (await endpointsFor(connection, proxy, host, port)).length === 2;
    });
    const names = await identitiesFor(connection, proxy, host, port);
    assert.deepEqual(names, [identity], `${name}: identities that ${serverName} tells`);
  }
}

const began: Check = {
  key: "upgrade-began",
  point: 13,
  title: "revision a serves what has no label of a revision, and tag default validates by it",
  skip: sidecar,
  async run(session) {
    for (const name of session.members) {
      const cluster = session.cluster(name);
      await deployEcho(cluster, "sidecar");
      await echoPod(cluster);
      for (const { name: where, labels } of [byDefault, canary]) {
        await labelNamespace(cluster, where, labels);
        await deployAsked(cluster, where);
      }
    }
    await demandIstiods(session, { [byDefault.name]: "a", [canary.name]: "a" });
    await demandGateways(session, "a");
    await demandServed(session, "a");
    await demandValidated(session, byDefault.name, byTheDefault);
  },
};

async function bringSecond(session: Session): Promise<void> {
  const steps = await edit(session, ({ istio, meshes }) => {
    istio!.revisions!.b = { version: "1.31.2" };
    istio!.tags!.next = "b";
    for (const mesh of Object.values(meshes)) mesh.revision = "a";
  });
  const places = ["prod-east", "prod-west", "solo-solo"];
  demandSteps(
    steps,
    places.map((place) => `create Release lab-${place}-istio-istiod-b`),
  );
  const created = steps.map(told);
  for (const one of [
    "create IstiodRelay lab-prod-west-istiod-b-relay",
    "create PodIdentityAssociation lab-prod-east-token-refresher-istiod-b",
    "create ConfigMap lab-prod-west-system-istio-b",
    ...places.map((place) => `create RevisionTag lab-${place}-tag-next`),
  ])
    assert.ok(created.includes(one), `expected ${one} among:\n${created.join("\n")}`);
  for (const name of session.members) {
    await labelNamespace(session.cluster(name), byTag.name, byTag.labels);
    await deployAsked(session.cluster(name), byTag.name);
  }
  await restart(session, byDefault.name);
  await demandServed(session, "b");
  await demandIstiods(session, {
    ...{ [byDefault.name]: "a", [canary.name]: "a", [byTag.name]: "b" },
  });
  await demandGateways(session, "a");
}

const second: Check = {
  key: "upgrade-second",
  point: 13,
  title:
    "revision b comes beside a: its istiods, relay, role, mesh config and tag; no release changes, no call is lost",
  skip: sidecar,
  run: (session) => underCalls(session, () => bringSecond(session)),
};

const rendered: Check = {
  key: "upgrade-rendered",
  point: 13,
  title: "a tag's webhooks and Service are those that `helm template` of the charts renders",
  skip: sidecar,
  run: demandRendered,
};

const namespaces: Check = {
  key: "upgrade-namespaces",
  point: 13,
  title: "a namespace moves to b by its label and a restart, and back",
  skip: sidecar,
  async run(session) {
    for (const revision of ["b", "a", "b"]) {
      for (const name of session.members)
        await labelNamespace(session.cluster(name), canary.name, { "istio.io/rev": revision });
      await restart(session, canary.name);
      await demandIstiods(session, { [canary.name]: revision, [byDefault.name]: "a" });
    }
  },
};

const moved: Check = {
  key: "upgrade-gateways",
  point: 13,
  title: "gateways move to b, and back, by their own releases alone",
  skip: sidecar,
  async run(session) {
    const releases = ["prod-east-istio-eastwestgateway", "prod-west-istio-eastwestgateway"];
    const expected = [...releases, "prod-east-public"].map((name) => `update Release lab-${name}`);
    for (const revision of ["b", "a", "b"]) {
      const steps = await edit(session, ({ meshes }) => {
        meshes.prod.revision = revision;
        Object.assign(meshes.solo, { revision, agentRevision: "a" });
      });
      demandSteps(steps, expected);
      await demandGateways(session, revision);
    }
    await demandIstiods(session, { [byDefault.name]: "a", [canary.name]: "b" });
  },
};

const agents: Check = {
  key: "upgrade-agents",
  point: 13,
  title: "node agents move to b, and back, by their own releases alone",
  skip: sidecar,
  async run(session) {
    const releases = ["cni", "ztunnel"].map((name) => `update Release lab-solo-solo-istio-${name}`);
    for (const revision of ["b", "a", "b"]) {
      const steps = await edit(session, ({ meshes }) => (meshes.solo.agentRevision = revision));
      demandSteps(steps, releases);
      const path = "/apis/apps/v1/namespaces/istio-system/daemonsets/ztunnel";
      const { spec } = await session.cluster("solo").kube.get(path);
      const { env } = spec.template.spec.containers[0];
      const address = env.find(({ name }: { name: string }) => name === "XDS_ADDRESS")?.value;
      assert.equal(address, `istiod-${revision}.istio-system.svc:15012`, "istiod of ztunnel");
    }
  },
};

async function moveTag(session: Session): Promise<void> {
  const places = ["prod-east", "prod-west", "solo-solo"];
  const kinds = ["MutatingWebhookConfiguration", "Service", "ValidatingWebhookConfiguration"];
  const expected = places.flatMap((place) =>
    (place === "prod-west" ? kinds.slice(0, 1) : kinds).map(
      (kind) => `update ${kind} lab-${place}-tag-default`,
    ),
  );
  let before = "a";
  for (const revision of ["b", "a", "b"]) {
    const steps = await edit(session, ({ istio }) => (istio!.tags!.default = revision));
    demandSteps(steps, expected);
    await demandIstiods(session, { [byDefault.name]: before });
    await restart(session, byDefault.name);
    await demandIstiods(session, { [byDefault.name]: revision });
    await demandValidated(session, byDefault.name, byTheDefault);
    before = revision;
  }
}

const tagged: Check = {
  key: "upgrade-tag",
  point: 13,
  title:
    "tag default moves to b, and back, without a release or a lost call; pods follow when they restart",
  skip: sidecar,
  async run(session) {
    await demandReplaced(session);
    await underCalls(session, () => moveTag(session));
  },
};

const ended: Check = {
  key: "upgrade-ended",
  point: 13,
  title: "revision a leaves when nothing names it, with what is its own, and pods run on",
  skip: sidecar,
  async run(session) {
    const { cli, file } = session;
    const early = structuredClone(file.current);
    early.istio!.tags!.default = "a";
    delete early.istio!.revisions!.a;
    const { current } = file;
    file.write(early);
    const refused = await cli.preview();
    file.write(current);
    assert.notEqual(refused.code, 0, "expected a revision that a tag names to be kept");
    assert.match(
      refused.output,
      /istio\.tags\.default: got "a"; allowed: b; fix: describe it under/,
    );
    // No proxy may be left on what goes.
    for (const name of session.members) {
      await replaceEcho(session.cluster(name));
      await removeProbes(session.cluster(name));
    }
    const steps = await edit(session, ({ istio, meshes }) => {
      delete istio!.revisions!.a;
      for (const mesh of Object.values(meshes)) {
        delete mesh.revision;
        delete mesh.agentRevision;
      }
    });
    const others = steps.filter(({ op }) => op !== "delete").map(told);
    assert.deepEqual(others, [], "expected nothing but deletions");
    const strangers = steps.map(told).filter((one) => !/(istiod-a\b|istio-a\b)/.test(one));
    assert.deepEqual(strangers, [], "expected what is of revision a alone to go");
    await restart(session, byDefault.name, canary.name, byTag.name);
    await demandIstiods(session, {
      ...{ [byDefault.name]: "b", [canary.name]: "b", [byTag.name]: "b" },
    });
    await demandGateways(session, "b");
    await demandValidated(session, byDefault.name, byTheDefault);
    const still = await cli.preview("--refresh", "--expect-no-changes");
    assert.equal(still.code, 0, `expected no change; \`preview\` ended with ${failure(still)}`);
    for (const name of session.members)
      for (const where of [byDefault, byTag, canary])
        await removeNamespace(session.cluster(name), where.name);
  },
};

export const upgradeSteps = [
  began,
  second,
  rendered,
  namespaces,
  moved,
  agents,
  tagged,
  ended,
] as const satisfies readonly Check[];
