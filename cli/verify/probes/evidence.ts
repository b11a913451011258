/** Reads what says why something differs, while the probes still stand. */
import type { Planned } from "../../../components/mesh";
import type { ReachPlace } from "../../../components/mesh/reach";
import type { ControlPlane } from "../../../components/topology";
import type { Access, Thing } from "../access";
import { isReady, page, reading } from "../standing/read";
import { readIsolations } from "./isolation";
import type { Evidence, KnownEndpoints, Policy } from "./causes";

/** Of every control plane, and of all clusters; what cannot be read is left out: the cause is then not it. */
export async function readEvidence(
  planned: Planned,
  accesses: Record<string, Access>,
  places: ReachPlace[],
  namespace: string,
): Promise<Evidence> {
  const planes = planned.relations.meshes
    .flatMap(({ controlPlanes }) => controlPlanes)
    .filter(
      ({ at, configuredIn }) => accesses[at.cluster.name] && accesses[configuredIn.cluster.name],
    );
  const known = await Promise.all(planes.map((plane) => readKnown(plane, accesses)));
  const policies = await Promise.all(planes.map((plane) => readPolicies(plane, accesses)));
  const modes = await Promise.all(planes.map((plane) => readModes(plane, accesses)));
  const isolations = await Promise.all(
    Object.entries(accesses).map(([cluster, access]) =>
      readIsolations({ planned, places, cluster, namespace }, access),
    ),
  );
  return {
    ...{ known: known.flat(), policies: policies.flat() },
    ...{ modes: modes.flat(), isolations: isolations.flat() },
  };
}

async function readKnown(
  { of, at }: ControlPlane,
  accesses: Record<string, Access>,
): Promise<KnownEndpoints[]> {
  const { name: cluster } = at.cluster;
  const access = accesses[cluster]!;
  const { namespace } = of;
  const read = await reading(async () => {
    const pods = await access.list("v1", "Pod", { namespace, labels: "app=istiod" });
    const pod = pods.find(isReady);
    if (!pod) throw new Error("no istiod is ready");
    return page(access, { namespace, name: pod.metadata.name }, "/debug/endpointShardz");
  });
  return "failed" in read
    ? []
    : [{ mesh: of.mesh.name, cluster, clusters: clustersOf(read.value) }];
}

/** Shards are `<registry>/<cluster>` under host and namespace (istio, pilot/pkg/model/endpointshards.go). */
export function clustersOf(shardz: Thing): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(shardz as Record<string, Record<string, Thing>>).map(([host, namespaces]) => {
      const shards = Object.values(namespaces).flatMap(({ Shards }) =>
        Object.entries((Shards ?? {}) as Record<string, Thing[]>),
      );
      const filled = shards.filter(([, endpoints]) => endpoints.length > 0);
      return [host, filled.map(([shard]) => shard.split("/").at(-1)!)];
    }),
  );
}

async function readPolicies(plane: ControlPlane, accesses: Record<string, Access>) {
  const all = await configuration(plane, accesses, "AuthorizationPolicy");
  const { name: cluster } = plane.configuredIn.cluster;
  return (all ?? []).map(({ metadata, spec }): Policy => ({
    ...{ mesh: plane.of.mesh.name, cluster, name: `${metadata.namespace}/${metadata.name}` },
    action: spec?.action ?? "ALLOW",
  }));
}

async function readModes(plane: ControlPlane, accesses: Record<string, Access>) {
  const all = await configuration(plane, accesses, "PeerAuthentication");
  const at = { mesh: plane.of.mesh.name, cluster: plane.configuredIn.cluster.name };
  if (all?.length === 0) return [at];
  return (all ?? []).map(({ spec }) => ({ ...at, mode: String(spec?.mtls?.mode ?? "UNSET") }));
}

/** What holds for the whole mesh: objects in its root namespace, where its istiods read their configuration; undefined where it cannot be read. */
async function configuration(
  { of, configuredIn }: ControlPlane,
  accesses: Record<string, Access>,
  kind: string,
): Promise<Thing[] | undefined> {
  const { namespace } = of;
  const access = accesses[configuredIn.cluster.name]!;
  const read = await reading(() => access.list("security.istio.io/v1", kind, { namespace }));
  return "failed" in read ? undefined : read.value;
}
