import { caKey, caSubject, intermediateProfile } from "../../../components/trust/certificates";
import { requestCertificate, serialNumber, signLocally } from "../providers/tls/certificates";
import { makeKey } from "../providers/tls/keys";

/** A certificate that signs others, and its key, as PEM. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

/** An intermediate as the program makes one, which ends after some hours. */
export async function issueIntermediate(
  above: Authority,
  commonName: string,
  hours: number,
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
