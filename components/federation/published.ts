/** What others must know of a mesh to exchange services with it. */
import { keyed, mapValues } from "../records";
import { cidrsOf } from "../network/ranges";
import { allowedIn, TRUST_DOMAIN } from "../topology";
import { PUBLISHED_VERSION } from "../topology/peers";
import type { MeshRelation, PublishedMesh, PublishedService } from "../topology";
import type { FederationGatewayPlan, PublishedPlan } from "./facts";

/** Of every mesh that can exchange services: one whose trust domain is its own. */
export function planPublished(
  meshes: MeshRelation[],
  gateways: readonly FederationGatewayPlan[],
): Record<string, PublishedPlan> {
  const able = meshes.filter(({ mesh }) => mesh.trustDomain !== TRUST_DOMAIN);
  const named = Object.fromEntries(able.map((relation) => [relation.mesh.name, relation]));
  return mapValues(named, (relation, name) => ({
    ...{ version: PUBLISHED_VERSION, trustDomain: relation.mesh.trustDomain },
    cidrs: cidrsOf(relation.memberReach),
    gateways: mapValues(
      keyed(
        gateways.filter(({ mesh }) => mesh === name),
        ({ cluster }) => cluster,
      ),
      ({ addresses, network, region }) => ({ addresses, network, region }),
    ),
    exports: offeredBy(relation),
  }));
}

/** As others read it: a name that a mesh has here means nothing to them, so callers are named by trust domain. */
function offeredBy({ exports }: MeshRelation): NonNullable<PublishedMesh["exports"]> {
  const offered: Record<string, PublishedService> = {};
  for (const { to, services } of exports)
    for (const [host, service] of Object.entries(services)) {
      const { ports, serviceAccounts } = service;
      const callers = to.flatMap((partner) =>
        allowedIn(service, partner).map((one) => `${partner.mesh.trustDomain}/${one}`),
      );
      const known = offered[host];
      offered[host] = {
        ports: { ...known?.ports, ...ports },
        serviceAccounts: [...new Set([...(known?.serviceAccounts ?? []), ...serviceAccounts])],
        allow: [...new Set([...(known?.allow ?? []), ...callers])].sort(),
      };
    }
  return offered;
}
