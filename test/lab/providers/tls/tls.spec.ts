import "reflect-metadata";
import assert from "node:assert";
import { X509Certificate, createPrivateKey } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { asText } from "../base/values";
import type { Props } from "../base/values";
import { signerOf } from "./keys";
import { TlsProvider } from "./provider";

const provider = new TlsProvider("5.0.0");

function call(kind: string, inputs: Props) {
  const type = `tls:index/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;
  const urn = `urn:pulumi:dev::lab::${type}::it`;
  const old = { oldInputs: {}, oldOutputs: {} };
  const inspected = provider.check({
    ...{ urn, type, name: "it", id: "", preview: false, suffix: "0000000" },
    ...{ inputs, oldInputs: {} },
  });
  assert.deepStrictEqual(inspected.failures, []);
  return {
    ...{ urn, type, name: "it", id: "", preview: false, ...old },
    inputs: inspected.inputs,
  };
}

const make = async (kind: string, inputs: Props) =>
  (await provider.create(call(kind, inputs))).outputs;

async function authority(algorithm: Props = { algorithm: "RSA", rsaBits: 2048 }) {
  const { privateKeyPem } = await make("PrivateKey", algorithm);
  const { certPem } = await make("SelfSignedCert", {
    privateKeyPem,
    isCaCertificate: true,
    validityPeriodHours: 24,
    allowedUses: ["cert_signing", "crl_signing"],
    subject: { commonName: "Root", organization: "lab" },
  });
  return { privateKeyPem, certPem };
}

async function intermediate(root: Props, algorithm: Props) {
  const { privateKeyPem } = await make("PrivateKey", algorithm);
  const { certRequestPem } = await make("CertRequest", {
    privateKeyPem,
    subject: { commonName: "Intermediate", organization: "lab" },
    dnsNames: ["istiod.istio-system.svc"],
    uris: ["spiffe://mesh.example/ns/istio-system/sa/istiod"],
  });
  const { certPem } = await make("LocallySignedCert", {
    certRequestPem,
    caCertPem: root.certPem,
    caPrivateKeyPem: root.privateKeyPem,
    isCaCertificate: true,
    maxPathLength: 0,
    validityPeriodHours: 12,
    allowedUses: ["cert_signing", "digital_signature", "server_auth"],
  });
  return { privateKeyPem, certPem };
}

describe("tls stand-in", () => {
  for (const algorithm of [
    { algorithm: "RSA", rsaBits: 2048 },
    { algorithm: "ECDSA", ecdsaCurve: "P256" },
    { algorithm: "ECDSA", ecdsaCurve: "P384" },
  ]) {
    it(`signs an intermediate that verifies (${Object.values(algorithm).join(" ")})`, async () => {
      const root = await authority(algorithm);
      const issued = await intermediate(root, algorithm);
      const [above, below] = [root, issued].map((it) => new X509Certificate(asText(it.certPem)));
      assert.ok(below.checkIssued(above));
      assert.ok(below.verify(above.publicKey));
      assert.ok(below.checkPrivateKey(createPrivateKey(asText(issued.privateKeyPem))));
      assert.match(below.subjectAltName ?? "", /URI:spiffe:\/\/mesh\.example/);
      assert.strictEqual(below.ca, true);
    });
  }

  it("names the authority by its own bytes, however they are encoded", async () => {
    const key = await make("PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const { keys, signing } = await signerOf(key.privateKeyPem);
    // "Root" as OpenSSL has it, a UTF8String, where Go has printable strings (RFC 4514, 2.4).
    const brought = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=#0c04526f6f74",
      keys: keys as CryptoKeyPair,
      signingAlgorithm: signing as EcdsaParams,
    });
    const root = { privateKeyPem: key.privateKeyPem, certPem: brought.toString("pem") };
    const { certPem } = await intermediate(root, { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const { issuerName } = new x509.X509Certificate(asText(certPem));
    const bytesOf = (name: x509.Name) => Buffer.from(name.toArrayBuffer());
    assert.deepStrictEqual(bytesOf(issuerName), bytesOf(brought.subjectName));
  });

  it("writes PEM with LF and one final newline", async () => {
    const { certPem } = await authority();
    assert.match(
      asText(certPem),
      /^-----BEGIN CERTIFICATE-----\n[^\r]*-----END CERTIFICATE-----\n$/,
    );
  });

  it("refuses an authority's certificate with another key", async () => {
    const [root, other] = [await authority(), await authority()];
    const mixed = { certPem: root.certPem, privateKeyPem: other.privateKeyPem };
    await assert.rejects(intermediate(mixed, { algorithm: "ECDSA", ecdsaCurve: "P256" }), /belong/);
  });

  it("replaces on every change but early renewal, and when renewal is due", () => {
    const type = "tls:index/selfSignedCert:SelfSignedCert";
    const common = { urn: "", type, name: "", id: "1", preview: true };
    const diff = (before: Props, after: Props, oldOutputs: Props = {}) =>
      provider.diff({ ...common, inputs: after, oldInputs: before, oldOutputs }).replaces;
    assert.deepStrictEqual(diff({ earlyRenewalHours: 0 }, { earlyRenewalHours: 5 }), []);
    assert.deepStrictEqual(diff({ dnsNames: ["a"] }, { dnsNames: ["b"] }), ["dnsNames[0]"]);
    assert.deepStrictEqual(diff({}, {}, { readyForRenewal: true }), ["readyForRenewal"]);
  });

  it("renews by the clock on a plain plan, without a refresh", () => {
    const type = "tls:index/locallySignedCert:LocallySignedCert";
    const hour = 3_600_000;
    const diff = (hoursLeft: number, earlyRenewalHours: number) => {
      const validityEndTime = new Date(Date.now() + hoursLeft * hour).toISOString();
      const [inputs, oldOutputs] = [
        { earlyRenewalHours },
        { readyForRenewal: false, validityEndTime },
      ];
      const call = { urn: "", type, name: "", id: "1", preview: true };
      return provider.diff({ ...call, inputs, oldInputs: inputs, oldOutputs });
    };
    assert.deepStrictEqual(diff(11, 10), { changes: {}, replaces: [] });
    assert.deepStrictEqual(diff(9, 10), {
      changes: { readyForRenewal: "update" },
      replaces: ["readyForRenewal"],
    });
  });

  it("names private keys as secret", () => {
    assert.deepStrictEqual(provider.secrets("tls:index/privateKey:PrivateKey"), [
      ["privateKeyPem"],
      ["privateKeyPemPkcs8"],
    ]);
  });

  it("knows no other type", () => {
    assert.throws(() => provider.secrets("tls:index/other:Other"), /no resource type/);
  });
});
