/** What certificates say: who signs, until when, and whether a mesh has one root. */
import { X509Certificate } from "node:crypto";
import type { Finding } from "./finding";
import type { ObservedCluster, ObservedSigning, Reading } from "./observed";

/** Days before the end of a certificate that are told. */
const SOON = 30;

const DAY = 86_400_000;

const PEM = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g;

/** Of the intermediate and the roots that istiods of a cluster sign with. */
export function certificateFindings(
  mesh: string,
  signing: Reading<ObservedSigning | undefined>,
  now: Date,
): Omit<Finding, "cluster">[] {
  const what = `certificate of ${mesh}`;
  if ("failed" in signing) return [{ what, level: "unread", says: signing.failed }];
  if (!signing.value) return [{ what, level: "wrong", says: "no Secret cacerts" }];
  const { certificate, roots } = signing.value;
  return [
    ...certificatesIn(certificate).map((one) => endFinding(what, "intermediate", one, now)),
    ...certificatesIn(roots).map((one) => endFinding(`root of ${mesh}`, "root", one, now)),
    ...(certificatesIn(certificate).length === 0
      ? [{ what, level: "wrong" as const, says: "the Secret cacerts holds no certificate" }]
      : []),
  ];
}

/** Every certificate of a PEM text that can be read as one. */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(PEM) ?? []).flatMap((text) => {
    try {
      return [new X509Certificate(text)];
    } catch {
      return [];
    }
  });
}

function endFinding(what: string, kind: string, certificate: X509Certificate, now: Date) {
  const end = new Date(certificate.validTo);
  const day = end.toISOString().slice(0, 10);
  const left = (end.getTime() - now.getTime()) / DAY;
  const level =
    left < 0 ? ("wrong" as const) : left < SOON ? ("soon" as const) : ("right" as const);
  const says = left < 0 ? `${kind} ended on ${day}` : `${kind} ends on ${day}`;
  return { what, level, says: `${says}, ${shortPrint(certificate)}` };
}

/** First bytes of the SHA-256 fingerprint: enough to tell two apart. */
function shortPrint({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(":", "").slice(0, 12).toLowerCase();
}

/** Of clusters of one mesh whose istiods do not accept the same roots, or whose workloads are told others. */
export function rootFindings(observed: ObservedCluster[]): Finding[] {
  const all = observed.flatMap(({ name, controlPlanes, members }) => [
    ...controlPlanes.flatMap(({ mesh, signing }) =>
      valueOf(signing).map(({ roots }) => ({ name, mesh, of: "istiod", roots })),
    ),
    ...members.flatMap(({ mesh, roots }) =>
      valueOf(roots).map((text) => ({ name, mesh, of: "workloads", roots: text })),
    ),
  ]);
  return all.flatMap(({ name, mesh, of, roots }) => {
    const first = all.find((one) => one.mesh === mesh)!;
    const [own, theirs] = [printsOf(roots), printsOf(first.roots)];
    if (own === theirs) return [];
    const says = `${of} of ${name} has ${own || "none"}, ${first.of} of ${first.name} ${theirs || "none"}`;
    return [{ cluster: name, what: `roots of ${mesh}`, level: "wrong" as const, says }];
  });
}

function valueOf<T>(reading: Reading<T | undefined>): T[] {
  return "value" in reading && reading.value !== undefined ? [reading.value] : [];
}

function printsOf(pem: string): string {
  return certificatesIn(pem).map(shortPrint).sort().join(", ");
}
