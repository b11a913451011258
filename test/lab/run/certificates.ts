import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Kube } from "../machine/kube";
import { command } from "../machine/processes";
import { open, type Connection } from "./connection";
import { message, Message } from "./protobuf";

/** The certificates of a PEM bundle, in order. */
export function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/** A workload's certificate has no subject, only its SPIFFE id. */
function nameOf({ subject, subjectAltName }: X509Certificate): string {
  return (subject ?? subjectAltName ?? "a certificate").replaceAll("\n", ", ");
}

/** What a workload shows of what it was given: the roots that come with it are what it accepts. */
export function withoutRoots(chain: readonly X509Certificate[]): X509Certificate[] {
  return chain.filter((one) => one.subject === undefined || !one.checkIssued(one));
}

/** Why a chain, leaf first, does not lead to a root; undefined where it does. */
export function brokenAt(
  chain: readonly X509Certificate[],
  root: X509Certificate,
): string | undefined {
  const whole = chain.at(-1)?.raw.equals(root.raw) ? chain : [...chain, root];
  for (const [index, certificate] of whole.entries()) {
    const issuer = whole[index + 1] ?? certificate;
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
      return `${nameOf(certificate)} is not issued by ${nameOf(issuer)}`;
    }
    if (index > 0 && !certificate.ca) return `${nameOf(certificate)} is no CA`;
  }
  return undefined;
}

/** A token of a service account for Istio's CA, as a pod of it gets one. */
export async function workloadToken(kube: Kube, namespace: string, account: string) {
  const url = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const spec = { audiences: ["istio-ca"], expirationSeconds: 3600 };
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
  return (await kube.request("POST", url, body)).status.token as string;
}

async function signingRequest(work: string): Promise<string> {
  const key = path.join(work, "workload.key");
  const csr = path.join(work, "workload.csr");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await command("openssl", "req", "-new", ...curve, "-keyout", key, "-out", csr, "-subj", "/");
  return fs.readFileSync(csr, "utf8");
}

/** Asks istiod for a workload certificate as istio-agent does; the chain, leaf first. */
export async function requestCertificate(
  connection: Connection,
  work: string,
): Promise<X509Certificate[]> {
  const csr = await signingRequest(work);
  const client = open(connection);
  const method = "/istio.v1.auth.IstioCertificateService/CreateCertificate";
  const same = (bytes: Buffer) => bytes;
  try {
    const answer = await new Promise<Buffer | undefined>((resolve, reject) => {
      const deadline = { deadline: Date.now() + 20_000 };
      const body = message([1, csr]);
      const { metadata } = connection;
      client.makeUnaryRequest(method, same, same, body, metadata, deadline, (error, bytes) =>
        error ? reject(error) : resolve(bytes),
      );
    });
    const chain = new Message(answer ?? Buffer.alloc(0)).bytes(1).map(String);
    return certificatesOf(chain.join("\n"));
  } finally {
    client.close();
  }
}
