import type { Json } from "../machine/kube";
import type { Stored } from "../machine/store";
import { demandCells, identityOf, nobody, type Expect } from "../run/cells";
import { only, proxied, severalClusters, type Check } from "../run/check";
import { namespaces } from "../run/probe";
import type { Session } from "../run/session";
import { underTraffic } from "../run/stream";

const restarted: Check = {
  key: "restarted",
  point: 11,
  title: "no call is lost while every istiod restarts, one after the other",
  skip: (pattern) => only("02-multi-primary-different-networks")(pattern) ?? proxied(pattern),
  async run(session) {
    await underTraffic(session, async () => {
      for (const istiod of session.istiods) await istiod.restart();
    });
  },
};

/** What AWS holds of a member's cluster. */
function eksOf({ machine, topology }: Session, member: string): Json {
  const all = machine.store.outputs("eks.Cluster");
  return all.find(({ name }) => name === `${topology.name}-${member}`).vpcConfig;
}

/** What leads from one member to another: routes between their VPCs, or rules between their groups in one VPC. */
function between(session: Session, from: string, to: string): Stored[] {
  const { store } = session.machine;
  const [source, target] = [from, to].map((member) => eksOf(session, member));
  if (source.vpcId === target.vpcId) {
    return store
      .list("vpc.SecurityGroupIngressRule")
      .filter(
        ({ outputs }) =>
          outputs.securityGroupId === target.clusterSecurityGroupId &&
          outputs.referencedSecurityGroupId === source.clusterSecurityGroupId,
      );
  }
  const tables = store
    .list("ec2.RouteTable")
    .filter(({ outputs }) => outputs.vpcId === source.vpcId)
    .map(({ id }) => id);
  return store
    .list("ec2.Route")
    .filter(
      ({ outputs: { routeTableId, vpcPeeringConnectionId, transitGatewayId } }) =>
        tables.includes(routeTableId) && (vpcPeeringConnectionId ?? transitGatewayId),
    );
}

/** Takes something away behind the program's back, and gives it back. */
async function without(session: Session, entries: readonly Stored[], act: () => Promise<void>) {
  const { store } = session.machine;
  if (entries.length === 0) throw new Error("expected something to take away");
  for (const { type, id } of entries) store.remove(type, id);
  try {
    await act();
  } finally {
    for (const entry of entries) store.write(entry);
  }
}

/** Of one VPC a rule closes one direction; a route between two closes both, since answers need it too. */
const closed: Check = {
  key: "closed",
  point: 11,
  title: "without the routes, or rules, between two members exactly their calls are refused",
  skip: (pattern) => severalClusters(pattern) ?? proxied(pattern),
  async run(session) {
    const [from, to] = session.members;
    const [source, target] = [from, to].map((member) => eksOf(session, member).vpcId);
    const where = source === target ? "outside" : "inside";
    const asPlanned: Expect = ({ from: caller }) => ({
      answeredTo: where === "inside" ? identityOf(session, caller) : nobody,
    });
    const cut: Expect = (cell) => {
      const there = cell.from.cluster === from && cell.to.cluster === to;
      const back = cell.from.cluster === to && cell.to.cluster === from;
      return there || (back && source !== target) ? "refused" : asPlanned(cell);
    };
    await demandCells(session, [where], where, asPlanned);
    await without(session, between(session, from, to), () =>
      demandCells(session, [where], where, cut),
    );
    await demandCells(session, [where], where, asPlanned);
  },
};

const closedToAll = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "closed-to-all" },
  spec: { podSelector: {}, policyTypes: ["Ingress"] },
};

const policed: Check = {
  key: "policed",
  point: 11,
  title: "a NetworkPolicy closes a pod to all that it does not name",
  skip: only("01-single-cluster"),
  async run(session) {
    const answeredByAll: Expect = () => ({ answeredTo: nobody });
    const demand = (expect: Expect) => demandCells(session, ["inside"], "outside", expect);
    await demand(answeredByAll);
    const folder = `/apis/networking.k8s.io/v1/namespaces/${namespaces.outside}/networkpolicies`;
    const path = `${folder}/${closedToAll.metadata.name}`;
    const clusters = session.members.map((member) => session.cluster(member));
    for (const { kube } of clusters) await kube.apply(path, closedToAll);
    await demand(() => "refused");
    for (const { kube } of clusters) await kube.delete(path);
    await demand(answeredByAll);
  },
};

export const faultChecks = [closed, policed, restarted] as const satisfies readonly Check[];
