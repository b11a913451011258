import * as assert from "node:assert/strict";
import type { Kube } from "../machine/kube";
import { demandAnswer, port, type Caller } from "../run/applications";
import { requestCertificate, workloadToken } from "../run/certificates";
import { only, type Check } from "../run/check";
import { secure } from "../run/connection";
import { discoveryName } from "../run/proxy";
import type { Session } from "../run/session";
import {
  asTenant,
  demandClosed,
  demandSilence,
  demandStops,
  deploy,
  hostOf,
  untilCounted,
} from "./p16As";
import { clusterAttempts } from "./p16ClusterAttempts";

const shown = "05-tenancy-cluster";

const adminOf = (session: Session, tenant: string, cluster: string): Kube =>
  asTenant(session, tenant, session.cluster(cluster));

const tried: Check = {
  key: "cluster-tenants-tried",
  whole: true,
  point: 16,
  title: `whoever administers a tenant of one cluster tries ${clusterAttempts.length} things there and in another's, and each is stopped by what should`,
  skip: only(shown),
  async run(session) {
    await untilCounted(session.cluster("east"), "team-a-web");
    await demandStops(
      clusterAttempts.map((attempt) => {
        const { as, at } = attempt;
        return [as === "platform" ? session.cluster(at).kube : adminOf(session, as, at), attempt];
      }),
    );
  },
};

const closed: Check = {
  key: "cluster-tenants-closed",
  whole: true,
  point: 16,
  title:
    "pods of a tenant call in another's cluster what is shared with them, as who they are, and nothing else, also by its gateway",
  skip: only(shown),
  async run(session) {
    const [east, west] = [session.cluster("east"), session.cluster("west")];
    const [a, b] = [adminOf(session, "team-a", "east"), adminOf(session, "team-b", "west")];
    await deploy(a, "team-a-web", "web");
    // The east-west gateway leads to what it knows.
    const known = `team-b-web,team-b-db,${session.namespace}`;
    await deploy(b, "team-b-web", "web", `${known},team-a-web`);
    await deploy(b, "team-b-web", "hidden", known);
    await deploy(b, "team-b-db", "db", "team-b-web,team-b-db");
    const ofA: Caller = { cluster: east, namespace: "team-a-web", name: "web" };
    const ofB: Caller = { cluster: west, namespace: "team-b-web", name: "web" };
    const as = (namespace: string, name: string) =>
      `spiffe://${session.mesh.trustDomain}/ns/${namespace}/sa/${name}`;
    await demandAnswer(ofB, hostOf("team-b-db", "db"), as("team-b-web", "web"));
    await demandAnswer(ofA, hostOf("team-b-web", "web"), as("team-a-web", "web"));
    for (const [from, cluster, namespace, name] of [
      [ofA, west, "team-b-web", "hidden"],
      [ofA, west, "team-b-db", "db"],
      [ofB, east, "team-a-web", "web"],
    ] as const)
      await demandClosed(from, cluster, namespace, name);
    await throughTheGateway(session, ofA);
  },
};

/** A host outside of the tenant's own, at the other cluster's gateway: admission takes no such endpoint, so the platform writes it for the tenant. */
async function throughTheGateway(session: Session, from: Caller): Promise<void> {
  const { kube } = session.cluster("east");
  const [gateway] = await session
    .cluster("west")
    .kube.list("/api/v1/namespaces/istio-system/services?labelSelector=istio%3Deastwestgateway");
  const { ingress } = gateway.status.loadBalancer;
  const address: string = ingress[0].ip ?? ingress[0].hostname;
  const path = (kind: string, name: string) =>
    `/apis/networking.istio.io/v1/namespaces/istio-system/${kind}/${name}`;
  const write = async (name: string, target: string) => {
    const host = `${name}.example`;
    await kube.apply(path("serviceentries", name), {
      ...{ apiVersion: "networking.istio.io/v1", kind: "ServiceEntry", metadata: { name } },
      spec: {
        ...{ hosts: [host], location: "MESH_INTERNAL", exportTo: [from.namespace] },
        resolution: /^[\d.]+$/.test(address) ? "STATIC" : "DNS",
        ports: [{ name: "http", number: port, protocol: "HTTP" }],
        endpoints: [
          {
            ...{ address, ports: { http: 15443 } },
            labels: { "security.istio.io/tlsMode": "istio" },
          },
        ],
      },
    });
    const tls = { mode: "ISTIO_MUTUAL", sni: `outbound_.${port}_._.${target}` };
    await kube.apply(path("destinationrules", name), {
      ...{ apiVersion: "networking.istio.io/v1", kind: "DestinationRule", metadata: { name } },
      spec: {
        ...{ host, exportTo: [from.namespace] },
        trafficPolicy: { portLevelSettings: [{ port: { number: port }, tls }] },
      },
    });
    return host;
  };
  const hidden = await write("hidden", hostOf("team-b-web", "hidden"));
  const right = await write("shared", hostOf("team-b-web", "web"));
  const { trustDomain } = session.mesh;
  await demandAnswer(from, right, `spiffe://${trustDomain}/ns/${from.namespace}/sa/${from.name}`);
  await demandSilence(from, hidden);
  for (const name of ["hidden", "shared"])
    for (const kind of ["serviceentries", "destinationrules"]) await kube.delete(path(kind, name));
}

/** Every istiod of a mesh asks all clusters that it watches: identities hold no cluster. */
const certified: Check = {
  key: "cluster-tenants-certified",
  whole: true,
  point: 16,
  title:
    "a tenant's token gets its own identity from the istiods of all clusters, and no other's, whatever cluster it says it is of",
  skip: only(shown),
  async run(session) {
    const token = await workloadToken(adminOf(session, "team-a", "east"), "team-a-web", "web");
    const serverName = discoveryName(session);
    for (const istiod of session.istiods) {
      const address = (await istiod.pod()).status.podIP as string;
      const { data } = await istiod.cluster.kube.get(
        `/api/v1/namespaces/${session.namespace}/configmaps/istio-ca-root-cert`,
      );
      const client = { address, root: data["root-cert.pem"], serverName, token };
      const own = await requestCertificate(secure({ ...client, clusterId: "east" }), session.work);
      assert.match(own[0].subjectAltName ?? "", /\/ns\/team-a-web\/sa\/web$/);
      await assert.rejects(
        requestCertificate(secure({ ...client, clusterId: "west" }), session.work),
        /UNAUTHENTICATED/,
      );
    }
  },
};

const parted: Check = {
  key: "cluster-tenants-gone",
  whole: true,
  point: 16,
  title: "what tenants deployed in their clusters is gone, by their own people",
  skip: only(shown),
  async run(session) {
    for (const [tenant, cluster, namespace] of [
      ["team-a", "east", "team-a-web"],
      ["team-b", "west", "team-b-web"],
      ["team-b", "west", "team-b-db"],
    ] as const)
      for (const path of [
        `/apis/apps/v1/namespaces/${namespace}/deployments`,
        `/api/v1/namespaces/${namespace}/pods`,
      ])
        await adminOf(session, tenant, cluster).request("DELETE", path);
  },
};

export const clusterTenantChecks = [
  tried,
  closed,
  certified,
  parted,
] as const satisfies readonly Check[];
