/** Who is to reach whom by a topology, told without the planners. */
import { Exposure, RemoteAccess } from "../../components/topology";
import type { Topology } from "../../components/topology";

/** Every ingress gateway of every mesh and cluster. */
export function ingresses({ meshes }: Topology) {
  return Object.values(meshes).flatMap(({ name: mesh, ingress }) =>
    Object.entries(ingress).flatMap(([gateway, { clusters, exposure }]) =>
      clusters.map((cluster) => ({ mesh, cluster, gateway, exposure })),
    ),
  );
}

export function internetIngresses(topology: Topology) {
  return ingresses(topology).filter(({ exposure }) => exposure === Exposure.Internet);
}

/** Members that others of their mesh call, and over how many networks. */
export function meeting({ meshes, clusters }: Topology): { cluster: string; networks: number }[] {
  return Object.values(meshes)
    .map(({ members }) => Object.keys(members))
    .filter((members) => members.length > 1)
    .flatMap((members) => {
      const networks = new Set(members.map((member) => clusters[member].network)).size;
      return members.map((cluster) => ({ cluster, networks }));
    });
}

/** Members whose API server some istiod elsewhere reads by a role. */
export function readByIdentity({ meshes, clusters }: Topology): string[] {
  return Object.values(meshes).flatMap(({ members, runsIn }) =>
    Object.keys(members)
      .filter((name) => runsIn.some((server) => server !== name))
      .filter((name) => clusters[name].remoteAccess === RemoteAccess.EksIdentity),
  );
}

/** Clusters whose istiods serve others, once for each mesh. */
export function servers({ meshes, virtualMachines, ecsServices }: Topology): string[] {
  return Object.values(meshes).flatMap(({ name: mesh, members, runsIn }) => {
    const outside = [...Object.values(virtualMachines), ...Object.values(ecsServices)];
    const groups = outside.filter((group) => group.mesh === mesh);
    return Object.keys(members).some((name) => !runsIn.includes(name))
      ? runsIn
      : runsIn.filter((name) => groups.some(({ controlledBy }) => controlledBy === name));
  });
}

/** Who may reach an istiod's load balancer: remotes of its VPC by name, others by the addresses of their VPCs. */
export function sidesOfServed(topology: Topology, balancer: string): string[] {
  const { meshes, clusters, vpcs, virtualMachines, ecsServices } = topology;
  const named = (things: Topology["virtualMachines"] | Topology["ecsServices"], kind: string) =>
    Object.values(things).map(({ name, mesh, vpc, controlledBy }) => ({
      ...{ name: `${name}.${kind}`, mesh, vpc, controlledBy },
    }));
  const machines = [...named(virtualMachines, "machines"), ...named(ecsServices, "tasks")]
    .filter(({ mesh, controlledBy }) => balancer.startsWith(`dev-${mesh}-${controlledBy}-istiod`))
    .flatMap(({ name, vpc, controlledBy }) =>
      vpc === clusters[controlledBy].vpc ? [name] : vpcs[vpc].cidrs,
    );
  const served = Object.values(meshes).flatMap(({ name, runsIn, members }) =>
    runsIn
      .filter((server) => balancer.startsWith(`dev-${name}-${server}-istiod`))
      .flatMap((server) =>
        Object.entries(members)
          .filter(([, { servedBy }]) => servedBy.includes(server))
          .flatMap(([remote]) =>
            clusters[remote].vpc === clusters[server].vpc
              ? [remote]
              : vpcs[clusters[remote].vpc].cidrs,
          ),
      ),
  );
  return [...new Set([...served, ...machines])].sort();
}
