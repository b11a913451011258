import type { MutualTls } from "../../../components/topology/description";
import { demandCells, identityOf, nobody, type Expect, type Outcome } from "../run/cells";
import { mesh, proxied, type Check, type Pattern } from "../run/check";
import { deployProbes, namespaces, probePod, type Place, type Where } from "../run/probe";
import type { Session } from "../run/session";

/** Whoever is in the mesh is answered as who it is; outside it nobody knows pods of other clusters. */
const expectation =
  (session: Session, plainText: Outcome): Expect =>
  ({ from, to }) => {
    if (from.where === "inside") return { answeredTo: identityOf(session, from) };
    return from.cluster === to.cluster ? plainText : "refused";
  };

/** What becomes of plain text. */
const byPolicy: Readonly<Record<MutualTls, Outcome>> = {
  strict: "refused",
  permissive: { answeredTo: nobody },
};

const everywhere = ["inside", "outside"] as const satisfies readonly Where[];

/** From in and out of the mesh, from every member to every member. */
function callsIn(pattern: Pattern): number {
  return everywhere.length * Object.keys(mesh(pattern).members).length ** 2;
}

const deployed: Check = {
  key: "probes",
  point: 11,
  title: "probes in and out of the mesh become Ready in every cluster",
  async run(session) {
    const { members, mesh } = session;
    for (const name of members) {
      await deployProbes(session.cluster(name), name, members, mesh.dataPlane);
    }
    const places = members.flatMap((cluster) =>
      everywhere.map((where): Place => ({ cluster, where })),
    );
    await Promise.all(places.map((place) => probePod(session.cluster(place.cluster), place)));
  },
};

const answered: Check = {
  key: "answered",
  point: 11,
  title:
    "pods are answered by those of every member as who they are; plain text is as the mesh says",
  skip: proxied,
  calls: callsIn,
  async run(session) {
    await demandCells(
      session,
      everywhere,
      "inside",
      expectation(session, byPolicy[session.mesh.mtls]),
    );
  },
};

const plainTextToo = {
  apiVersion: "security.istio.io/v1",
  kind: "PeerAuthentication",
  metadata: { name: "plain-text-too" },
  spec: { mtls: { mode: "PERMISSIVE" } },
};

/** What refuses plain text elsewhere is the mesh's policy and nothing else. */
const permissive: Check = {
  key: "permissive",
  point: 11,
  title: "a namespace that says so takes plain text, from nobody",
  skip: proxied,
  calls: callsIn,
  async run(session) {
    const folder = `/apis/security.istio.io/v1/namespaces/${namespaces.inside}/peerauthentications`;
    const path = `${folder}/${plainTextToo.metadata.name}`;
    for (const name of session.configured) {
      await session.cluster(name).kube.apply(path, plainTextToo);
    }
    await demandCells(session, everywhere, "inside", expectation(session, { answeredTo: nobody }));
    for (const name of session.configured) await session.cluster(name).kube.delete(path);
  },
};

/** Packets of pods outside the mesh: no proxy has a hand in them. */
const direct: Check = {
  key: "direct",
  point: 11,
  title: "a pod's address answers on its own network and on no other",
  async run(session) {
    const { networkOf } = session;
    await demandCells(session, ["outside"], "outside", ({ from, to }) =>
      networkOf(from.cluster) === networkOf(to.cluster) ? { answeredTo: nobody } : "refused",
    );
  },
};

export const trafficChecks = [
  deployed,
  answered,
  direct,
  permissive,
] as const satisfies readonly Check[];
