/** What pods of tenants reach outside the mesh, and by which way. */
import * as assert from "node:assert/strict";
import { once } from "node:events";
import * as https from "node:https";
import * as path from "node:path";
import type { Cluster } from "../machine/machine";
import { command, until } from "../machine/processes";
import { podOf } from "../run/applications";
import { only, type Check } from "../run/check";
import { makeRoot, signLeaf } from "../run/handshake";
import { isReady } from "../run/istiod";
import type { Session } from "../run/session";
import { asAdmin, shown } from "./p16Hosts";
import { deploy } from "./p16As";

/** A host outside at a documentation address (RFC 5737): that which a tenant's gateway leads to, and another name of it. */
const address = "203.0.113.10";
const named = "api.example.com";
const other = "www.example.com";

const gateway = "istio-egress-team-a";

/** Answers as both names, with the address of whoever calls. */
async function serve({ work }: Session): Promise<() => void> {
  await makeRoot(work, "outside");
  const leaf = await signLeaf(work, "outside", `DNS:${named},DNS:${other}`);
  await command("ip", "address", "add", `${address}/32`, "dev", "lo");
  const server = https.createServer(leaf, ({ socket }, response) =>
    response.end(`called from ${socket.remoteAddress}`),
  );
  await once(server.listen(443, address), "listening");
  return () => server.close().closeAllConnections();
}

/** Lets pods' DNS know both names, as it does those of the internet. */
function tellNames({ machine: { store } }: Session): () => void {
  const [{ vpcConfig }] = store.outputs("eks.Cluster");
  const place = { account: "", region: "", inputs: {} };
  const zone = { type: "route53.Zone", id: "outside" };
  store.write({ ...zone, ...place, outputs: { zoneId: zone.id, vpcs: [vpcConfig] } });
  const records = [named, other].map((name) => ({ type: "route53.Record", id: name }));
  for (const record of records) {
    const outputs = { zoneId: zone.id, type: "A", name: record.id, records: [address] };
    store.write({ ...record, ...place, outputs });
  }
  return () => [zone, ...records].forEach(({ type, id }) => store.remove(type, id));
}

interface Asked {
  readonly host: string;
  /** User that the program runs as; else one that is redirected. */
  readonly user?: number;
  /** Address that the host is taken to be at; else DNS says. */
  readonly at?: string;
}

/** User of the proxy, which no rule redirects. */
const PROXY = 1337;

/** What a program in an application's pod gets of a host outside, by HTTPS. */
async function ask(
  { work }: Session,
  cluster: Cluster,
  [namespace, name]: readonly [string, string],
  { host, user, at }: Asked,
): Promise<string> {
  const pod = await podOf(cluster, namespace, name);
  const pid = `${cluster.kubelet.processOf(pod).networkPid}`;
  const as = user === undefined ? [] : ["setpriv", `--reuid=${user}`, "--clear-groups"];
  const trust = user === undefined ? ["--cacert", path.join(work, "outside.pem")] : ["--insecure"];
  const known = at === undefined ? [] : ["--resolve", `${host}:443:${at}`];
  const words = ["curl", "--silent", "--show-error", "--http1.1", "--max-time", "5"];
  const asked = [...words, ...trust, ...known, `https://${host}/`];
  return command("nsenter", "-t", pid, "--net", ...as, ...asked);
}

/**
 * curl ends so where nothing comes of a connection: it fails, runs out of time, breaks in TLS, or ends without an answer as one sends or reads
 * (https://curl.se/libcurl/c/libcurl-errors.html). By TLS 1.3 a server misses a certificate once the client has said what it wants, and
 * which of these that is, is chance.
 */
const REFUSED = /curl: \((7|28|35|52|55|56)\)/;

const ofA = ["a-web", "leaving"] as const;
const ofB = ["b-web", "leaving"] as const;

async function gatewayAddresses({ kube }: Cluster): Promise<string[]> {
  const pods = await kube.list(`/api/v1/namespaces/${gateway}/pods`);
  return pods.filter(isReady).map(({ status }) => status.podIP as string);
}

/** What a program in a tenant's pod asks for that is not its way out, and what should stop it. */
interface OutsideAttempt {
  readonly what: string;
  readonly stop: string;
  readonly from: readonly [string, string];
  /** With the address of a pod of the gateway. */
  readonly asks: (pod: string) => Asked;
}

const unknown = "the sidecar knows no way";

export const outsideAttempts: readonly OutsideAttempt[] = [
  {
    what: "another name of the same host, which is not named",
    ...{ stop: unknown, from: ofA, asks: () => ({ host: other }) },
  },
  {
    what: "that name at the host's address",
    ...{ stop: unknown, from: ofA, asks: () => ({ host: other, at: address }) },
  },
  {
    what: "the host that is named, at its address, around the sidecar",
    ...{
      stop: "NetworkPolicy",
      from: ofA,
      asks: () => ({ host: named, at: address, user: PROXY }),
    },
  },
  {
    what: "its own gateway, around the sidecar",
    ...{ stop: "mutual TLS of the gateway", from: ofA },
    asks: (pod) => ({ host: named, at: pod, user: PROXY }),
  },
  {
    what: "another tenant's gateway, by the name that it leads to",
    ...{ stop: unknown, from: ofB, asks: (pod) => ({ host: named, at: pod }) },
  },
  {
    what: "the same, around the sidecar",
    ...{ stop: "NetworkPolicy", from: ofB, asks: (pod) => ({ host: named, at: pod, user: PROXY }) },
  },
];

async function demandClosed(session: Session, cluster: Cluster): Promise<void> {
  const [pod] = await gatewayAddresses(cluster);
  for (const { what, from, asks } of outsideAttempts) {
    const ended = await ask(session, cluster, from, asks(pod)).then(
      (answer) => `answered: ${answer}`,
      (error: Error) => error.message,
    );
    assert.match(ended, REFUSED, `${what}: ${ended}`);
  }
}

export const left: Check = {
  key: "tenants-left",
  whole: true,
  point: 16,
  title:
    "a tenant calls the host outside that is named by a gateway of its own, without which no packet of it gets out, and no other tenant by that",
  skip: only(shown),
  async run(session) {
    const cluster = session.cluster("main");
    for (const [tenant, [namespace, name]] of [
      ["team-a", ofA],
      ["team-b", ofB],
    ] as const)
      await deploy(asAdmin(session, tenant), namespace, name);
    const [close, forget] = [await serve(session), tellNames(session)];
    try {
      let heard = "";
      await until(`${named} is called by ${gateway}`, 60, async () => {
        heard = await ask(session, cluster, ofA, { host: named });
        return true;
      });
      const called = (await gatewayAddresses(cluster)).map((one) => `called from ${one}`);
      assert.ok(called.includes(heard), `expected ${called.join(" or ")}; got ${heard}`);
      await demandClosed(session, cluster);
    } finally {
      close();
      forget();
    }
  },
};
