/** What an answer says, and whether it is as planned. */
import type { Cell, ReachPlace } from "../../../components/mesh/reach";
import { PlaceKind } from "../../../components/mesh/reach";
import { accountOf } from "./names";

/** What came of asking. */
export type Answer =
  | { kind: "answered"; identity?: string }
  | { kind: "refused"; detail: string }
  /** Nobody could ask, or be asked. */
  | { kind: "unasked"; why: string };

/** A cell and what came of it. */
export interface Verdict {
  cell: Cell;
  answer: Answer;
  asPlanned: boolean;
  /** Why it likely differs. */
  likely?: string;
}

/** Header that a server's proxy says its caller in (https://istio.io/latest/docs/ops/configuration/traffic-management/network-topologies/). */
const CALLER = "X-Forwarded-Client-Cert";

/** The answer to a request for its headers: what no application answered has no such form. */
export function answerOf(body: string): Answer {
  const headers = objectIn(body);
  if (!headers) return { kind: "refused", detail: brief(body) };
  const [value = ""] = headers[CALLER] ?? [];
  // The last element is of the last hop (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert).
  const uris = [...value.matchAll(/(?:^|[;,])URI=([^;,]+)/g)].map(([, uri]) => uri!);
  const identity = uris.at(-1);
  return { kind: "answered", ...(identity !== undefined && { identity }) };
}

/** What agnhost's `/dial` says of the one call that it made. */
export function dialedOf(body: string): Answer | { body: string } {
  const { responses = [], errors = [] } = (objectIn(body) ?? {}) as Record<string, string[]>;
  const [first] = responses;
  if (first !== undefined) return { body: first };
  return { kind: "refused", detail: brief(errors[0] ?? body) };
}

function objectIn(text: string): Record<string, string[]> | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function brief(text: string): string {
  return text.trim().split("\n")[0]!.slice(0, 200) || "an empty answer";
}

/** As whom a probe is seen: every place has one account. */
export function identityOf(
  { kind, identity, cluster }: ReachPlace,
  namespace: string,
): string | undefined {
  if (kind === PlaceKind.Clients) return identity;
  return identity?.replace("/ns/*/sa/*", `/ns/${namespace}/sa/${accountOf(cluster)}`);
}

/** Whether an answer is what a cell says. */
export function judge(cell: Cell, from: ReachPlace, answer: Answer, namespace: string): boolean {
  if (answer.kind === "unasked") return false;
  if (cell.way.kind === "none") return answer.kind === "refused";
  if (answer.kind === "refused") return false;
  const expected = cell.identity === undefined ? undefined : identityOf(from, namespace);
  return answer.identity === expected;
}

export function answerText(answer: Answer): string {
  switch (answer.kind) {
    case "answered":
      return answer.identity === undefined
        ? "answered in plain text"
        : `answered as ${answer.identity}`;
    case "refused":
      return `not answered: ${answer.detail}`;
    case "unasked":
      return `not asked: ${answer.why}`;
  }
}
