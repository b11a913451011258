import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { asList, asProps, asText } from "../base/values";
import type { Props } from "../base/values";
import { signerOf } from "./keys";
import type { Signer } from "./keys";

x509.cryptoProvider.set(webcrypto as Crypto);

const HOUR_MS = 3_600_000;

const SUBJECT = {
  serialNumber: "2.5.4.5",
  streetAddresses: "2.5.4.9",
  postalCode: "2.5.4.17",
  country: "C",
  province: "ST",
  locality: "L",
  organization: "O",
  organizationalUnit: "OU",
  commonName: "CN",
  emailAddress: "E",
} as const;

const { KeyUsageFlags: Key, ExtendedKeyUsage: Extended } = x509;

const KEY_USES: Readonly<Record<string, number>> = {
  digital_signature: Key.digitalSignature,
  content_commitment: Key.nonRepudiation,
  key_encipherment: Key.keyEncipherment,
  data_encipherment: Key.dataEncipherment,
  key_agreement: Key.keyAgreement,
  cert_signing: Key.keyCertSign,
  crl_signing: Key.cRLSign,
  encipher_only: Key.encipherOnly,
  decipher_only: Key.decipherOnly,
};

const EXTENDED_USES: Readonly<Record<string, string>> = {
  any_extended: "2.5.29.37.0",
  server_auth: Extended.serverAuth,
  client_auth: Extended.clientAuth,
  code_signing: Extended.codeSigning,
  email_protection: Extended.emailProtection,
  timestamping: Extended.timeStamping,
  ocsp_signing: Extended.ocspSigning,
};

function nameOf(subject: unknown): x509.JsonName {
  const given = asProps(subject);
  return Object.entries(SUBJECT)
    .filter(([field]) => given[field] !== undefined)
    .map(([field, attribute]) => {
      const value = given[field];
      return { [attribute]: Array.isArray(value) ? value.map(String) : [String(value)] };
    });
}

function alternativeNames(inputs: Props): x509.JsonGeneralNames {
  return [
    ...asList(inputs.dnsNames).map((value) => ({ type: "dns" as const, value: asText(value) })),
    ...asList(inputs.ipAddresses).map((value) => ({ type: "ip" as const, value: asText(value) })),
    ...asList(inputs.uris).map((value) => ({ type: "url" as const, value: asText(value) })),
  ];
}

const namesExtension = (names: x509.JsonGeneralNames) =>
  names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [];

function usage(inputs: Props): x509.Extension[] {
  const uses = asList(inputs.allowedUses).map(asText);
  const unknown = uses.find((use) => !(use in KEY_USES) && !(use in EXTENDED_USES));
  if (unknown !== undefined) throw new Error(`allowedUses: unknown use '${unknown}'`);
  const flags = uses.reduce((all, use) => all | (KEY_USES[use] ?? 0), 0);
  const extended = uses.flatMap((use) => EXTENDED_USES[use] ?? []);
  return [
    ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
  ];
}

function constraints(inputs: Props): x509.Extension {
  const depth = inputs.maxPathLength;
  const limit = inputs.isCaCertificate && depth !== undefined && Number(depth) >= 0;
  const isAuthority = Boolean(inputs.isCaCertificate);
  return new x509.BasicConstraintsExtension(isAuthority, limit ? Number(depth) : undefined, true);
}

function validity(inputs: Props): { notBefore: Date; notAfter: Date } {
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
  const hours = Number(inputs.validityPeriodHours);
  return { notBefore, notAfter: new Date(notBefore.getTime() + hours * HOUR_MS) };
}

/** PEM as Go writes it: LF and one final newline. */
const text = (pem: string) => `${pem.replace(/\r/g, "").trimEnd()}\n`;

export const serialNumber = () => `4${randomBytes(15).toString("hex").slice(1)}`;

export async function requestCertificate(inputs: Props): Promise<Props> {
  const signer = await signerOf(inputs.privateKeyPem);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: nameOf(inputs.subject),
    keys: signer.keys as CryptoKeyPair,
    signingAlgorithm: signer.signing as EcdsaParams,
    extensions: namesExtension(alternativeNames(inputs)),
  });
  return { certRequestPem: text(request.toString("pem")), keyAlgorithm: signer.algorithm };
}

export async function selfSign(inputs: Props, serial: string): Promise<Props> {
  const signer = await signerOf(inputs.privateKeyPem);
  const name = nameOf(inputs.subject);
  const { publicKey } = signer.keys;
  const certificate = await issue(inputs, serial, signer, {
    subject: name,
    issuer: name,
    publicKey: publicKey as CryptoKey,
    names: alternativeNames(inputs),
  });
  return { ...certificate, keyAlgorithm: signer.algorithm };
}

export async function signLocally(inputs: Props, serial: string): Promise<Props> {
  const authority = new x509.X509Certificate(asText(inputs.caCertPem));
  const request = new x509.Pkcs10CertificateRequest(asText(inputs.certRequestPem));
  const signer = await signerOf(inputs.caPrivateKeyPem);
  await assertOwnKey(authority, signer);
  const identifier = authority.getExtension(x509.SubjectKeyIdentifierExtension);
  const requested = request.extensions.find(
    (it) => it instanceof x509.SubjectAlternativeNameExtension,
  );
  const certificate = await issue(inputs, serial, signer, {
    subject: request.subjectName.toJSON(),
    // Its bytes, as Go takes them (crypto/x509.CreateCertificate): whoever verifies a chain compares no text.
    issuer: authority.subjectName,
    publicKey: await request.publicKey.export(),
    names: requested?.names.toJSON() ?? [],
    authorityKeyId: identifier?.keyId,
  });
  return { ...certificate, caKeyAlgorithm: signer.algorithm };
}

/** A certificate signed by a key that is not the authority's verifies nowhere: refuse it here. */
async function assertOwnKey(authority: x509.X509Certificate, signer: Signer): Promise<void> {
  const exported = await webcrypto.subtle.exportKey("spki", signer.keys.publicKey);
  if (!Buffer.from(exported).equals(Buffer.from(authority.publicKey.rawData))) {
    throw new Error("caPrivateKeyPem does not belong to caCertPem");
  }
}

interface Issued {
  readonly subject: x509.JsonName;
  readonly issuer: x509.Name | x509.JsonName;
  readonly publicKey: CryptoKey;
  readonly names: x509.JsonGeneralNames;
  readonly authorityKeyId?: string;
}

async function issue(
  inputs: Props,
  serial: string,
  signer: Signer,
  issued: Issued,
): Promise<Props> {
  const period = validity(inputs);
  const identifier = await x509.SubjectKeyIdentifierExtension.create(issued.publicKey);
  const { authorityKeyId } = issued;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    subject: issued.subject,
    issuer: issued.issuer,
    publicKey: issued.publicKey,
    signingKey: signer.keys.privateKey as CryptoKey,
    signingAlgorithm: signer.signing as EcdsaParams,
    ...period,
    extensions: [
      ...usage(inputs),
      constraints(inputs),
      // Go adds it to every authority, asked or not.
      ...(inputs.isCaCertificate || inputs.setSubjectKeyId ? [identifier] : []),
      ...(authorityKeyId ? [new x509.AuthorityKeyIdentifierExtension(authorityKeyId)] : []),
      ...namesExtension(issued.names),
    ],
  });
  return {
    certPem: text(certificate.toString("pem")),
    readyForRenewal: false,
    validityStartTime: period.notBefore.toISOString().replace(".000Z", "Z"),
    validityEndTime: period.notAfter.toISOString().replace(".000Z", "Z"),
  };
}
