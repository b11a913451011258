import type { Json } from "../kube";
import { holds } from "../vpc/ranges";

/** Whom a policy lets a pod reach, or be reached by, on which ports; every one where they are absent. */
export interface Allowance {
  readonly cidrs: readonly string[];
  readonly except: readonly string[];
  readonly protocol?: string;
  readonly ports?: readonly [number, number];
}

/** What policies leave of a pod's traffic; a direction that no policy speaks of is left alone. */
export interface Isolation {
  readonly address: string;
  readonly in?: readonly Allowance[];
  readonly out?: readonly Allowance[];
}

/** Objects of one cluster, as its API server has them. */
export interface Objects {
  readonly policies: readonly Json[];
  readonly pods: readonly Json[];
  readonly namespaces: readonly Json[];
}

type Labels = Record<string, string>;

const operators: Record<string, (value: string | undefined, values: string[]) => boolean> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

/** A label selector; an empty one selects everything. */
export function selects(
  { matchLabels = {}, matchExpressions = [] }: Json,
  labels: Labels,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }: Json) =>
      operators[operator](labels[key], values),
    )
  );
}

const labelsOf = ({ metadata }: Json): Labels => metadata.labels ?? {};

/** Pods with an address of their own. */
const addressed = ({ pods }: Objects): Json[] =>
  pods.filter(
    ({ spec, status }) => status?.podIP && !spec.hostNetwork && status.phase !== "Succeeded",
  );

/** Pods that a peer means: of the policy's namespace, or of those that it selects. */
function podsOf(objects: Objects, namespace: string, peer: Json): Json[] {
  const { podSelector = {}, namespaceSelector } = peer;
  const isMeant = (name: string) => {
    if (!namespaceSelector) return name === namespace;
    const found = objects.namespaces.find(({ metadata }) => metadata.name === name);
    return found !== undefined && selects(namespaceSelector, labelsOf(found));
  };
  return addressed(objects).filter(
    (pod) => isMeant(pod.metadata.namespace) && selects(podSelector, labelsOf(pod)),
  );
}

/** A port by number or, as a container calls it, by name; undefined where the pod has none of that name. */
function numberOf(port: number | string, pod: Json | undefined): number | undefined {
  if (typeof port === "number") return port;
  const named = (pod?.spec.containers ?? []).flatMap(({ ports = [] }: Json) => ports);
  return named.find(({ name }: Json) => name === port)?.containerPort;
}

function portsOf(rule: Json, target: Json | undefined): Pick<Allowance, "protocol" | "ports">[] {
  if (!rule.ports?.length) return [{}];
  return rule.ports.flatMap(({ protocol = "TCP", port, endPort }: Json) => {
    const name = protocol.toLowerCase();
    if (port === undefined) return [{ protocol: name }];
    const first = numberOf(port, target);
    return first === undefined ? [] : [{ protocol: name, ports: [first, endPort ?? first] }];
  });
}

/** Ranges of the other side, and the pod whose port names count where it is one. */
function sidesOf(objects: Objects, namespace: string, peers: Json[] | undefined) {
  if (!peers?.length) return [{ cidrs: ["0.0.0.0/0"], except: [] as string[], pod: undefined }];
  return peers.flatMap((peer) => {
    const { cidr, except = [] } = peer.ipBlock ?? {};
    if (cidr) return [{ cidrs: [cidr], except, pod: undefined }];
    return podsOf(objects, namespace, peer).map((pod) => ({
      cidrs: [pod.status.podIP],
      except: [] as string[],
      pod,
    }));
  });
}

function allowances(objects: Objects, policy: Json, pod: Json, direction: "in" | "out") {
  const { namespace } = policy.metadata;
  const rules: Json[] = (direction === "in" ? policy.spec.ingress : policy.spec.egress) ?? [];
  return rules.flatMap((rule) =>
    sidesOf(objects, namespace, direction === "in" ? rule.from : rule.to).flatMap((side) =>
      portsOf(rule, direction === "in" ? pod : side.pod).map((ports): Allowance => ({
        cidrs: side.cidrs,
        except: side.except,
        ...ports,
      })),
    ),
  );
}

/** Without `policyTypes` a policy is about what comes in, and about what goes out if it says something of that. */
function speaksOf({ spec }: Json, direction: "in" | "out"): boolean {
  const types: string[] = spec.policyTypes ?? ["Ingress", ...(spec.egress ? ["Egress"] : [])];
  return types.includes(direction === "in" ? "Ingress" : "Egress");
}

/** What NetworkPolicies make of each pod (https://kubernetes.io/docs/concepts/services-networking/network-policies/). */
export function isolations(objects: Objects): Isolation[] {
  return addressed(objects).flatMap((pod) => {
    const mine = objects.policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === pod.metadata.namespace &&
        selects(spec.podSelector ?? {}, labelsOf(pod)),
    );
    if (mine.length === 0) return [];
    const of = (direction: "in" | "out") => {
      const about = mine.filter((policy) => speaksOf(policy, direction));
      if (about.length === 0) return undefined;
      return about.flatMap((policy) => allowances(objects, policy, pod, direction));
    };
    return [{ address: pod.status.podIP, in: of("in"), out: of("out") }];
  });
}

export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number;
}

/** Whether policies let a packet open a connection. */
export function admits(all: readonly Isolation[], { from, to, protocol, port }: Flow): boolean {
  const lets = (allowed: readonly Allowance[] | undefined, other: string) =>
    allowed === undefined ||
    allowed.some(
      (one) =>
        one.cidrs.some((cidr) => holds(cidr, other)) &&
        !one.except.some((cidr) => holds(cidr, other)) &&
        (one.protocol === undefined || one.protocol === protocol) &&
        (one.ports === undefined || (one.ports[0] <= port && port <= one.ports[1])),
    );
  const of = (address: string) => all.find((one) => one.address === address);
  return lets(of(from)?.out, to) && lets(of(to)?.in, from);
}
