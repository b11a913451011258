import * as assert from "node:assert/strict";
import { remotes, type Check } from "../run/check";
import type { Session } from "../run/session";
import { before, stateOf, type Kept } from "./p9Destroy";

const release = "kubernetes:helm.sh/v3:Release";
const secret = "kubernetes:core/v1:Secret";
const entry = "aws:eks/accessEntry:AccessEntry";

/** A resource by its type and the end of its name. */
type Named = readonly [type: string, name: string];

function find(state: readonly Kept[], [type, name]: Named): string {
  const found = state.find((one) => one.type.endsWith(type) && one.urn.endsWith(`-${name}`));
  assert.ok(found, `expected a ${type} ${name} in the state`);
  return found.urn;
}

function demandWaits(state: readonly Kept[], later: Named, earlier: readonly Named[]): void {
  const waits = before(state, find(state, later));
  for (const one of earlier) {
    const message = `expected ${later.join(" ")} to wait for ${one.join(" ")}`;
    assert.ok(waits.has(find(state, one)), message);
  }
}

const istiodOf = ({ istiod }: Session, place: string): Named => [
  release,
  `${place}-istio-${istiod}`,
];
const secretOf = (server: string): Named => [secret, `${server}-remote-clusters`];
const bindingsOf = ({ istiod }: Session, server: string): Named[] =>
  [15012, 443].map((port) => [":TargetGroupBinding", `${server}-${istiod}-${port}`]);

/** Pods get the gates of the bindings that are there before them. */
function demandBindings(session: Session, state: readonly Kept[], server: string): void {
  const ports = [15012, 15017];
  bindingsOf(session, server).forEach((binding, index) => {
    const group: Named = [
      "lb/targetGroup:TargetGroup",
      `${server}-${session.istiod}-${ports[index]}`,
    ];
    demandWaits(state, binding, [group]);
    demandWaits(state, istiodOf(session, server), [binding]);
  });
}

/** istiod looks once, when it first hears of a remote, at the namespace there. */
function demandHeard({ mesh }: Session, state: readonly Kept[], server: string): void {
  const { members, configCluster } = mesh;
  const served = Object.keys(members).filter((name) => members[name].servedBy.includes(server));
  for (const remote of served.filter((name) => name !== configCluster)) {
    const system: Named = ["kubernetes:core/v1:Namespace", `${remote}-system`];
    demandWaits(state, secretOf(server), [system]);
  }
}

/** Without its kubeconfig an external istiod would read the cluster that it runs in, and say nothing. */
function demandConfigured(session: Session, state: readonly Kept[], server: string): void {
  const { configCluster } = session.mesh;
  if (configCluster === undefined) return;
  const kubeconfig: Named = [secret, `${server}-config-cluster`];
  const rights: Named = [entry, `${configCluster}-reader`];
  const waits = [kubeconfig, rights, istiodOf(session, configCluster)];
  demandWaits(state, istiodOf(session, server), waits);
}

/** Its pods are injected, get their certificates and mount what istiod writes: all of that must be there. */
function demandGateway(session: Session, state: readonly Kept[], remote: string): void {
  const gateway: Named = [release, `${remote}-istio-eastwestgateway`];
  const serving = session.mesh.members[remote].servedBy.flatMap((server) => [
    istiodOf(session, server),
    secretOf(server),
    ...bindingsOf(session, server),
  ]);
  demandWaits(state, gateway, [istiodOf(session, remote), ...serving]);
}

const orderedRemotes: Check = {
  key: "ordered-remotes",
  point: 9,
  title: "what remotes and external istiods need outlives them, bindings to load balancers too",
  skip: remotes,
  async run(session) {
    const state = await stateOf(session);
    for (const server of session.mesh.runsIn) {
      demandBindings(session, state, server);
      demandHeard(session, state, server);
      demandConfigured(session, state, server);
    }
    const networks = new Set(session.members.map(session.networkOf));
    const gateways = networks.size > 1 ? session.remotes : [];
    for (const remote of gateways) demandGateway(session, state, remote);
  },
};

export const remoteOrderChecks = [orderedRemotes] as const satisfies readonly Check[];
