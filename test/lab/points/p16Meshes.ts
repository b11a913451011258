import * as assert from "node:assert/strict";
import type { Kube, KubeError } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { until } from "../machine/processes";
import { demandRefusal, podOf, port, readyPod } from "../run/applications";
import { requestCertificate, workloadToken } from "../run/certificates";
import { only, type Check } from "../run/check";
import { secure } from "../run/connection";
import { shownToIstiod, type Leaf } from "../run/handshake";
import { askedWith, mint, secretPath } from "../run/minting";
import { refusal } from "../run/roots";
import type { Session } from "../run/session";
import { asTenant } from "./p16As";
import {
  demandOffer,
  demandTriesRefused,
  deployEnds,
  endsOf,
  hostOf,
  offered,
  removeEnds,
  secret,
  serverNameOf,
  tries,
  type Ends,
} from "./p11Exchange";

const shown = "05-tenancy-mesh";

const exchange = { exporting: "mesh-b", importing: "mesh-a" } as const;

const GATEWAYS = "istio-federation";
const DISCOVERY = "istiod.istio-system.svc";

/** What a tenant is when it tries: who administers cluster `a` of it, with what it reads there. */
interface Trier {
  readonly session: Session;
  readonly ends: Ends;
  /** Its own API server, and the other tenant's by the same token's maker. */
  readonly own: Kube;
  readonly other: Kube;
}

/** An attempt by whoever administers the clusters of a tenant's mesh, on another's. */
export interface MeshAttempt {
  readonly what: string;
  readonly stop: string;
  /** Absent where it is tried together with others. */
  readonly run?: (trier: Trier) => Promise<void>;
}

function trierOf(session: Session): Trier {
  const ends = endsOf(session, exchange);
  const [own, other] = [ends.importer, ends.exporter].map((one) =>
    asTenant(session, "team-a", one),
  );
  return { session, ends, own, other };
}

/** Signs by the intermediate of the own istiod. */
const minted = ({ own, session: { work } }: Trier, identity: string): Promise<Leaf> =>
  mint(work, own, identity);

/** What mutual TLS is checked with in the other mesh. */
async function rootOf({ kube }: Cluster): Promise<string> {
  const map = await kube.get("/api/v1/namespaces/istio-system/configmaps/istio-ca-root-cert");
  return map.data["root-cert.pem"] as string;
}

async function addressOf(cluster: Cluster, namespace: string, label: string): Promise<string> {
  return (await readyPod(cluster, namespace, label)).status.podIP as string;
}

const istiodOf = (cluster: Cluster) => addressOf(cluster, "istio-system", "app=istiod");

/** What the gateway for other meshes, and whatever it leads to, answers to a certificate. */
async function askGateway({ exporter }: Ends, leaf: Leaf, servername: string): Promise<string> {
  const address = await addressOf(exporter, GATEWAYS, "istio=federationgateway");
  return askedWith(leaf, { address, port: 15444, servername, host: hostOf(offered.name) });
}

/** The other tenant's own gateway offers more to a third mesh for a while: it leads there when this runs, and no longer after it. */
async function whileOffered(trier: Trier, run: () => Promise<void>): Promise<void> {
  const { ends } = trier;
  const gateway = `/apis/networking.istio.io/v1/namespaces/${GATEWAYS}/gateways/federation`;
  const { spec } = await ends.exporter.kube.get(gateway);
  const [server] = spec.servers;
  const leaf = await minted(trier, ends.identities.local);
  const say = async (hosts: string[], leads: boolean) => {
    await ends.exporter.kube.patch(gateway, { spec: { servers: [{ ...server, hosts }] } });
    await until(`the gateway leads ${leads ? "" : "no longer "}to ${secret}`, 60, async () => {
      const answer = await askGateway(ends, leaf, serverNameOf(hostOf(secret)));
      return answer.startsWith("HTTP/") === leads;
    });
  };
  try {
    await say([...server.hosts, hostOf(secret)], true);
    await run();
  } finally {
    await say(server.hosts, false);
  }
}

const REFUSED = /deadline exceeded|timeout|refused|reset|no route|EOF/;

