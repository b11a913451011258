import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { until } from "../machine/processes";
import { callFrom, hostOf, namespaces, probePod, type Place, type Where } from "./probe";
import type { Session } from "./session";

/** A caller and whom it calls. */
export interface Cell {
  readonly from: Place;
  readonly to: Place;
}

/** How a call ends: who the server sees, nobody where it comes in plain text; or that there is no answer. */
export type Outcome = { readonly answeredTo: string } | "refused";

/** Seconds until new pods and policies are everywhere. */
const settleSeconds = 45;

/** Whom a server knows that is called in plain text. */
export const nobody = "nobody";

export function identityOf(session: Session, { cluster, where }: Place): string {
  return `spiffe://${session.mesh.trustDomain}/ns/${namespaces[where]}/sa/at-${cluster}`;
}

const callerHeader = "X-Forwarded-Client-Cert";

/** The identity that Istio's proxy has seen (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert). */
function callerIn(headers: Record<string, string[]>): string {
  const [value] = headers[callerHeader] ?? [];
  return /(?:^|;)URI=([^;,]+)/.exec(value ?? "")?.[1] ?? nobody;
}

/** ztunnel tells no server who calls: its log does, of each connection that it lets in. */
async function callerLogged(session: Session, { from, to }: Cell): Promise<string> {
  const cluster = session.cluster(to.cluster);
  const { metadata } = await probePod(cluster, to);
  const ztunnel = cluster.kubelet.processes.get(metadata.uid)?.services.get("ztunnel");
  const lines = ztunnel ? fs.readFileSync(ztunnel.log, "utf8").split("\n") : [];
  const expected = identityOf(session, from);
  const isSeen = lines.some(
    (line) => line.includes('direction="inbound"') && line.includes(`src.identity="${expected}"`),
  );
  return isSeen ? expected : nobody;
}

export interface Seen {
  readonly outcome: Outcome;
  readonly note: string;
}

/** By the name of its Service; a probe outside the mesh has its pod's address too. */
async function addressOf(session: Session, to: Place): Promise<string> {
  if (to.where === "inside") return hostOf(to);
  return (await probePod(session.cluster(to.cluster), to)).status.podIP;
}

export async function call(session: Session, { from, to }: Cell): Promise<Seen> {
  const cluster = session.cluster(from.cluster);
  const pod = await probePod(cluster, from);
  const { body = "", error } = await callFrom(cluster, pod, await addressOf(session, to), "header");
  // What a proxy answers itself is no object.
  if (!body.startsWith("{")) return { outcome: "refused", note: error ?? body };
  const answeredTo =
    session.mesh.dataPlane === "ambient"
      ? await callerLogged(session, { from, to })
      : callerIn(JSON.parse(body));
  return { outcome: { answeredTo }, note: "" };
}

const text = (outcome: Outcome): string =>
  outcome === "refused" ? "refused" : `answered to ${outcome.answeredTo}`;
const placeText = ({ cluster, where }: Place): string => `${cluster} (${where} the mesh)`;

async function demandCell(session: Session, cell: Cell, expected: Outcome): Promise<void> {
  let seen: Seen = { outcome: "refused", note: "not asked" };
  const what = `${placeText(cell.from)} to ${placeText(cell.to)}: ${text(expected)}`;
  const settled = async () => {
    seen = await call(session, cell);
    return text(seen.outcome) === text(expected);
  };
  await until(what, settleSeconds, settled).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${text(seen.outcome)} ${seen.note}`.trim());
  });
}

export type Expect = (cell: Cell) => Outcome;

/** Calls between probes of all members, all at once; what differs is told together. */
export async function demandCells(
  session: Session,
  from: readonly Where[],
  to: Where,
  expect: Expect,
): Promise<void> {
  const { members } = session;
  const callers = members.flatMap((cluster) => from.map((where): Place => ({ cluster, where })));
  const cells = callers.flatMap((caller) =>
    members.map((cluster): Cell => ({ from: caller, to: { cluster, where: to } })),
  );
  await demandEvery(cells.map((cell) => demandCell(session, cell, expect(cell))));
}

/** Waits for every call that is to end as planned; what differs is told together. */
export async function demandEvery(calls: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(calls);
  const wrong = results.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
  assert.deepEqual(wrong, [], `expected every call as planned:\n${wrong.join("\n")}`);
}
