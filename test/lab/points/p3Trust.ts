import * as assert from "node:assert/strict";
import type { X509Certificate } from "node:crypto";
import type { Json } from "../machine/kube";
import { brokenAt, certificatesOf, requestCertificate, workloadToken } from "../run/certificates";
import { type Check } from "../run/check";
import { secure } from "../run/connection";
import type { Istiod } from "../run/istiod";
import { discoveryName, proxyIn } from "../run/proxy";
import type { Session } from "../run/session";
import { namespace } from "../run/workload";
import { ownWebhooks } from "../run/webhooks";

interface Signing {
  readonly chain: X509Certificate[];
  readonly root: X509Certificate;
  readonly rootPem: string;
}

async function signingOf({ name, cluster, namespace: system }: Istiod): Promise<Signing> {
  const secret = await cluster.kube.get(`/api/v1/namespaces/${system}/secrets/cacerts`);
  const file = (key: string) => Buffer.from(secret.data[key] ?? "", "base64").toString();
  const chain = certificatesOf(file("cert-chain.pem"));
  const [own] = certificatesOf(file("ca-cert.pem"));
  assert.ok(chain[0]?.raw.equals(own.raw), `${name}: cert-chain.pem must begin with ca-cert.pem`);
  const rootPem = file("root-cert.pem");
  return { chain, root: certificatesOf(rootPem)[0], rootPem };
}

const chains: Check = {
  key: "chains",
  point: 3,
  title: "cacerts chains verify to one root, each with an intermediate of its own",
  async run({ istiods }) {
    const all = await Promise.all(istiods.map(signingOf));
    all.forEach(({ chain, root }, index) => {
      const broken = brokenAt(chain, root);
      assert.equal(broken, undefined, `${istiods[index].name}: ${broken}`);
      const { name } = istiods[index];
      assert.ok(!chain[0].raw.equals(root.raw), `${name}: istiod must not sign with the root`);
    });
    const roots = new Set(all.map(({ rootPem }) => rootPem));
    assert.equal(roots.size, 1, "expected the same bytes of root-cert.pem in every cluster");
    const signers = new Set(all.map(({ chain }) => chain[0].serialNumber));
    assert.equal(signers.size, all.length, "expected an intermediate per istiod");
  },
};

const bundles: Check = {
  key: "bundles",
  point: 3,
  title: "webhooks carry the bytes of root-cert.pem and fail closed",
  async run({ istiods, members, cluster }) {
    const { rootPem } = await signingOf(istiods[0]);
    const bundle = Buffer.from(rootPem).toString("base64");
    for (const member of members) {
      const own = await ownWebhooks(cluster(member));
      const webhooks: Json[] = own.flatMap((one) => one.webhooks);
      for (const { name, clientConfig, failurePolicy } of webhooks) {
        assert.equal(clientConfig.caBundle, bundle, `${member}: caBundle of ${name}`);
        assert.equal(failurePolicy, "Fail", `${member}: failurePolicy of ${name}`);
      }
    }
  },
};

/** Asks one istiod for a certificate as a workload of any member would. */
export async function requestAs(session: Session, istiod: Istiod, clusterId: string) {
  const { rootPem: root } = await signingOf(istiod);
  const address = (await istiod.pod()).status.podIP;
  const serverName = discoveryName(session);
  const token = await workloadToken(session.cluster(clusterId).kube, namespace, "default");
  const connection = secure({ address, root, serverName, token, clusterId });
  return requestCertificate(connection, session.work);
}

const identity: Check = {
  key: "identity",
  point: 3,
  title: "a workload's token gets a certificate with its SPIFFE id from the istiod that serves it",
  async run(session) {
    const { trustDomain, members } = session.mesh;
    for (const [member, { servedBy }] of Object.entries(members)) {
      const chain = await requestCertificate(await proxyIn(session, member), session.work);
      const expected = `URI:spiffe://${trustDomain}/ns/${namespace}/sa/default`;
      assert.equal(chain[0]?.subjectAltName, expected, `${member}: SPIFFE id`);
      const server = session.istiods.find(({ name }) => name === (servedBy[0] ?? member))!;
      const signing = await signingOf(server);
      const broken = brokenAt(chain, signing.root);
      assert.equal(broken, undefined, `${member}: the workload's chain: ${broken}`);
      const signed = chain[1].raw.equals(signing.chain[0].raw);
      assert.ok(signed, `${member}: expected the intermediate of ${server.name} to sign`);
    }
  },
};

const wrongCluster: Check = {
  key: "wrong-cluster",
  point: 3,
  title: "a token is refused with another cluster's id",
  async run(session) {
    for (const member of session.members) {
      const others = session.members.filter((name) => name !== member);
      for (const clusterId of [...others, "nowhere"]) {
        const connection = await proxyIn(session, member, { clusterId });
        const answer = requestCertificate(connection, session.work);
        const message = `expected istiod to refuse a token of ${member} for ${clusterId}`;
        await assert.rejects(answer, /UNAUTHENTICATED|PERMISSION_DENIED/, message);
      }
    }
  },
};

export const trustChecks = [
  chains,
  bundles,
  identity,
  wrongCluster,
] as const satisfies readonly Check[];
