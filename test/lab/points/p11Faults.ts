import * as assert from "node:assert/strict";
import type { Cell, Need } from "../../../components/mesh/reach";
import { EAST_WEST_NAME, gatewayKey } from "../../../components/topology";
import { plain } from "../../../cli/text/style";
import { renderVerified } from "../../../cli/verify/words";
import { until } from "../machine/processes";
import { issueIntermediate, issueRoot, type Authority } from "../run/authority";
import {
  broken,
  brokenAll,
  deny,
  eksOf,
  emptyGateway,
  isolate,
  signWith,
  strictPath,
  withoutObject,
  withoutStored,
} from "../run/breaking";
import { only, type Check } from "../run/check";
import type { Istiod } from "../run/istiod";
import { rootOf } from "../run/proxy";
import type { Session } from "../run/session";
import { busy } from "../run/underCalls";
import { everyCell, verifyStack } from "../run/verifying";

/** What is broken on purpose: the cells that it stops, or lets through, and the reason that `verify` has to give for each of them. */
interface Fault {
  readonly stops?: (cell: Cell) => boolean;
  readonly opens?: (cell: Cell) => boolean;
  readonly says: RegExp;
}

/** Whether a fault makes another outcome of a cell than is planned. */
const turns =
  (cell: Cell) =>
  ({ stops, opens }: Fault): boolean =>
    (cell.way.kind === "none" ? opens : stops)?.(cell) ?? false;

/** Seconds until probes are ready, and until what works is known to. */
const patience = 30;

/** Holds the clusters against their plan: what the faults stop, or open, differs for its reason, and nothing else does. */
async function demandFound(session: Session, faults: readonly Fault[]): Promise<void> {
  const found = await verifyStack(session, { ...everyCell(), timeout: patience });
  const text = renderVerified(found, plain);
  const { verdicts = [] } = found.asked ?? {};
  for (const { cell, asPlanned, likely } of verdicts) {
    const name = `${cell.from} → ${cell.to}`;
    const own = faults.filter((fault) => turns(cell)(fault));
    assert.equal(asPlanned, own.length === 0, `${name} as planned:\n${text}`);
    for (const { says } of own) assert.match(likely ?? "", says, `why not ${name}:\n${text}`);
  }
  for (const fault of faults)
    assert.ok(
      verdicts.some(({ cell }) => turns(cell)(fault)),
      `nothing was asked of ${fault.says}`,
    );
}

const needs =
  (is: (need: Need) => boolean) =>
  (cell: Cell): boolean =>
    cell.needs.some(is);

const routeless: Check = {
  key: "routeless",
  point: 11,
  title: "verify finds that a VPC has lost its routes to another: the calls both ways need them",
  skip: only("02-multi-primary-same-network-routed-vpcs"),
  async run(session) {
    const { store } = session.machine;
    const [from] = session.members;
    const { vpcId } = eksOf(session, from);
    const tables = store.list("ec2.RouteTable").filter(({ outputs }) => outputs.vpcId === vpcId);
    const ids = tables.map(({ id }) => id);
    const routes = store
      .list("ec2.Route")
      .filter(({ outputs }) => ids.includes(outputs.routeTableId))
      .filter(({ outputs }) => outputs.vpcPeeringConnectionId);
    await broken(withoutStored(session, routes), () =>
      demandFound(session, [
        {
          stops: needs(({ kind }) => kind === "route"),
          says: /^no packet comes back; it needs routes \S+ ⇄ \S+/,
        },
      ]),
    );
  },
};