const atServers: MeshAttempt[] = [
  {
    what: "calls the other tenant's API server",
    stop: "EKS knows no access entry",
    run: async ({ own, other }) => {
      assert.ok(await own.get(secretPath));
      await assert.rejects(other.get(secretPath), ({ status }: KubeError) => status === 401);
    },
  },
  {
    what: "takes a service account's token of its own to the other's istiod",
    stop: "istiod asks its own API servers alone",
    run: async ({ session, ends, own }) => {
      const token = await workloadToken(own, "frontend", "web");
      const address = await istiodOf(ends.exporter);
      const client = { address, root: await rootOf(ends.exporter), serverName: DISCOVERY, token };
      for (const clusterId of ["a", "b"])
        await assert.rejects(
          requestCertificate(secure({ ...client, clusterId }), session.work),
          /UNAUTHENTICATED/,
        );
    },
  },
  {
    what: "shows the other's istiod an identity of the other's, signed by a root that federation accepts",
    stop: "istiod accepts its own roots alone",
    run: async (trier) => {
      const { exporter, identities } = trier.ends;
      const asked = { address: await istiodOf(exporter), servername: DISCOVERY };
      const answer = await shownToIstiod(await minted(trier, identities.local), {
        ...asked,
        roots: await rootOf(exporter),
      });
      assert.match(answer, refusal);
    },
  },
  {
    what: "calls the other's istiod from a pod",
    stop: "security groups",
    run: async ({ ends }) => {
      for (const to of [15010, 15012, 15017, 8080])
        await demandRefusal(ends.frontend, await istiodOf(ends.exporter), REFUSED, to);
    },
  },
  {
    what: "calls the other's pods at their address",
    stop: "security groups",
    run: async ({ ends }) => {
      const { status } = await podOf(ends.exporter, offered.namespace, offered.name);
      for (const to of [port, 15006, 15020])
        await demandRefusal(ends.frontend, status.podIP as string, REFUSED, to);
    },
  },
];

const atGateway: MeshAttempt[] = [
  ...tries.map(({ what, stop }) => ({ what, stop })),
  {
    what: "asks for what is exported to another importer",
    stop: "AuthorizationPolicy",
    run: (trier) =>
      whileOffered(trier, async () => {
        const hidden = tries.find(({ name }) => name === "hidden")!;
        await demandTriesRefused(trier.ends, [{ ...hidden, name: "theirs" }]);
      }),
  },
  {
    what: "claims an identity of the other's for a host that is not exported",
    stop: "the gateway has no way to it",
    run: async (trier) => {
      const leaf = await minted(trier, trier.ends.identities.local);
      const answer = await askGateway(trier.ends, leaf, serverNameOf(hostOf(secret)));
      assert.match(answer, /ECONNRESET|reset|closed|disconnected/);
    },
  },
  {
    what: "claims an identity of its own mesh that is not allowed, with its root",
    stop: "AuthorizationPolicy",
    run: async (trier) => {
      const identity = trier.ends.identities.frontend.replace("frontend", "batch");
      const leaf = await minted(trier, identity);
      const answer = await askGateway(trier.ends, leaf, serverNameOf(hostOf(offered.name)));
      assert.match(answer, /403[^]*RBAC: access denied/);
    },
  },
  {
    what: "claims an identity of the other's for what is exported",
    stop: "nothing",
    run: async (trier) => {
      const leaf = await minted(trier, trier.ends.identities.local);
      const answer = await askGateway(trier.ends, leaf, serverNameOf(hostOf(offered.name)));
      assert.match(answer, /^HTTP\/1\.1 200/);
    },
  },
];

export const meshAttempts: readonly MeshAttempt[] = [...atServers, ...atGateway];

const tried: Check = {
  key: "mesh-tenants-tried",
  whole: true,
  point: 16,
  title: `who administers a tenant's mesh tries ${meshAttempts.length} things on another's, and each is stopped by what should`,
  skip: only(shown),
  async run(session) {
    const trier = trierOf(session);
    await deployEnds(trier.ends);
    await demandOffer(trier.ends);
    await demandTriesRefused(trier.ends);
    const wrong: string[] = [];
    for (const { what, run } of meshAttempts)
      await run?.(trier).catch(({ message }: Error) => wrong.push(`${what}: ${message}`));
    assert.deepEqual(wrong, []);
  },
};

const parted: Check = {
  key: "mesh-tenants-gone",
  whole: true,
  point: 16,
  title: "what was deployed for it is gone",
  skip: only(shown),
  run: (session) => removeEnds(endsOf(session, exchange)),
};

export const meshTenantChecks = [tried, parted] as const satisfies readonly Check[];
