/** What must be open for machines: their ports, the pods that they call, and the API server that makes their tokens. */
import { API_PORT } from "../cluster/openings";
import { HBONE } from "../istio/ports";
import { Protocol } from "../network/firewall/facts";
import type { Opening, Source } from "../network/firewall/openings";
import { DataPlane, Inbound, machinesOf } from "../topology";
import type { Machines, MeshRelation, Relations } from "../topology";

/**
 * Ports of machines are open to every member of their mesh: an istiod gives clients the address of an endpoint whose network has no
 * gateway (istio, pilot/pkg/xds/endpoints/ep_filters.go). The ports of their load balancers are opened where these are.
 */
export function machineOpenings({ meshes }: Relations): Opening[] {
  return meshes.flatMap((mesh) =>
    machinesOf(mesh).flatMap((machines) => [
      ...portsOf(mesh, machines),
      ...podsOf(mesh, machines),
      apiOf(machines),
    ]),
  );
}

function portsOf(mesh: MeshRelation, machines: Machines): Opening[] {
  if (machines.group.inbound === Inbound.None) return [];
  const pods = mesh.members.map(({ at }): Source => ({ kind: "pods", of: at }));
  const others = mesh.outside.map((of): Source => ({ kind: "outside", of }));
  return calledOn(mesh, machines).map(([name, port, reason]) => ({
    ...{ name, to: { kind: "outside", of: machines }, from: [...pods, ...others] },
    ...{ ports: [port, port], protocol: Protocol.Tcp, reason },
  }));
}

function calledOn({ mesh }: MeshRelation, { group }: Machines): [string, number, string][] {
  if (mesh.dataPlane === DataPlane.Ambient)
    return [["hbone", HBONE, "mutual TLS from the mesh, for every port of the application"]];
  return Object.entries(group.ports).map(([name, port]) => [
    name,
    port,
    `clients of port ${name} in the mesh`,
  ]);
}

/** Pods of their network are called at their own addresses, on whatever ports they have; others through gateways. */
function podsOf({ mesh, members }: MeshRelation, machines: Machines): Opening[] {
  const near = members.filter(({ at }) => at.cluster.network === machines.vpc.network);
  const what: Pick<Opening, "name" | "ports" | "reason"> =
    mesh.dataPlane === DataPlane.Ambient
      ? { name: "hbone", ports: [HBONE, HBONE], reason: "mutual TLS from machines" }
      : {
          name: "pods",
          ports: [0, 65535],
          reason: "machines of a network call its pods on any port",
        };
  return near.map(({ at }) => ({
    ...{ ...what, to: { kind: "pods", of: at }, from: [{ kind: "outside", of: machines }] },
    protocol: Protocol.Tcp,
  }));
}

function apiOf(machines: Machines): Opening {
  return {
    ...{ name: "api", to: { kind: "api", of: machines.controlledBy.at } },
    ...{ from: [{ kind: "outside", of: machines }], ports: [API_PORT, API_PORT] },
    ...{ protocol: Protocol.Tcp, reason: "machines ask the API server for their tokens" },
  };
}
