import {
  below,
  DataPlane,
  hasEastWest,
  Injection,
  istiosOf,
  pathOf,
  Severity,
  today,
  written,
} from "../topology";
import type { ChartValues, IstioSettings, Mesh, MeshRelation, Problem, Rule } from "../topology";
import { addressRules } from "./addresses/rules";
import { hasNodeAgents } from "./controlPlane/agents";
import { ownedByMesh } from "./controlPlane/meshWideValues";
import { controlPlaneRules } from "./controlPlane/rules";
import { gatewayRules } from "./gateways/rules";
import { overriddenValues } from "./ownedValues";
import type { ValuesOf } from "./ownedValues";
import type { IstioPlan } from "./facts";
import { ingressName } from "./plan";
import { versionRules } from "../versions/istioRules";

/** A rule of this room: it may ask what the room has planned. */
type IstioRule = Rule<IstioPlan>;

const LONGEST_RELEASE_NAME = 53;

/** Extra values as written: where, for what, and what. */
type Extra = [path: string, of: ValuesOf, values: object];

function extraValues({ name, values, ingress }: Mesh): Extra[] {
  const charts = Object.entries(values) as [keyof ChartValues, object | undefined][];
  return [
    ...charts.map(([chart, extra = {}]): Extra => [
      pathOf("meshes", name, "values", chart),
      chart,
      extra,
    ]),
    ...Object.entries(ingress).map(([gateway, { values: extra }]): Extra => [
      pathOf("meshes", name, "ingress", gateway, "values"),
      "ingress",
      extra,
    ]),
  ];
}

/** Those of revisions, which are all of chart `istiod`. */
function valuesOfRevisions({ path, revisions }: IstioSettings): Extra[] {
  return Object.entries(revisions).map(([revision, { values = {} }]) => [
    below(path, "revisions", revision, "values"),
    "istiod",
    values,
  ]);
}

const ownedChartValues: IstioRule = {
  id: "istio-values-owned",
  summary: "Extra chart values leave alone what the plan owns.",
  why: "These values agree between charts and clusters only while one place says them.",
  severity: Severity.Problem,
  check: (topology, _, { settled }) => [
    ...istiosOf(topology).flatMap((istio) => {
      const saying = Object.values(topology.meshes).filter((mesh) => mesh.istio === istio);
      const others = Object.assign({}, settled, ...saying.map(ownedByMesh)) as typeof settled;
      return valuesOfRevisions(istio).flatMap((extra) => overridden(extra, others));
    }),
    ...Object.values(topology.meshes).flatMap((mesh) => {
      const others = { ...settled, ...ownedByMesh(mesh) };
      return extraValues(mesh).flatMap((extra) => overridden(extra, others));
    }),
  ],
};

function overridden([place, of, extra]: Extra, others: Record<string, string>): Problem[] {
  return overriddenValues(of, { ...extra }, others).map(({ path, got, instead }) => ({
    path: below(place, ...path),
    got: written(got),
    allowed: "nothing, the plan sets this value",
    fix: `remove it: ${instead}`,
  }));
}

const isAmbient = ({ mesh }: MeshRelation) => mesh.dataPlane === DataPlane.Ambient;

/** Charts and gateways that only some meshes have, and when. */
const optional = {
  cni: {
    isInstalled: ({ mesh }) => hasNodeAgents(mesh),
    when: `with dataPlane ${written(DataPlane.Ambient)} or injection ${written(Injection.Cni)}`,
  },
  ztunnel: { isInstalled: isAmbient, when: `with dataPlane ${written(DataPlane.Ambient)}` },
  eastWest: {
    isInstalled: (relation) => !isAmbient(relation) && hasEastWest(relation),
    when: `with dataPlane ${written(DataPlane.Sidecar)} over several networks`,
  },
} satisfies Partial<
  Record<keyof ChartValues, { isInstalled(relation: MeshRelation): boolean; when: string }>
>;

const unusedChartValues: Rule = {
  id: "istio-values-unused",
  summary: "Extra chart values are for what the mesh installs.",
  why: "They would be ignored without a word.",
  severity: Severity.Warning,
  check: (_, { meshes }) => meshes.flatMap(unusedIn),
};

function unusedIn(relation: MeshRelation): Problem[] {
  const { name, values } = relation.mesh;
  return Object.entries(optional)
    .filter(([chart, { isInstalled }]) => Object.hasOwn(values, chart) && !isInstalled(relation))
    .map(([chart, { when }]) => ({
      path: pathOf("meshes", name, "values", chart),
      got: `values of ${chart}, which this mesh does not install`,
      allowed: `values of what it installs: ${chart} comes ${when}`,
      fix: "remove them",
    }));
}

const unusedAgentRevision: Rule = {
  id: "istio-agent-revision-unused",
  summary: "A revision of node agents is for a mesh that has them.",
  why: "It would be ignored without a word.",
  severity: Severity.Warning,
  check: ({ description }, { meshes }) =>
    meshes
      .filter(
        (relation) =>
          ![optional.cni, optional.ztunnel].some((agent) => agent.isInstalled(relation)),
      )
      .flatMap(({ mesh: { name } }) => {
        const { agentRevision, clusters } = description.meshes[name]!;
        const members = Object.entries(clusters).map(([cluster, member]) => ({
          path: pathOf("meshes", name, "clusters", cluster, "agentRevision"),
          said: member.agentRevision,
        }));
        return [{ path: pathOf("meshes", name, "agentRevision"), said: agentRevision }, ...members];
      })
      .filter(({ said }) => said !== undefined)
      .map(({ path, said }) => ({
        path,
        got: `${written(said)} in a mesh without node agents`,
        allowed: `nothing: node agents come ${optional.cni.when}`,
        fix: "remove it",
      })),
};

const ingressNames: Rule = {
  id: "istio-ingress-name",
  summary: "An ingress gateway's name leaves room for the name of its release.",
  why: "The release is `istio-ingress-<name>`, and Helm takes 53 characters (https://helm.sh/docs/chart_template_guide/getting_started/).",
  severity: Severity.Problem,
  check: ({ meshes }) =>
    Object.values(meshes).flatMap((mesh) =>
      Object.keys(mesh.ingress)
        .filter((name) => ingressName(name).length > LONGEST_RELEASE_NAME)
        .map((name) => ({
          path: pathOf("meshes", mesh.name, "ingress", name),
          got: `${written(name)} (${name.length} characters)`,
          allowed: `at most ${LONGEST_RELEASE_NAME - ingressName("").length} characters`,
          fix: "shorten it",
        })),
    ),
};

/** What must hold for Istio's versions, values and gateways. */
export const istioRules: IstioRule[] = [
  ...versionRules(today),
  ownedChartValues,
  unusedChartValues,
  unusedAgentRevision,
  ingressNames,
  ...controlPlaneRules,
  ...addressRules,
  ...gatewayRules,
];
