import * as assert from "node:assert/strict";
import type { Cell, Need } from "../../../components/mesh/reach";
import { plain } from "../../../cli/text/style";
import { renderVerified } from "../../../cli/verify/words";
import { issueIntermediate, issueRoot } from "../run/authority";
import { broken, eksOf, signWith, withoutStored } from "../run/breaking";
import { only, type Check } from "../run/check";
import type { Session } from "../run/session";
import { everyCell, verifyStack } from "../run/verifying";

/** What is broken on purpose: the cells that it stops, and the reason that `verify` has to give for each of them. */
interface Fault {
  readonly stops: (cell: Cell) => boolean;
  readonly says: RegExp;
}

/** Seconds until probes are ready, and until what works is known to. */
const patience = 30;

/**
 * Seconds after an istiod has gone: namespaces get no root before another leads, which takes until the lease of the former one ends
 * (istio, pilot/pkg/leaderelection/leaderelection.go: 30 seconds).
 */
const succession = 75;

/** Holds the clusters against their plan: what the faults stop differs for its reason, and nothing else does. */
async function demandFound(
  session: Session,
  faults: readonly Fault[],
  timeout = patience,
): Promise<void> {
  const found = await verifyStack(session, { ...everyCell(), timeout });
  const text = renderVerified(found, plain);
  const { verdicts = [] } = found.asked ?? {};
  for (const { cell, asPlanned, likely } of verdicts) {
    const name = `${cell.from} → ${cell.to}`;
    const own = faults.filter(({ stops }) => cell.way.kind !== "none" && stops(cell));
    assert.equal(asPlanned, own.length === 0, `${name} as planned:\n${text}`);
    for (const { says } of own) assert.match(likely ?? "", says, `why not ${name}:\n${text}`);
  }
  for (const { stops, says } of faults)
    assert.ok(
      verdicts.some(({ cell }) => stops(cell)),
      `nothing was asked of ${says}`,
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
      async () => {
        const undo = await signWith(istiod, own, root.certificate);
        // An istiod that runs takes no other root.
        await istiod.restart();
        return async () => {
          await undo();
          await istiod.restart();
        };
      },
      () => {
        const fault = { stops: isApart, says: /^roots of \w+ in \w+: istiod of/ };
        return demandFound(session, [fault], succession);
      },
    );
  },
};

export const faultChecks = [routeless, ruleless] as const satisfies readonly Check[];

/** Last of what is asked: an istiod with a root of its own writes that into webhooks, which are its own to write from then on. */
export const rootFaultChecks = [stranger] as const satisfies readonly Check[];
