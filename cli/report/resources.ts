/** Every resource of a plan, as its JSON lists them. */
import type { Planned } from "../../components/mesh";
import type { Graph, Registration } from "../../engine";
import type { Invented } from "./invented";
import { OwnerKind, ownersOf } from "./owners";
import type { Owner } from "./owners";
import { ResourceKind } from "./resource";
import type { ResourceReport } from "./resource";
import { roomOf } from "./rooms";

/** What resources are made out from. */
export interface Source {
  planned: Planned;
  graph: Graph;
  invented: Invented;
}

/** Every resource, by URN: in an order that two plans share. */
export function reportResources({ planned, graph, invented }: Source): ResourceReport[] {
  const owners = ownersOf(graph, planned.topology.name, planned.facts);
  return graph.resources
    .map((resource) => reportResource(resource, owners.get(resource.urn)!, { graph, invented }))
    .sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

function reportResource(
  resource: Registration,
  owner: Owner,
  { graph, invented }: Omit<Source, "planned">,
): ResourceReport {
  const { urn, type, name, parent, provider, secrets, protect, retainOnDelete } = resource;
  const { inputs, placeholders } = invented.shown(resource);
  return {
    ...{ urn, type, name, kind: kindOf(resource), room: roomOf(graph, resource) },
    ...(owner.kind !== OwnerKind.Shared && { owner: { kind: owner.kind, name: owner.key } }),
    ...(parent && { parent }),
    ...(provider && { provider }),
    ...{ inputs, secrets, placeholders },
    dependencies: [...resource.dependencies].sort(),
    ...{ protect, retainOnDelete },
  };
}

function kindOf({ custom, remote, read }: Registration): ResourceKind {
  if (read) return ResourceKind.Read;
  if (remote) return ResourceKind.Expanded;
  return custom ? ResourceKind.Made : ResourceKind.Component;
}
