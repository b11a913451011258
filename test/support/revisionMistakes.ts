/** Changes of Istio's versions, revisions and tags that a description should be refused for, or warned of. */
import type { IstioDescription, TopologyDescription } from "../../components/topology";
import { istioVersions } from "../../components/versions/istio";
import { inMesh, type Mutation } from "./changes";

const [version, other] = Object.keys(istioVersions);

/** Gives every mesh one Istio, of which all pick one revision. */
export function replaceIstio(
  description: TopologyDescription,
  istio: IstioDescription | undefined,
  revision?: string,
): void {
  description.istio = istio;
  for (const mesh of Object.values(description.meshes)) {
    Object.assign(mesh, { istio: undefined, revision, agentRevision: undefined });
    for (const member of Object.values(mesh.clusters))
      Object.assign(member, { revision: undefined, agentRevision: undefined });
  }
}

const replaced =
  (istio: IstioDescription | undefined, revision?: string): Mutation =>
  (description) =>
    replaceIstio(description, istio && structuredClone(istio), revision);

const two = { blue: { version }, green: { version } };

export const revisionMistakes: Record<string, Mutation> = {
  "say no Istio": replaced(undefined),
  "say no version of a mesh's own Istio": inMesh((mesh) => (mesh.istio = {})),
  "take an unknown Istio": replaced({ version: "1.29.0" }),
  "take a version called like a method": replaced({ version: "constructor" }),
  "take an old Istio": replaced({ version: "1.12.0" }),
  "take a patch that is newer than the package": replaced({ version: "1.31.99" }),
  "take an Istio with a hole": replaced({ version: "1.31.0" }),
  "say a version and revisions": replaced({ version, revisions: two }, "blue"),
  "tag what has no revision": replaced({ version, tags: { default: "blue" } }),
  "give a revision a reserved name": replaced({ revisions: { default: { version } } }),
  "tag a revision with its own name": replaced({
    revisions: { next: { version } },
    tags: { next: "next" },
  }),
  "tag a revision that has left": replaced({
    revisions: { next: { version } },
    tags: { stable: "last" },
  }),
  "pick none of two revisions": replaced({ revisions: two, tags: { default: "blue" } }),
  "leave out the default tag": replaced({ revisions: two }, "green"),
  "misspell a revision": inMesh((mesh) => (mesh.revision = "canray")),
  "misspell the revision of node agents": inMesh((mesh, choose) => {
    const member = choose.value(mesh.clusters);
    if (member) member.agentRevision = "canray";
  }),
  "say the revision of node agents that there are none of": (description) => {
    replaceIstio(description, { revisions: structuredClone(two) }, "blue");
    for (const mesh of Object.values(description.meshes))
      Object.assign(mesh, { dataPlane: "sidecar", agentRevision: "green" });
  },
  "take one directory of charts for two versions": replaced(
    {
      charts: { source: "directory", location: "./charts" },
      revisions: { now: { version }, next: { version: other } },
    },
    "now",
  ),
  "misplace charts": (description) =>
    (description.istio = { ...description.istio, charts: { source: "directory" } }),
  "leave an image unpinned": (description) => {
    const refresherImage = "public.ecr.aws/aws-cli/aws-cli";
    description.istio = { ...description.istio, refresherImage };
  },
};
