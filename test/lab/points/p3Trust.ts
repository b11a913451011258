import * as assert from "node:assert/strict";
import type { X509Certificate } from "node:crypto";
import type { Json } from "../machine/kube";
import { brokenAt, certificatesOf, requestCertificate, workloadToken } from "../run/certificates";
import { type Check } from "../run/check";
import type { Istiod } from "../run/istiod";
import type { Session } from "../run/session";
import { namespace } from "../run/workload";

interface Signing {
  readonly chain: X509Certificate[];
  readonly root: X509Certificate;
  readonly rootPem: string;
}

async function signingOf({ name, cluster }: Istiod): Promise<Signing> {
  const secret = await cluster.kube.get("/api/v1/namespaces/istio-system/secrets/cacerts");
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
  async run({ istiods }) {
    for (const istiod of istiods) {
      const { rootPem } = await signingOf(istiod);
      const bundle = Buffer.from(rootPem).toString("base64");
      for (const kind of ["mutating", "validating"]) {
        const path = `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations`;
        const webhooks: Json[] = (await istiod.cluster.kube.list(path)).flatMap(
          (one: Json) => one.webhooks,
        );
        for (const { name, clientConfig, failurePolicy } of webhooks) {
          assert.equal(clientConfig.caBundle, bundle, `${istiod.name}: caBundle of ${name}`);
          assert.equal(failurePolicy, "Fail", `${istiod.name}: failurePolicy of ${name}`);
        }
      }
    }
  },
};

async function ask(session: Session, istiod: Istiod, token: string, clusterId: string) {
  const { rootPem: root } = await signingOf(istiod);
  const address = (await istiod.pod()).status.podIP;
  return requestCertificate({ address, root, token, clusterId, work: session.work });
}

/** Asks an istiod for a certificate as a workload of any member would. */
export async function requestAs(session: Session, istiod: Istiod, cluster: string) {
  const token = await workloadToken(session.cluster(cluster).kube, namespace, "default");
  return ask(session, istiod, token, cluster);
}

const identity: Check = {
  key: "identity",
  point: 3,
  title: "a workload's token gets a certificate with its SPIFFE id",
  async run(session) {
    const { trustDomain } = session.mesh;
    for (const istiod of session.istiods) {
      const chain = await requestAs(session, istiod, istiod.name);
      const expected = `URI:spiffe://${trustDomain}/ns/${namespace}/sa/default`;
      assert.equal(chain[0]?.subjectAltName, expected, `${istiod.name}: SPIFFE id`);
      const { root } = await signingOf(istiod);
      const broken = brokenAt(chain, root);
      assert.equal(broken, undefined, `${istiod.name}: the workload's chain: ${broken}`);
    }
  },
};

const wrongCluster: Check = {
  key: "wrong-cluster",
  point: 3,
  title: "a token is refused with another cluster's id",
  async run(session) {
    const [istiod] = session.istiods;
    const token = await workloadToken(istiod.cluster.kube, namespace, "default");
    const others = session.members.filter((name) => name !== istiod.name);
    for (const clusterId of [...others, "nowhere"]) {
      const answer = ask(session, istiod, token, clusterId);
      const message = `expected istiod of ${istiod.name} to refuse its token for ${clusterId}`;
      await assert.rejects(answer, /UNAUTHENTICATED|PERMISSION_DENIED/, message);
    }
  },
};

export const trustChecks = [
  chains,
  bundles,
  identity,
  wrongCluster,
] as const satisfies readonly Check[];
