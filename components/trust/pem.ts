/** The one way in which this package writes PEM: what istiod compares byte for byte must have one form. */
import { createHash } from "node:crypto";

/** LF line ends, no blank lines or blanks around lines, one final newline. Empty stays empty, and what mocks leave out is. */
export function normalizePem(pem = ""): string {
  const lines = pem.split(/\r\n|\r|\n/).map((line) => line.trim());
  const kept = lines.filter((line) => line !== "");
  return kept.length === 0 ? "" : `${kept.join("\n")}\n`;
}

/** Several PEM texts as one, in the order given. */
export function joinPem(...pems: string[]): string {
  return pems.map(normalizePem).join("");
}

/**
 * Webhook CA bundle of a root: base64 of exactly the bytes that stand in `root-cert.pem`.
 *
 * istiod rewrites its webhooks on any byte of difference (pilot/pkg/bootstrap/certcontroller.go, pkg/webhooks).
 */
export function caBundle(root: string): string {
  return Buffer.from(normalizePem(root), "utf8").toString("base64");
}

/** Digest of a bundle, as hexadecimal SHA-256 of the bytes of `root-cert.pem`: it tells bundles apart, and nothing of keys. */
export function rootsDigest(roots: string): string {
  return createHash("sha256").update(normalizePem(roots)).digest("hex");
}

/** Certificate and key of a provided root. */
export interface PemPair {
  certificate: string;
  privateKey: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** SHA-256 fingerprint of a certificate, as hexadecimal: of its bytes, however its PEM is written. */
export function fingerprint(certificate: string): string {
  const body = certificate.replace(/-----[A-Z ]+-----|\s/g, "");
  return createHash("sha256").update(Buffer.from(body, "base64")).digest("hex");
}

/** Takes a bundle of one certificate and its private key apart, in whatever order they stand. */
export function splitPem(bundle: string): PemPair {
  const blocks = [...bundle.matchAll(BLOCK)].map(([pem, label = ""]) => ({ pem, label }));
  const certificates = blocks.filter(({ label }) => label === "CERTIFICATE");
  const keys = blocks.filter(({ label }) => /^((EC|RSA) )?PRIVATE KEY$/.test(label));
  const [certificate, key] = [certificates[0], keys[0]];
  if (!certificate || !key || certificates.length + keys.length > 2) {
    throw new Error(
      `A provided root must be PEM with one CERTIFICATE and one unencrypted PRIVATE KEY; ` +
        `got ${certificates.length} and ${keys.length}.`,
    );
  }
  return { certificate: normalizePem(certificate.pem), privateKey: normalizePem(key.pem) };
}
