/** Why a cell likely differs from its plan, by what stands and by what istiod knows. */
import { Barrier } from "../../../components/mesh/reach";
import type { Cell, ReachPlace } from "../../../components/mesh/reach";
import { needText } from "../../report/reachWords";
import { Level } from "../standing/finding";
import type { About, Finding } from "../standing/finding";
import type { Answer } from "./answers";
import type { Isolation } from "./isolation";

/** What was read because something differs. */
export interface Evidence {
  /** Of every control plane: members of each Service, as clusters that its istiods know endpoints of. */
  known: KnownEndpoints[];
  /** Authorization policies of the whole mesh, in root namespaces. */
  policies: Policy[];
  /** Modes of the peer authentications of root namespaces, wherever a mesh is configured; absent where there is none. */
  modes: { mesh: string; cluster: string; mode?: string }[];
  isolations: Isolation[];
}

export interface KnownEndpoints {
  mesh: string;
  /** That the istiod runs in. */
  cluster: string;
  /** Clusters with endpoints, by host. */
  clusters: Record<string, string[]>;
}

export interface Policy {
  mesh: string;
  cluster: string;
  name: string;
  action: string;
}

/** One that differs, with whom its caller is served by. */
export interface Differing {
  cell: Cell;
  answer: Answer;
  from: ReachPlace;
  to: ReachPlace;
  /** Clusters whose istiods serve the caller. */
  servers: string[];
  /** Host that the called one is known by; absent where it is called by address. */
  host?: string;
}

/** The likely cause, or undefined where nothing that was looked at is one. */
export function causeOf(
  differing: Differing,
  findings: Finding[],
  evidence: Evidence,
): string | undefined {
  const { cell, answer } = differing;
  if (answer.kind === "unasked") return undefined;
  if (cell.way.kind === "none") return letIn(cell, differing.to, evidence);
  if (answer.kind === "answered") return seenAsAnother(differing, findings);
  return (
    standingCause(differing, findings) ??
    unknownEndpoint(differing, evidence) ??
    denied(differing, evidence) ??
    isolated(cell, answer.detail, evidence) ??
    onTheWay(cell, answer.detail)
  );
}

/** What stands wrong on the way, the nearest to the caller first. */
function standingCause(differing: Differing, findings: Finding[]): string | undefined {
  const { cell, from, to, servers } = differing;
  const through = gatewaysOf(cell);
  const ends = [...servers, from.cluster, to.cluster];
  const isOn = (about: About, cluster: string): boolean => {
    switch (about.kind) {
      case "watch":
        return servers.includes(cluster) && about.of === to.cluster;
      case "gateway":
        return through.includes(about.of);
      default:
        return about.of === to.mesh && ends.includes(cluster);
    }
  };
  const order: About["kind"][] = ["watch", "network", "gateway", "certificate", "roots"];
  const wrong = findings.filter(
    ({ level, about, cluster }) => level === Level.Wrong && about && isOn(about, cluster),
  );
  const [first] = wrong.sort((a, b) => order.indexOf(a.about!.kind) - order.indexOf(b.about!.kind));
  return first && `${first.what} in ${first.cluster}: ${first.says}`;
}

function gatewaysOf({ way }: Cell): string[] {
  return way.kind === "gateways" ? way.through.flat() : [];
}

function unknownEndpoint(
  { from, to, servers, host }: Differing,
  { known }: Evidence,
): string | undefined {
  if (host === undefined) return undefined;
  const blind = known
    .filter(({ mesh, cluster }) => mesh === from.mesh && servers.includes(cluster))
    .find(({ clusters }) => !(clusters[host] ?? []).includes(to.cluster));
  return blind && `istiod of ${blind.cluster} knows no endpoint of ${host} in ${to.cluster}`;
}

/** What proxies say where a policy refuses a request (https://istio.io/latest/docs/ops/common-problems/security-issues/). */
const DENIED = /RBAC: access denied/;

function denied({ to, answer }: Differing, { policies }: Evidence): string | undefined {
  const isSaid = answer.kind === "refused" && DENIED.test(answer.detail);
  const own = policies.filter(({ mesh }) => mesh === to.mesh);
  const denying = own.filter(({ action }) => action === "DENY");
  const named = (denying.length > 0 ? denying : own).map(
    ({ name, cluster }) => `${name} in ${cluster}`,
  );
  if (isSaid) return `a policy denies it: ${named.join(", ") || "none of the whole mesh"}`;
  return denying.length > 0 ? `a policy may deny it: ${named.join(", ")}` : undefined;
}

const SILENT = /time ?out|timed out|deadline|no answer/i;

/** Packets that a policy does not let pass vanish. */
function isolated(cell: Cell, detail: string, { isolations }: Evidence): string | undefined {
  if (!SILENT.test(detail)) return undefined;
  const gateways = gatewaysOf(cell);
  const found = isolations.find(
    ({ of, ingress, egress }) =>
      (egress && [cell.from, ...gateways].includes(of)) ||
      (ingress && [...gateways, cell.to].includes(of)),
  );
  return found && `NetworkPolicy ${found.name} in ${found.cluster} isolates ${found.of}`;
}

function onTheWay({ needs }: Cell, detail: string): string | undefined {
  if (needs.length === 0) return undefined;
  const words = needs.map(needText).join("; ");
  return SILENT.test(detail)
    ? `no packet comes back; it needs ${words}`
    : `nothing that stands is wrong; it needs ${words}`;
}

function letIn({ way }: Cell, to: ReachPlace, { modes }: Evidence): string | undefined {
  const why = way.kind === "none" ? way.why : undefined;
  if (why === Barrier.Closed || why === Barrier.NoRoute)
    return "a route or a rule that is not planned lets it in";
  if (why !== Barrier.PlainText) return undefined;
  const lax = modes.filter(({ mesh, mode }) => mesh === to.mesh && mode !== "STRICT");
  const near = lax.find(({ cluster }) => cluster === to.cluster) ?? lax[0];
  if (!near) return undefined;
  return near.mode === undefined
    ? `no PeerAuthentication in ${near.cluster} makes mutual TLS strict in mesh ${to.mesh}`
    : `the PeerAuthentication of mesh ${to.mesh} in ${near.cluster} says ${near.mode}`;
}

function seenAsAnother(differing: Differing, findings: Finding[]): string {
  const standing = standingCause(differing, findings);
  return standing ?? "the server sees somebody else than the caller";
}
