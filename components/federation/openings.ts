/** What must be open between meshes: the one port of the gateways that they come in by. */
import { Protocol } from "../network/firewall/facts";
import type { Balancer, Opening, Source } from "../network/firewall/openings";
import { FEDERATION_PORT, GATEWAY_READY } from "../istio/ports";
import { FEDERATION_NAME, gatewayKey, isPeer } from "../topology";
import type { Member, Relations } from "../topology";

const PURPOSE = { name: "federation", reason: "mutual TLS from meshes that import" };

export function federationOpenings({ meshes }: Relations): Opening[] {
  return meshes.flatMap((mesh) => {
    const importing = [...new Set(mesh.exports.flatMap(({ to }) => to))];
    const from = importing.map((of): Source =>
      isPeer(of) ? { kind: "addresses", cidrs: of.peer.published.cidrs } : { kind: "mesh", of },
    );
    return mesh.federationGateways.map((member): Opening => ({
      ...{ ...PURPOSE, to: { kind: "balancer", of: beforeGateway(member) }, from },
      ...{ ports: [FEDERATION_PORT, FEDERATION_PORT], protocol: Protocol.Tcp },
    }));
  });
}

function beforeGateway({ in: { mesh }, at }: Member): Balancer {
  const key = gatewayKey(mesh.name, at.cluster.name, FEDERATION_NAME);
  return {
    ...{ key, name: key, label: `gateway ${key}`, in: at },
    description: "Load balancer of an Istio gateway for other meshes",
    forwards: [{ ...PURPOSE, port: FEDERATION_PORT }],
    health: GATEWAY_READY.port,
  };
}
