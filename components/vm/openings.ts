/** What must be open for machines: their ports, the pods that they call, and the API server that makes their tokens. */
import { API_PORT } from "../cluster/openings";
import { Protocol } from "../network/firewall/facts";
import type { Opening, Source } from "../network/firewall/openings";
import { Inbound, machinesOf } from "../topology";
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
  return Object.entries(machines.group.ports).map(([name, port]) => ({
    ...{ name, to: { kind: "outside", of: machines }, from: [...pods, ...others] },
    ...{ ports: [port, port], protocol: Protocol.Tcp },
    reason: `clients of port ${name} in the mesh`,
  }));
}

/** Pods of their network are called at their own addresses, on whatever ports they have; others through gateways. */
function podsOf({ members }: MeshRelation, machines: Machines): Opening[] {
  const near = members.filter(({ at }) => at.cluster.network === machines.vpc.network);
  return near.map(({ at }) => ({
    ...{ name: "pods", to: { kind: "pods", of: at }, from: [{ kind: "outside", of: machines }] },
    ...{ ports: [0, 65535], protocol: Protocol.Tcp },
    reason: "machines of a network call its pods on any port",
  }));
}

function apiOf(machines: Machines): Opening {
  return {
    ...{ name: "api", to: { kind: "api", of: machines.controlledBy.at } },
    ...{ from: [{ kind: "outside", of: machines }], ports: [API_PORT, API_PORT] },
    ...{ protocol: Protocol.Tcp, reason: "machines ask the API server for their tokens" },
  };
}
