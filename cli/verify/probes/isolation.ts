/** Reads which NetworkPolicies speak of who calls, who is called and the gateways between them. */
import type { Planned } from "../../../components/mesh";
import type { ReachPlace } from "../../../components/mesh/reach";
import type { Access, Thing } from "../access";
import { expectedClusters } from "../standing/expected";
import type { ExpectedGateway } from "../standing/expected";
import { findService, reading } from "../standing/read";
import { podOf } from "./names";

/** A NetworkPolicy that isolates pods of a place, or of a gateway, by its key. */
export interface Isolation {
  of: string;
  cluster: string;
  name: string;
  /** Of what comes in, and what goes out. */
  ingress: boolean;
  egress: boolean;
}

/** Pods that one cell or several go through. */
interface Pods {
  key: string;
  namespace: string;
  /** By label. */
  selector: Record<string, string>;
}

/** Of one cluster; what cannot be read is left out: the cause is then not it. */
export async function readIsolations(
  { planned, places, cluster, namespace }: Where,
  access: Access,
): Promise<Isolation[]> {
  const probes = places
    .filter((place) => place.cluster === cluster)
    .map((place): Pods => ({ key: place.key, namespace, selector: { place: podOf(place) } }));
  const expected = expectedClusters(planned).find(({ name }) => name === cluster);
  const gateways = (expected?.members ?? []).flatMap((member) => member.gateways);
  const behind = await Promise.all(gateways.map((gateway) => behindGateway(access, gateway)));
  const found = await Promise.all(
    [...probes, ...behind.flat()].map((pods) => isolationsOf(pods, cluster, access)),
  );
  return found.flat();
}

export interface Where {
  planned: Planned;
  places: ReachPlace[];
  cluster: string;
  /** Of the probes. */
  namespace: string;
}

async function behindGateway(access: Access, gateway: ExpectedGateway): Promise<Pods[]> {
  const read = await reading(() => findService(access, gateway));
  if ("failed" in read || !read.value?.spec?.selector) return [];
  return [{ key: gateway.key, namespace: gateway.namespace, selector: read.value.spec.selector }];
}

async function isolationsOf(pods: Pods, cluster: string, access: Access): Promise<Isolation[]> {
  const { key, namespace, selector } = pods;
  const own = await namesOf(access, namespace, selectorText({ matchLabels: selector }));
  const read = await reading(() =>
    access.list("networking.k8s.io/v1", "NetworkPolicy", { namespace }),
  );
  const policies = "failed" in read ? [] : read.value;
  const all = await Promise.all(
    policies.map(async ({ metadata, spec }): Promise<Isolation[]> => {
      const chosen = await namesOf(access, namespace, selectorText(spec.podSelector ?? {}));
      if (!own.some((name) => chosen.includes(name))) return [];
      const name = `${namespace}/${metadata.name}`;
      return [{ of: key, cluster, name, ...directionsOf(spec) }];
    }),
  );
  return all.flat();
}

/** Without `policyTypes` it is about what comes in, and about what goes out where it has rules of that (https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/). */
function directionsOf({ policyTypes, egress }: Thing): { ingress: boolean; egress: boolean } {
  const types: string[] = policyTypes ?? ["Ingress", ...(egress ? ["Egress"] : [])];
  return { ingress: types.includes("Ingress"), egress: types.includes("Egress") };
}

async function namesOf(access: Access, namespace: string, labels: string): Promise<string[]> {
  const read = await reading(() => access.list("v1", "Pod", { namespace, labels }));
  return "failed" in read ? [] : read.value.map(({ metadata }) => metadata.name);
}

const EXPRESSIONS: Record<string, (key: string, values: string) => string> = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} notin (${values})`,
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
};

/** A selector as a query has it (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors). */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: Thing): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${String(value)}`),
    ...matchExpressions.map(({ key, operator, values = [] }: Thing) =>
      EXPRESSIONS[operator]!(key, values.join(",")),
    ),
  ].join(",");
}
