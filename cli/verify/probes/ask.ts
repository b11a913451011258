/** Asks probes to ask each other. */
import { request } from "node:http";
import { PlaceKind } from "../../../components/mesh/reach";
import type { Cell, ReachPlace } from "../../../components/mesh/reach";
import { DataPlane, Exposure } from "../../../components/topology";
import { contains } from "../../../components/topology/cidr";
import type { Ingress, Member } from "../../../components/topology";
import { failureText } from "../failures";
import type { Access } from "../access";
import { answerOf, dialedOf } from "./answers";
import type { Answer } from "./answers";
import {
  accountOf,
  callerPort,
  hostOf,
  HTTP_PORT,
  podOf,
  PORT,
  portOf,
  serviceHost,
} from "./names";
import { isOutOfScope } from "./routes";

/** Seconds that a probe may take to say how its call went; the call itself ends after 5. */
const SECONDS = 20;

/** What is known of the probes once they stand. */
export interface Standing {
  namespace: string;
  accesses: Record<string, Access>;
  /** Addresses of pods, by the key of their place. */
  addresses: Record<string, string>;
  /** Addresses of ingress gateways, by their key. */
  gateways: Record<string, string>;
}

/** A cell with its ends. */
export interface Question {
  cell: Cell;
  from: ReachPlace;
  to: ReachPlace;
  /** Of the mesh that the caller or its gateway is in. */
  member?: Member;
  /** That clients come by. */
  gateway?: Ingress;
}

export async function ask(question: Question, standing: Standing): Promise<Answer> {
  const { from, to, cell, member } = question;
  try {
    if (from.kind === PlaceKind.Clients) return await askGateway(question, standing);
    const isMutual = cell.identity !== undefined;
    if (isMutual && member?.in.mesh.dataPlane === DataPlane.Ambient)
      return await askByPort(question, member, standing);
    const host = isSameMesh(from, to)
      ? serviceHost(to, standing.namespace)
      : standing.addresses[to.key]!;
    const dialed = await dial(from, standing, host, PORT);
    return "body" in dialed ? answerOf(dialed.body) : dialed;
  } catch (error) {
    return { kind: "unasked", why: `probe of ${from.key}: ${failureText(error)}` };
  }
}

function isSameMesh(from: ReachPlace, to: ReachPlace): boolean {
  return from.kind === PlaceKind.InMesh && to.kind === PlaceKind.InMesh && from.mesh === to.mesh;
}

async function dial(from: ReachPlace, standing: Standing, host: string, port: number) {
  const query = new URLSearchParams({ host, port: `${port}`, protocol: "http", request: "header" });
  const pod = { namespace: standing.namespace, name: podOf(from) };
  const access = standing.accesses[from.cluster]!;
  const { body } = await access.get(pod, PORT, `/dial?${query.toString()}`, SECONDS);
  return dialedOf(body);
}

/** On the port of its own a caller is answered, on that of another not: then it is who it is let in as. */
async function askByPort(
  { from, to }: Question,
  member: Member,
  standing: Standing,
): Promise<Answer> {
  const host = serviceHost(to, standing.namespace);
  const own = await dial(from, standing, host, callerPort(member, from.cluster));
  if (!("body" in own)) return own;
  if (own.body !== from.cluster) return { kind: "refused", detail: own.body.slice(0, 200) };
  const other = member.in.members.find(({ at }) => at.cluster.name !== from.cluster);
  const trusted = `spiffe://${member.in.mesh.trustDomain}/ns/${standing.namespace}/sa/`;
  if (other) {
    const { name } = other.at.cluster;
    const stranger = await dial(from, standing, host, callerPort(member, name));
    if ("body" in stranger) return { kind: "answered", identity: `${trusted}any` };
  }
  return { kind: "answered", identity: `${trusted}${accountOf(from.cluster)}` };
}

/** Where the internet comes in this machine asks; elsewhere the probe outside the mesh beside the gateway. */
async function askGateway(question: Question, standing: Standing): Promise<Answer> {
  const { from, to, gateway, member } = question;
  const known = standing.gateways[from.key];
  if (known === undefined) return { kind: "unasked", why: `gateway ${from.key} has no address` };
  const port = gateway && portOf(gateway);
  if (port === undefined) {
    const why = `no port of gateway ${from.key} is ${HTTP_PORT.number} or called ${HTTP_PORT.name}, for plain HTTP`;
    return { kind: "unasked", why };
  }
  if (member && isOutOfScope(member, from.gateway!)) {
    const why = `Gateways of ${from.key} count in its namespace alone, and no cluster that holds the mesh's configuration has it`;
    return { kind: "unasked", why };
  }
  const address = port === HTTP_PORT.number ? known : `${known}:${port}`;
  const host = hostOf(from, to, standing.namespace);
  if (gateway?.exposure === Exposure.Internet)
    return answerAt(question, await fetchFrom(address, host));
  const why = gateway && strangerTo(gateway, standing.addresses[from.cluster]);
  if (why) return { kind: "unasked", why };
  // `/dial` sends no name but the address; the image has curl.
  const cmd = `curl -s -m 5 -H "Host: ${host}" http://${address}/header`;
  const pod = { namespace: standing.namespace, name: podOf(from) };
  const path = `/shell?${new URLSearchParams({ cmd }).toString()}`;
  const { body } = await standing.accesses[from.cluster]!.get(pod, PORT, path, SECONDS);
  const { output = "", error = "" } = JSON.parse(body) as { output?: string; error?: string };
  if (!output) return { kind: "refused", detail: error || "an empty answer" };
  return answerAt(question, output);
}

/** Why a probe cannot ask in the place of a gateway's clients; undefined where it is let in as they are. */
export function strangerTo({ allowFrom }: Ingress, address?: string): string | undefined {
  if (address === undefined || allowFrom.length === 0) return undefined;
  if (contains(allowFrom, [`${address}/32`])) return undefined;
  return `clients are ${allowFrom.join(", ")} alone, and the probe has ${address}`;
}

/** In ambient the gateway is who it is let in as, on the port of its own. */
function answerAt({ from, cell, member }: Question, body: string): Answer {
  const { identity } = cell;
  if (identity === undefined || member?.in.mesh.dataPlane !== DataPlane.Ambient)
    return answerOf(body);
  if (body.trim() !== from.gateway) return { kind: "refused", detail: body.slice(0, 200) };
  return { kind: "answered", identity };
}

function fetchFrom(address: string, host: string): Promise<string> {
  return new Promise((resolve) => {
    const asked = request(
      new URL(`http://${address}/header`),
      { headers: { Host: host }, timeout: 5000 },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => (body += text));
        response.on("end", () => resolve(body));
      },
    );
    asked.on("timeout", () => asked.destroy(new Error("no answer within 5 s")));
    asked.on("error", (error) => resolve(failureText(error)));
    asked.end();
  });
}
