import * as assert from "node:assert/strict";
import { until } from "../machine/processes";
import { sidecar, type Check } from "../run/check";
import { failure } from "../run/cli";
import { secure } from "../run/connection";
import { removeProbes } from "../run/probe";
import { resolve, rootOf, tokenIn } from "../run/proxy";
import {
  demandGateways,
  demandIstiods,
  demandSteps,
  edit,
  restart,
  told,
  type Change,
} from "../run/revisions";
import type { Session } from "../run/session";
import { underCalls } from "../run/underCalls";
import { deployAsked, labelNamespace } from "../run/tenants";
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

/** Namespaces of the walk, and the label by which each chooses its istiod. */
const byDefault = { name: "by-default", labels: { "istio-injection": "enabled" } };
const byTag = { name: "by-tag", labels: { "istio.io/rev": "next" } };
const canary = { name: "canary", labels: { "istio.io/rev": "a" } };

/** Tag default's own, whichever revision it points to. */
const byTheDefault = /admission webhook "validation.istio.io" denied/;

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

const gatewayReleases = [
  "prod-east-istio-eastwestgateway",
  "prod-west-istio-eastwestgateway",
  "prod-east-public",
];
const agentReleases = ["cni", "ztunnel"].map((name) => `solo-solo-istio-${name}`);
const updated = (releases: readonly string[]) =>
  releases.map((name) => `update Release lab-${name}`);

/** What a tag is in each place: in a remote it injects alone. */
const ofTheTag = ["prod-east", "prod-west", "solo-solo"].flatMap((place) => {
  const kinds = ["MutatingWebhookConfiguration", "Service", "ValidatingWebhookConfiguration"];
  return (place === "prod-west" ? kinds.slice(0, 1) : kinds).map(
    (kind) => `update ${kind} lab-${place}-tag-default`,
  );
});

const ofGateways =
  (revision: string): Change =>
  ({ meshes }) => {
    meshes.prod.revision = revision;
    Object.assign(meshes.solo, { revision, agentRevision: "a" });
  };
const ofAgents =
  (revision: string): Change =>
  ({ meshes }) => {
    meshes.solo.agentRevision = revision;
  };
const ofTag =
  (revision: string): Change =>
  ({ istio }) => {
    istio!.tags!.default = revision;
  };

async function moveGateways(session: Session, revision: string): Promise<void> {
  demandSteps(await edit(session, ofGateways(revision)), updated(gatewayReleases));
  await demandGateways(session, revision);
}

async function demandAgents({ cluster }: Session, revision: string): Promise<void> {
  const path = "/apis/apps/v1/namespaces/istio-system/daemonsets/ztunnel";
  const { spec } = await cluster("solo").kube.get(path);
  const { env } = spec.template.spec.containers[0];
  const address = env.find(({ name }: { name: string }) => name === "XDS_ADDRESS")?.value;
  assert.equal(address, `istiod-${revision}.istio-system.svc:15012`, "istiod of ztunnel");
}

async function moveAgents(session: Session, revision: string): Promise<void> {
  demandSteps(await edit(session, ofAgents(revision)), updated(agentReleases));
  await demandAgents(session, revision);
}

/** Pods of the tag's namespace follow once they restart. */
async function demandFollowed(session: Session, before: string, revision: string): Promise<void> {
  await demandIstiods(session, { [byDefault.name]: before });
  await restart(session, byDefault.name);
  await demandIstiods(session, { [byDefault.name]: revision });
  await demandValidated(session, byDefault.name, byTheDefault);
}

async function moveTag(session: Session, before: string, revision: string): Promise<void> {
  demandSteps(await edit(session, ofTag(revision)), ofTheTag);
  await demandFollowed(session, before, revision);
}

const moved: Check = {
  key: "upgrade-gateways",
  point: 13,
  title: "gateways move to b by their own releases alone; no call is lost",
  skip: sidecar,
  async run(session) {
    await underCalls(session, () => moveGateways(session, "b"));
    await demandIstiods(session, { [byDefault.name]: "a", [canary.name]: "b" });
  },
};

const agents: Check = {
  key: "upgrade-agents",
  point: 13,
  title: "node agents move to b by their own releases alone",
  skip: sidecar,
  run: (session) => moveAgents(session, "b"),
};

const tagged: Check = {
  key: "upgrade-tag",
  point: 13,
  title: "tag default moves to b without a release or a lost call; pods follow when they restart",
  skip: sidecar,
  run: (session) => underCalls(session, () => moveTag(session, "a", "b")),
};

const back: Check = {
  key: "upgrade-back",
  point: 13,
  title: "tag, node agents and gateways go back, each by what is its own; no call is lost",
  skip: sidecar,
  run: (session) =>
    underCalls(session, async () => {
      await moveTag(session, "b", "a");
      await moveAgents(session, "a");
      await moveGateways(session, "a");
    }),
};

const again: Check = {
  key: "upgrade-again",
  point: 13,
  title: "and all go to b again in one edit; no call is lost",
  skip: sidecar,
  run: (session) =>
    underCalls(session, async () => {
      const steps = await edit(session, (description) => {
        for (const change of [ofGateways, ofAgents, ofTag]) change("b")(description);
      });
      demandSteps(steps, [...updated([...gatewayReleases, ...agentReleases]), ...ofTheTag]);
      await demandGateways(session, "b");
      await demandAgents(session, "b");
      await demandFollowed(session, "a", "b");
    }),
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
    const left = session.members.map((name) => session.cluster(name));
    await Promise.all(left.flatMap((one) => [replaceEcho(one), removeProbes(one)]));
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
    await Promise.all(
      session.members.flatMap((name) =>
        [byDefault, byTag, canary].map((one) => removeNamespace(session.cluster(name), one.name)),
      ),
    );
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
  back,
  again,
  ended,
] as const satisfies readonly Check[];