const ruleless: Check = {
  key: "ruleless",
  point: 11,
  title: "verify finds that a rule between two clusters' pods is gone: their calls one way need it",
  skip: only("02-multi-primary-same-network"),
  async run(session) {
    const [from, to] = session.members;
    const [source, target] = [from, to].map((one) => eksOf(session, one).clusterSecurityGroupId);
    const rules = session.machine.store
      .list("vpc.SecurityGroupIngressRule")
      .filter(({ outputs }) => outputs.securityGroupId === target)
      .filter(({ outputs }) => outputs.referencedSecurityGroupId === source);
    const isInto = ({ from: caller, to: called }: Cell) =>
      caller.split("/").at(-1) === from && called.split("/").at(-1) === to;
    await broken(withoutStored(session, rules), () =>
      demandFound(session, [
        { stops: isInto, says: /^no packet comes back; it needs rule \S+ into group \S+$/ },
      ]),
    );
  },
};

const stopped: Check = {
  key: "stopped",
  point: 11,
  title:
    "verify finds a gateway without pods, policies that deny, isolate or are gone, each by the calls that it stops or lets in",
  skip: only(busy),
  async run(session) {
    const { mesh, members } = session;
    const [denying, without] = members;
    const gateway = gatewayKey(mesh.name, without, EAST_WEST_NAME);
    const faults: Fault[] = [
      {
        stops: ({ way }) => way.kind === "gateways" && way.through.flat().includes(gateway),
        says: /^gateway \S+ in \w+: has no ready pod behind it$/,
      },
      {
        stops: ({ to }) => to === `${mesh.name}/${denying}`,
        says: /^a policy denies it: istio-system\/nobody in \w+$/,
      },
      {
        // Of those outside the mesh this one alone calls another pod of its cluster.
        stops: ({ from, to }) => from === `${mesh.name}/${without}` && to === without,
        says: /^NetworkPolicy \S+-verify-\w+\/quarantine in \w+ isolates \w+$/,
      },
      {
        opens: ({ from, to }) => from === without && to === `${mesh.name}/${without}`,
        says: /^no PeerAuthentication in \w+ makes mutual TLS strict in mesh \w+$/,
      },
    ];
    const breaks = [
      () => emptyGateway(session, without),
      () => deny(session, denying),
      () => isolate(session, without),
      () => withoutObject(session.cluster(without).kube, strictPath(session)),
    ];
    await brokenAll(breaks, () => demandFound(session, faults));
  },
};

/**
 * Gives an istiod other files to sign with, and waits until the cluster's namespaces hear of it. One that runs takes no other root; the
 * one that comes tells it once it leads (istio, pilot/pkg/serviceregistry/kube/controller/multicluster.go).
 */
async function signedBy(session: Session, istiod: Istiod, by: Authority, root: string) {
  const begin = async (told: string) => {
    await istiod.restart();
    await until(`${istiod.name}: another root in its namespaces`, 60, async () =>
      (await rootOf(session, istiod.name)).includes(told.trim()),
    );
  };
  const before = await rootOf(session, istiod.name);
  const giveBack = await signWith(istiod, by, root);
  await begin(root);
  return async () => {
    await giveBack();
    await begin(before);
  };
}

const stranger: Check = {
  key: "stranger",
  point: 11,
  title: "verify finds that one cluster has a root of its own: no call to or from it is answered",
  skip: only("02-multi-primary-same-network"),
  async run(session) {
    const [, istiod] = session.istiods;
    const root = await issueRoot("a root of its own");
    const own = await issueIntermediate(root, "an istiod of its own");
    const { name } = session.mesh;
    const isApart = ({ from, to, identity }: Cell) =>
      identity !== undefined &&
      (from === `${name}/${istiod.name}`) !== (to === `${name}/${istiod.name}`);
    await broken(
      () => signedBy(session, istiod, own, root.certificate),
      () => demandFound(session, [{ stops: isApart, says: /^roots of \w+ in \w+: istiod of/ }]),
    );
  },
};

export const faultChecks = [routeless, ruleless, stopped] as const satisfies readonly Check[];

/** Last of what is asked: an istiod with a root of its own writes that into webhooks, which are its own to write from then on. */
export const rootFaultChecks = [stranger] as const satisfies readonly Check[];
