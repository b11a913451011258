/** Roots end, and replacing one takes days: who has them is told in time. */
import { X509Certificate } from "node:crypto";

const DAY = 24 * 3_600_000;

/** Half a year: as long before its end an intermediate is renewed. */
const WARNING_DAYS = 183;

/** When a certificate ends; undefined where it cannot be read, which the provider that is to sign with it says better. */
export function endOf(certificate: string): string | undefined {
  try {
    return new Date(new X509Certificate(certificate).validTo).toISOString();
  } catch {
    return undefined;
  }
}

/** What to say of a root that ends within half a year; undefined where it lasts longer. */
export function endingSoon(end: string | undefined, now: number): string | undefined {
  const left = Date.parse(end ?? "") - now;
  if (!(left < WARNING_DAYS * DAY)) return undefined;
  const day = new Date(end!).toISOString().slice(0, 10);
  return (
    `This root ${left < 0 ? "has ended" : "ends"} on ${day}, and no certificate below it is accepted from then on. ` +
    "Put another one in its place: name that under `trust.roots` beside it, and follow docs/roots.md."
  );
}
