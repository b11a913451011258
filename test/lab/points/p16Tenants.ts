import * as assert from "node:assert/strict";
import type { Kube } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { demandAnswer, type Caller } from "../run/applications";
import { only, type Check } from "../run/check";
import { plain } from "../run/connection";
import { removeNamespace } from "../run/workload";
import { listenersFor } from "../run/xds";
import { demandClosed, demandSilence, demandStops, deploy, hostOf, untilCounted } from "./p16As";
import { attempts } from "./p16Attempts";
import { asAdmin, entered, shown } from "./p16Hosts";
import { left } from "./p16Outside";

const tried: Check = {
  key: "tenants-tried",
  whole: true,
  point: 16,
  title: `whoever administers a tenant tries ${attempts.length} things, and each is stopped by what should, or is theirs to do`,
  skip: only(shown),
  async run(session) {
    const kube = asAdmin(session, "team-a");
    for (const namespace of ["a-web", "a-db"])
      await untilCounted(session.cluster("main"), namespace);
    await demandStops(attempts.map((attempt) => [kube, attempt]));
  },
};

const plaintext: Check = {
  key: "tenants-plaintext",
  whole: true,
  point: 16,
  title:
    "istiod gives no configuration to whoever asks it without TLS, as a tenant's pod would for another's",
  skip: only(shown),
  async run(session) {
    const [istiod] = session.istiods;
    const connection = plain((await istiod.pod()).status.podIP);
    const proxy = {
      kind: "sidecar",
      cluster: "main",
      network: "main",
      namespace: "b-web",
    } as const;
    await assert.rejects(listenersFor(connection, proxy), /UNAUTHENTICATED/);
  },
};

const closed: Check = {
  key: "tenants-closed",
  whole: true,
  point: 16,
  title:
    "pods of a tenant call their own and what is shared with them, and nothing else calls them",
  skip: only(shown),
  async run(session) {
    const cluster = session.cluster("main");
    const [a, b] = ["team-a", "team-b"].map((tenant) => asAdmin(session, tenant)) as [Kube, Kube];
    await deploy(a, "a-web", "web", "a-web,a-db,b-web,istio-ingress-shared");
    await deploy(a, "a-db", "db", "a-web,a-db");
    await deploy(a, "a-web", "hidden", "a-web,a-db");
    await deploy(b, "b-web", "web");
    await deployStranger(cluster);
    const caller = (namespace: string, name: string) => ({ cluster, namespace, name });
    const [ofA, db, ofB] = [caller("a-web", "web"), caller("a-db", "db"), caller("b-web", "web")];
    const domain = session.mesh.trustDomain;
    const as = (namespace: string, name: string) => `spiffe://${domain}/ns/${namespace}/sa/${name}`;

    await demandAnswer(ofA, hostOf("a-db", "db"), as("a-web", "web"));
    await demandAnswer(db, hostOf("a-web", "web"), as("a-db", "db"));
    await demandAnswer(ofB, hostOf("a-web", "web"), as("b-web", "web"));
    for (const [from, namespace, name] of [
      [ofB, "a-db", "db"],
      [ofB, "a-web", "hidden"],
      [ofA, "b-web", "web"],
      [db, "b-web", "web"],
      [stranger(cluster, "inside"), "a-web", "web"],
      [stranger(cluster, "outside"), "a-web", "web"],
      [stranger(cluster, "inside"), "b-web", "web"],
    ] as const)
      await demandClosed(from, cluster, namespace, name);
    // What istiod gives to whoever asks it without TLS, and tells whoever debugs it.
    const [istiod] = await cluster.kube.list(
      `/api/v1/namespaces/${session.namespace}/pods?labelSelector=app%3Distiod`,
    );
    for (const to of [15010, 8080]) await demandSilence(ofB, istiod.status.podIP as string, to);
  },
};

const strangers = { inside: "elsewhere", outside: "elsewhere-outside" } as const;

const stranger = (cluster: Cluster, where: keyof typeof strangers): Caller => ({
  ...{ cluster, namespace: strangers[where], name: "web" },
});

/** In namespaces that are no tenant's, in the mesh and outside. */
async function deployStranger({ kube }: Cluster): Promise<void> {
  for (const [where, name] of Object.entries(strangers)) {
    const injected = where === "inside" ? { "istio-injection": "enabled" } : {};
    await kube.apply(`/api/v1/namespaces/${name}`, {
      ...{ apiVersion: "v1", kind: "Namespace", metadata: { name, labels: injected } },
    });
    await deploy(kube, name, "web");
  }
}

const parted: Check = {
  key: "tenants-parted",
  whole: true,
  point: 16,
  title: "what tenants deployed is gone, by their own people",
  skip: only(shown),
  async run(session) {
    const cluster = session.cluster("main");
    for (const [tenant, namespaces] of [
      ["team-a", ["a-web", "a-db"]],
      ["team-b", ["b-web"]],
    ] as const)
      for (const namespace of namespaces)
        for (const path of [
          `/apis/apps/v1/namespaces/${namespace}/deployments`,
          `/api/v1/namespaces/${namespace}/pods`,
        ])
          await asAdmin(session, tenant).request("DELETE", path);
    for (const namespace of Object.values(strangers)) await removeNamespace(cluster, namespace);
  },
};

export const tenantChecks = [
  tried,
  plaintext,
  closed,
  entered,
  left,
  parted,
] as const satisfies readonly Check[];
