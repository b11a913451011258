import { mapValues } from "../records";
import { newestKubernetes } from "../versions/istio";
import { checkAlone, checkFoundation, Severity } from "../topology";
import type { Finding, Given, Problem, Relations, Rule, Topology } from "../topology";
import { parse } from "../topology/parse";
import { relate } from "../topology/relations/relate";
import { unreadPeer } from "../topology/peers";
import { apiMissing, peerRead } from "../topology/rules";
import type { Facts } from "./facts";
import { plan } from "./plan";
import { checkRoom, rooms as allRooms } from "./rooms";
import type { Room } from "./rooms";

/** Every rule of every room. */
export const rules: readonly Rule<never>[] = allRooms.flatMap((room) => room.rules);

/** What a description does not say by itself. */
export interface CheckContext {
  /** Default of `name`: the stack's name, or the component's. */
  name: string;
  /** AWS region of VPCs that name none. */
  region?: string;
  /** What a `MeshTopology` is given of things that exist, by name; absent where nothing can be given. */
  given?: Given;
  /** What was read of peers in other stacks, by name. */
  peers?: Record<string, unknown>;
  /** What is wrong with peers that were looked for and not found: said with all else, for which placeholders stand in their place. */
  missing?: Problem[];
  /** Tags of the stack's `aws:defaultTags`, where AWS providers are made with them. */
  stackTags?: Record<string, string>;
  /** Nothing is built: who reaches the API servers may be left out, and is a warning then. */
  offline?: boolean;
}

/** A description that may be built: what it says, what follows, and what each room makes of it. */
export interface Planned {
  topology: Topology;
  relations: Relations;
  facts: Facts;
}

/** What was found of a description. */
export interface Checked {
  /** Absent where there is a problem. */
  planned?: Planned;
  /** What must be mended before anything is built. */
  problems: Problem[];
  /** Present: what builds on these problems could not be checked, so that there may be more. */
  isPartial?: true;
  /** What is allowed and should be known. */
  warnings: Finding[];
}

/**
 * Checks a description and plans it, each once.
 *
 * Shape first, then the foundation, then the rest: rules can only speak of a description whose parts are what they claim
 * to be, and those of relations and facts only of one whose names lead somewhere.
 */
export function checkTopology(
  description: unknown,
  { offline = false, missing: absent = [], ...context }: CheckContext,
  rooms: readonly Room[] = allRooms,
): Checked {
  const { topology: said, problems: shape } = parse(description, {
    ...context,
    defaults: { kubernetesVersion: newestKubernetes },
  });
  const known = [...absent, ...shape];
  if (!said) return { problems: known, isPartial: true, warnings: [] };
  const { topology, missing } = offline ? completed(said) : without(absent, said);
  const groundless = checkGround(topology, rooms);
  if (groundless.length > 0)
    return { problems: [...known, ...groundless], isPartial: true, warnings: [] };
  const relations = relate(topology);
  const facts = plan(relations, rooms);
  const findings = rooms.flatMap((room) => checkRoom(room, relations, facts));
  return sorted({ topology, relations, facts }, known, [...missing, ...findings]);
}

/** Where the foundation is broken: what breaks it, and all that can be told without it and is not said by that already. */
function checkGround(topology: Topology, rooms: readonly Room[]): Finding[] {
  const broken = rooms.flatMap((room) => checkFoundation(room.rules, topology));
  if (broken.length === 0) return [];
  const alone = rooms.flatMap((room) => checkAlone(room.rules, topology));
  return [...broken, ...alone.filter(({ path }) => !broken.some((one) => isOf(path, one.path)))];
}

/** Whether two paths are of one value: the same, or a list and an item of it. */
function isOf(path: string, other: string): boolean {
  return other === path || other.startsWith(`${path}[`);
}

function sorted(planned: Planned, known: Problem[], findings: Finding[]): Checked {
  const refused = findings.filter(({ severity }) => severity === Severity.Problem);
  const warnings = findings.filter(({ severity }) => severity === Severity.Warning);
  const problems = [...known, ...refused];
  return problems.length > 0 ? { problems, warnings } : { planned, problems, warnings };
}

/** What stands offline in place of what is missing, and what is said of that. */
interface Completed {
  topology: Topology;
  missing: Finding[];
}

function completed(said: Topology): Completed {
  const { topology: parsed, missing: unread } = withPeers(said);
  const { topology, missing } = withApi(parsed);
  return { topology, missing: [...unread, ...missing] };
}

/** Other stacks are not read where nothing is built. */
function withPeers(topology: Topology): Completed {
  const { federation } = topology;
  const missing = peerRead.check(topology).map((problem) => ({
    ...problem,
    ...{ rule: peerRead.id, severity: Severity.Warning },
    got: problem.got.replace("which nobody has read", "planned with a placeholder"),
    ...{ allowed: "what its stack puts out", fix: "nothing: `pulumi preview` reads it" },
  }));
  const peers = mapValues(federation.peers, (peer) =>
    peer.output && !peer.published ? unreadPeer(peer) : peer,
  );
  return { topology: { ...topology, federation: { ...federation, peers } }, missing };
}

/** Placeholders stand for peers that were not found, so that all else is checked. */
function without(absent: Problem[], said: Topology): Completed {
  const topology = absent.length > 0 ? withPeers(said).topology : said;
  return { topology, missing: [] };
}

/** Stands in place of `api` offline: an address that is reserved for documentation (RFC 5737) and reaches nothing. */
export const API_PLACEHOLDER = { allowFrom: ["192.0.2.1/32"] };

/** What `up` refuses is only a warning where nothing is built: who reaches the API servers is the user's to say. */
function withApi(topology: Topology): Completed {
  const missing = apiMissing.check(topology).map((problem) => ({
    ...problem,
    rule: apiMissing.id,
    severity: Severity.Warning,
    got: `${problem.got}, planned with ${API_PLACEHOLDER.allowFrom[0]}`,
  }));
  return missing.length > 0
    ? { topology: { ...topology, api: API_PLACEHOLDER }, missing }
    : { topology, missing };
}
