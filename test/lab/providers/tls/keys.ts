import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { asText } from "../base/values";
import type { Props } from "../base/values";

/** Curves as the tls provider, OpenSSL and WebCrypto name them; the hash is the curve's strength. */
const CURVES = {
  P224: { openssl: "secp224r1", web: "P-224", hash: "SHA-256" },
  P256: { openssl: "prime256v1", web: "P-256", hash: "SHA-256" },
  P384: { openssl: "secp384r1", web: "P-384", hash: "SHA-384" },
  P521: { openssl: "secp521r1", web: "P-521", hash: "SHA-512" },
} as const;

const pem = (key: KeyObject, type: "pkcs1" | "sec1" | "pkcs8") =>
  String(key.export({ type: type as "pkcs8", format: "pem" }));

/** Per algorithm: how to make a key and in which PEM form the tls provider gives it. */
const ALGORITHMS = {
  RSA: {
    make: (inputs: Props) =>
      generateKeyPairSync("rsa", { modulusLength: Number(inputs.rsaBits ?? 2048) }).privateKey,
    form: "pkcs1",
  },
  ECDSA: {
    make: (inputs: Props) => {
      const curve = CURVES[(asText(inputs.ecdsaCurve) || "P224") as keyof typeof CURVES];
      if (!curve) throw new Error(`invalid ECDSA curve ${asText(inputs.ecdsaCurve)}`);
      return generateKeyPairSync("ec", { namedCurve: curve.openssl }).privateKey;
    },
    form: "sec1",
  },
  ED25519: { make: () => generateKeyPairSync("ed25519").privateKey, form: "pkcs8" },
} as const;

export function makeKey(inputs: Props): {
  privateKeyPem: string;
  pkcs8: string;
  publicPem: string;
} {
  const algorithm = ALGORITHMS[asText(inputs.algorithm) as keyof typeof ALGORITHMS];
  if (!algorithm) throw new Error(`invalid key algorithm ${asText(inputs.algorithm)}`);
  const key = algorithm.make(inputs);
  return {
    privateKeyPem: pem(key, algorithm.form),
    pkcs8: pem(key, "pkcs8"),
    publicPem: String(createPublicKey(key).export({ type: "spki", format: "pem" })),
  };
}

export interface Signer {
  readonly algorithm: "RSA" | "ECDSA" | "ED25519";
  readonly signing: { name: string; hash?: string };
  readonly keys: webcrypto.CryptoKeyPair;
}

/** A PEM private key as WebCrypto holds it. */
export async function signerOf(privateKeyPem: unknown): Promise<Signer> {
  const key = createPrivateKey(asText(privateKeyPem));
  const { algorithm, web, hash } = kindOf(key);
  const load = (form: "pkcs8" | "spki", der: Buffer, use: "sign" | "verify") =>
    webcrypto.subtle.importKey(form, der, web, true, [use]);
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  const keys = {
    privateKey: await load("pkcs8", key.export({ type: "pkcs8", format: "der" }), "sign"),
    publicKey: await load("spki", spki, "verify"),
  };
  return { algorithm, signing: { name: web.name, hash }, keys };
}

type Kind = Pick<Signer, "algorithm"> & {
  web: { name: string; hash?: string; namedCurve?: string };
  hash?: string;
};

function kindOf(key: KeyObject): Kind {
  if (key.asymmetricKeyType === "rsa") {
    const web = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    return { algorithm: "RSA", web, hash: web.hash };
  }
  if (key.asymmetricKeyType === "ed25519") {
    return { algorithm: "ED25519", web: { name: "Ed25519" } };
  }
  const named = key.asymmetricKeyDetails?.namedCurve;
  const curve = Object.values(CURVES).find(({ openssl }) => openssl === named);
  if (!curve) throw new Error(`unsupported private key: ${key.asymmetricKeyType} ${named ?? ""}`);
  return {
    algorithm: "ECDSA",
    web: { name: "ECDSA", namedCurve: curve.web },
    hash: curve.hash,
  };
}
