/** What certificates say: who signs, until when, and whether a mesh has one root. */
import { X509Certificate } from "node:crypto";
import { Level, said, told } from "./finding";
import type { Finding, Said } from "./finding";
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
): Said[] {
  const what = `certificate of ${mesh}`;
  const about = { kind: "certificate", of: mesh } as const;
  return told(what, signing, (value) => {
    if (!value) return [said(what, Level.Wrong, "no Secret cacerts", about)];
    const own = certificatesIn(value.certificate);
    const roots = certificatesIn(value.roots);
    if (own.length === 0)
      return [said(what, Level.Wrong, "the Secret cacerts holds no certificate", about)];
    return [
      ...own.map((one) => said(what, ...endOf("intermediate", one, now), about)),
      ...roots.map((one) => said(`root of ${mesh}`, ...endOf("root", one, now), about)),
    ];
  });
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

function endOf(kind: string, certificate: X509Certificate, now: Date): [Level, string] {
  const end = new Date(certificate.validTo);
  const left = (end.getTime() - now.getTime()) / DAY;
  const level = left < 0 ? Level.Wrong : left < SOON ? Level.Soon : Level.Right;
  const verb = left < 0 ? "ended" : "ends";
  return [
    level,
    `${kind} ${verb} on ${end.toISOString().slice(0, 10)}, ${shortPrint(certificate)}`,
  ];
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
    const about = { kind: "roots", of: mesh } as const;
    return [{ cluster: name, ...said(`roots of ${mesh}`, Level.Wrong, says, about) }];
  });
}

function valueOf<T>(reading: Reading<T | undefined>): T[] {
  return "value" in reading && reading.value !== undefined ? [reading.value] : [];
}

function printsOf(pem: string): string {
  return certificatesIn(pem).map(shortPrint).sort().join(", ");
}
