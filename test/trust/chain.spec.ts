import "reflect-metadata";
import assert from "node:assert/strict";
import { webcrypto, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as tls from "node:tls";
import * as x509 from "@peculiar/x509";
import {
  caKey,
  caSubject,
  intermediateProfile,
  rootProfile,
} from "../../components/trust/certificates";
import { joinPem } from "../../components/trust";

/** What the tls provider is told of a certificate. */
type Profile = typeof rootProfile | typeof intermediateProfile;

interface Issued {
  certificate: x509.X509Certificate;
  keys: CryptoKeyPair;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const USAGES: Record<string, x509.KeyUsageFlags> = {
  cert_signing: x509.KeyUsageFlags.keyCertSign,
  crl_signing: x509.KeyUsageFlags.cRLSign,
};

function caExtensions({ isCaCertificate, maxPathLength, allowedUses }: Profile) {
  const usages = allowedUses.reduce((flags, use) => flags | USAGES[use], 0);
  return [
    new x509.BasicConstraintsExtension(isCaCertificate, maxPathLength, true),
    new x509.KeyUsagesExtension(usages, true),
  ];
}

/** Issues as the tls provider does, by the profiles that the components give to it. */
async function issue(
  name: string,
  extensions: x509.Extension[],
  issuer?: Issued,
  validityPeriodHours = 24,
): Promise<Issued> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const { organization, commonName } = caSubject(name);
  const subject = `O=${organization}, CN=${commonName}`;
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer ? issuer.certificate.subject : subject,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: algorithm,
    notAfter: new Date(Date.now() + validityPeriodHours * 3_600_000),
    extensions,
  });
  return { certificate, keys };
}

const issueCa = (name: string, profile: Profile, issuer?: Issued) =>
  issue(name, caExtensions(profile), issuer, profile.validityPeriodHours);

const issueWorkload = (issuer: Issued) =>
  issue(
    "workload",
    [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "workload" }])],
    issuer,
  );

const pem = ({ certificate }: Issued) => certificate.toString("pem");

/** What a TLS client that trusts the root thinks of a server with this chain; "" where it is content. */
async function verdict(root: Issued, ...chain: Issued[]): Promise<string> {
  const key = await webcrypto.subtle.exportKey("pkcs8", chain[0].keys.privateKey);
  const server = tls.createServer({
    cert: joinPem(...chain.map(pem)),
    key: x509.PemConverter.encode(key, "PRIVATE KEY"),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = tls.connect({
    port: (server.address() as AddressInfo).port,
    host: "127.0.0.1",
    servername: "workload",
    ca: pem(root),
    rejectUnauthorized: false,
  });
  await once(client, "secureConnect");
  const error = client.authorizationError;
  client.destroy();
  server.close();
  return error ? String(error) : "";
}

describe("the certificates of a mesh", () => {
  let root: Issued;
  let intermediate: Issued;

  before(async () => {
    x509.cryptoProvider.set(webcrypto as unknown as Crypto);
    root = await issueCa("demo root", rootProfile);
    intermediate = await issueCa("demo prod istiod east", intermediateProfile, root);
  });

  it("let a client that trusts the root accept a workload of an intermediate", async () => {
    const workload = await issueWorkload(intermediate);
    assert.equal(await verdict(root, workload, intermediate), "");
  });

  it("let no intermediate make further authorities", async () => {
    const further = await issueCa("further", intermediateProfile, intermediate);
    const workload = await issueWorkload(further);
    assert.equal(await verdict(root, workload, further, intermediate), "PATH_LENGTH_EXCEEDED");
  });

  it("let no root of another mesh in", async () => {
    const other = await issueCa("demo bank root", rootProfile);
    const workload = await issueWorkload(intermediate);
    assert.notEqual(await verdict(other, workload, intermediate), "");
  });

  it("chain from the intermediate to the root", () => {
    const [below, above] = [intermediate, root].map((one) => new X509Certificate(pem(one)));
    assert.ok(below.checkIssued(above) && below.verify(above.publicKey));
    assert.ok(above.checkIssued(above) && above.verify(above.publicKey));
    assert.ok(below.ca && above.ca);
  });

  it("outlive each other in the right order, and are renewed in time", () => {
    const year = 365 * 24;
    assert.equal(rootProfile.validityPeriodHours, 10 * year);
    assert.equal(intermediateProfile.validityPeriodHours, 2 * year);
    assert.equal(intermediateProfile.earlyRenewalHours, year / 2);
    assert.equal("earlyRenewalHours" in rootProfile, false);
  });

  it("have keys on the curve that every proxy verifies", () => {
    assert.deepEqual(caKey, { algorithm: "ECDSA", ecdsaCurve: "P256" });
  });
});
