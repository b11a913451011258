/** What one thing of a cluster is found to be. */
import type { Reading } from "./observed";

export const Level = {
  /** As planned. */
  Right: "right",
  /** As planned, and to be known. */
  Soon: "soon",
  /** Not as planned. */
  Wrong: "wrong",
  /** Could not be read. */
  Unread: "unread",
} as const;
export type Level = (typeof Level)[keyof typeof Level];

/** What a finding is about: what stops requests is looked for by it. */
export type About =
  /** A cluster that an istiod reads, by its name. */
  | { kind: "watch"; of: string }
  | { kind: "certificate" | "roots" | "network"; of: string }
  /** A gateway, by its key. */
  | { kind: "gateway"; of: string };

/** One thing of a cluster and what there is to say of it. */
export interface Finding {
  cluster: string;
  what: string;
  /** Absent where requests go through without it. */
  about?: About;
  level: Level;
  says: string;
}

export type Said = Omit<Finding, "cluster">;

export function said(what: string, level: Level, says: string, about?: About): Said {
  return { what, ...(about && { about }), level, says };
}

/** Says of a reading why there is none, or what there is to say of its value. */
export function told<T>(what: string, reading: Reading<T>, tell: (value: T) => Said[]): Said[] {
  return "failed" in reading ? [said(what, Level.Unread, reading.failed)] : tell(reading.value);
}
