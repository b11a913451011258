/** What `verify` found: the one content of its text and its JSON. */
import type { Asked } from "./probes/probe";
import { Level } from "./standing/finding";
import type { Finding } from "./standing/finding";

export interface Verified {
  /** Prefix of names and tags. */
  name: string;
  /** Clusters that were looked at. */
  clusters: string[];
  /** What stands, beside what is planned. */
  findings: Finding[];
  /** Who reaches whom, beside what is planned; absent where nothing was made to ask. */
  asked?: Asked;
}

/** Whether all that was looked at is as planned; what could not be looked at is not known to be. */
export function isAsPlanned({ findings, asked }: Verified): boolean {
  const stands = findings.every(({ level }) => level === Level.Right || level === Level.Soon);
  return stands && (asked?.verdicts ?? []).every(({ asPlanned }) => asPlanned);
}
