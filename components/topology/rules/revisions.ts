/** Which control planes a mesh has, and what picks and tags name them. */
import type { IstioDescription, MeshDescription, TopologyDescription } from "../description";
import { DEFAULT_REVISION } from "../names";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import { oneOf } from "../suggest";
import type { Topology } from "../topology";
import { istiosOf } from "../istios";
import { meshesOf, named, type Reference, when, type WrittenIstio, writtenIstios } from "./support";

const entries = Object.entries;

/** The `istio` that a mesh has, as written. */
function istioOf(
  { istio = {} }: TopologyDescription,
  name: string,
  mesh: MeshDescription,
): WrittenIstio {
  return mesh.istio
    ? { path: pathOf("meshes", name, "istio"), istio: mesh.istio }
    : { path: "istio", istio };
}

function revisionsIn({ revisions = {} }: IstioDescription): string[] {
  return Object.keys(revisions);
}

function checkBoth({ description }: Topology): Problem[] {
  return writtenIstios(description).flatMap(({ path, istio }) =>
    when(istio.version !== undefined && revisionsIn(istio).length > 0, {
      path,
      got: "version and revisions",
      allowed: "one of the two",
      fix: "for upgrades by canary remove version, and give what runs a revision of its own; or remove revisions, to upgrade in place",
    }),
  );
}

function checkLoneTags({ description }: Topology): Problem[] {
  return writtenIstios(description).flatMap(({ path, istio }) =>
    entries(revisionsIn(istio).length > 0 ? {} : (istio.tags ?? {})).map(([tag, revision]) => ({
      path: below(path, "tags", tag),
      got: written(revision),
      allowed: `nothing without ${below(path, "revisions")}`,
      fix: "remove it: an istiod without a revision is called default already, and a tag beside it would be a second one of that name",
    })),
  );
}

/** Picks of a mesh and its members. */
function picksOf(name: string, { revision, agentRevision, clusters }: MeshDescription) {
  const path = pathOf("meshes", name);
  return [
    ...named(below(path, "revision"), revision),
    ...named(below(path, "agentRevision"), agentRevision),
    ...entries(clusters).flatMap(([cluster, member]): Reference[] => [
      ...named(below(path, "clusters", cluster, "revision"), member.revision),
      ...named(below(path, "clusters", cluster, "agentRevision"), member.agentRevision),
    ]),
  ];
}

/** What names a revision that is not described: a mistyped one is likelier to be one that left too early. */
function unknownIn(
  references: Reference[],
  { path, istio }: WrittenIstio,
  then: string,
): Problem[] {
  const revisions = revisionsIn(istio);
  // Another rule says that it is nothing at all.
  if (istio.version === undefined && revisions.length === 0) return [];
  return references
    .filter(({ name }) => !revisions.includes(name))
    .map((reference) => ({
      path: reference.path,
      got: written(reference.name),
      allowed: oneOf(revisions),
      fix: `describe it under ${below(path, "revisions")}, where it stays until ${then}`,
    }));
}

function checkUnknown({ description }: Topology): Problem[] {
  const tags = writtenIstios(description)
    .filter(({ istio }) => revisionsIn(istio).length > 0)
    .flatMap((place) => {
      const references = entries(place.istio.tags ?? {}).flatMap(([tag, revision]) =>
        named(below(place.path, "tags", tag), revision),
      );
      return unknownIn(references, place, "the tag has moved");
    });
  const picks = meshesOf(description).flatMap(([name, mesh]) =>
    unknownIn(picksOf(name, mesh), istioOf(description, name, mesh), "another one is picked"),
  );
  return [...tags, ...picks];
}

function checkPicks({ description }: Topology): Problem[] {
  return meshesOf(description).flatMap(([name, mesh]) => {
    const revisions = revisionsIn(istioOf(description, name, mesh).istio);
    const members = Object.values(mesh.clusters);
    const isPicked = mesh.revision !== undefined || members.every(({ revision }) => revision);
    return when(revisions.length > 1 && !isPicked, {
      path: pathOf("meshes", name, "revision"),
      got: "nothing",
      allowed: oneOf(revisions),
      fix: "say which one its gateways and node agents have; a member may say another one",
    });
  });
}

function checkDefaultTag(topology: Topology): Problem[] {
  return istiosOf(topology)
    .filter(({ version }) => version === undefined)
    .flatMap(({ path, revisions, tags }) =>
      when(!Object.hasOwn(tags, DEFAULT_REVISION), {
        path: below(path, "tags", DEFAULT_REVISION),
        got: "nothing",
        allowed: oneOf(Object.keys(revisions)),
        fix: "point it to a revision, or label every namespace istio.io/rev=<revision or tag>, and Gateways and waypoints too: istio-injection=enabled alone injects nothing, without a word, and nothing validates configuration without a label of a revision",
      }),
    );
}

const severity = Severity.Problem;
const foundation = true;
const CANARY = "https://istio.io/latest/docs/setup/upgrade/canary/";

export const revisionRules: Rule[] = [
  {
    id: "istio-version-and-revisions",
    summary: "Istio is upgraded in place or by canary: it says a version or revisions.",
    why: `An istiod without a revision takes whatever no tag claims, so that tag default could never move (istio, pkg/revisions/tag_watcher.go; ${CANARY}).`,
    severity,
    foundation,
    check: checkBoth,
  },
  {
    id: "istio-tag-without-revisions",
    summary: "Tags point to named revisions.",
    why: "An istiod without a revision is revision default to all that look for one; tag default beside it would be a second (istio, pkg/revisions/tag_watcher.go).",
    severity,
    foundation,
    check: checkLoneTags,
  },
  {
    id: "unknown-revision",
    summary: "A revision that a mesh or a member picks, or a tag points to, is described.",
    why: `A proxy whose revision no istiod has stays without configuration (${CANARY}): a revision leaves the description after all that names it.`,
    severity,
    foundation,
    check: checkUnknown,
  },
  {
    id: "revision-pick",
    summary:
      "Where there are several revisions, each mesh says which one its gateways and node agents have.",
    why: "Adding a revision may move nothing; which of two a gateway has does not follow from their names.",
    severity,
    foundation,
    check: checkPicks,
  },
  {
    id: "default-tag-missing",
    summary: "Named revisions have a tag default.",
    why: `Nothing answers for namespaces with istio-injection=enabled, no istiod takes a Gateway without istio.io/rev (${CANARY}#default-tag), and the webhooks of a revision validate what bears its label alone (istio, manifests/charts/istio-control/istio-discovery/templates/validatingwebhookconfiguration.yaml).`,
    severity: Severity.Warning,
    check: checkDefaultTag,
  },
];
