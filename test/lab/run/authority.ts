import {
  caKey,
  caSubject,
  intermediateProfile,
  rootProfile,
} from "../../../components/trust/certificates";
import {
  requestCertificate,
  selfSign,
  serialNumber,
  signLocally,
} from "../providers/tls/certificates";
import { makeKey } from "../providers/tls/keys";

/** A certificate that signs others, and its key, as PEM. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

/** A root as the program makes one, which nobody knows. */
export async function issueRoot(commonName: string): Promise<Authority> {
  const key = makeKey(caKey).privateKeyPem;
  const inputs = { ...rootProfile, subject: caSubject(commonName), privateKeyPem: key };
  return { certificate: String((await selfSign(inputs, serialNumber())).certPem), key };
}

/** An intermediate as the program makes one, which ends after some hours. */
export async function issueIntermediate(
  above: Authority,
  commonName: string,
  hours: number = intermediateProfile.validityPeriodHours,
): Promise<Authority> {
  const key = makeKey(caKey).privateKeyPem;
  const subject = caSubject(commonName);
  const { certRequestPem } = await requestCertificate({ privateKeyPem: key, subject });
  const signed = await signLocally(
    {
      ...intermediateProfile,
      validityPeriodHours: hours,
      certRequestPem,
      caCertPem: above.certificate,
      caPrivateKeyPem: above.key,
    },
    serialNumber(),
  );
  return { certificate: String(signed.certPem), key };
}
