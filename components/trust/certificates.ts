/** What the certificates of a mesh say: keys, usages, lifetimes. Plain data, so that a test can issue them too. */

const HOURS_A_YEAR = 365 * 24;

/**
 * ECDSA P-256 for every CA key: istiod signs a certificate per workload and hour of rotation, and an RSA 4096
 * signature costs some hundred times as much; istiod, Envoy, ztunnel and Kubernetes all read it
 * (https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/).
 */
export const caKey = { algorithm: "ECDSA", ecdsaCurve: "P256" } as const;

/** RFC 5280, 4.2.1.3: a CA signs certificates and revocation lists, and nothing else. */
const caUses = ["cert_signing", "crl_signing"];

/** Root: ten years, and one level of intermediates below it. */
export const rootProfile = {
  isCaCertificate: true,
  maxPathLength: 1,
  allowedUses: caUses,
  setSubjectKeyId: true,
  setAuthorityKeyId: true,
  validityPeriodHours: 10 * HOURS_A_YEAR,
};

/**
 * Intermediate of one istiod: signs workloads, no further CA.
 *
 * Two years; any `up` in the last half year renews it, and istiod takes the new one without a restart.
 */
export const intermediateProfile = {
  isCaCertificate: true,
  maxPathLength: 0,
  allowedUses: caUses,
  setSubjectKeyId: true,
  validityPeriodHours: 2 * HOURS_A_YEAR,
  earlyRenewalHours: HOURS_A_YEAR / 2,
};

/** Subject of a CA certificate. */
export function caSubject<Name>(commonName: Name) {
  return { organization: "Istio", commonName };
}
