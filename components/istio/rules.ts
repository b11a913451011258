import {
  below,
  DataPlane,
  Egress,
  hasEastWest,
  Injection,
  istiosOf,
  pathOf,
  peersOf,
  Severity,
  today,
  written,
} from "../topology";
import type {
  ChartValues,
  IstioSettings,
  Mesh,
  MeshRelation,
  Problem,
  Relations,
  Rule,
  TenantRelation,
} from "../topology";
import { addressRules } from "./addresses/rules";
import { hasNodeAgents } from "./controlPlane/agents";
import { ownedByMesh } from "./controlPlane/meshWideValues";
import { controlPlaneRules } from "./controlPlane/rules";
import { gatewayRules } from "./gateways/rules";
import { overriddenValues } from "./ownedValues";
import type { ValuesOf } from "./ownedValues";
import type { IstioPlan } from "./facts";
import { versionRules } from "../versions/istioRules";

/** A rule of this room: it may ask what the room has planned. */
type IstioRule = Rule<IstioPlan>;

type Extra = [path: string, of: ValuesOf, values: object];

/** Extra values as written: where, for what, and what. */
function extraValues({ name, values, members, ingress }: Mesh): Extra[] {
  const path = pathOf("meshes", name);
  return [
    ...chartValues(below(path, "values"), values),
    ...Object.entries(members).flatMap(([cluster, member]) =>
      chartValues(below(path, "clusters", cluster, "values"), member.values),
    ),
    ...Object.entries(ingress).map(([gateway, { values: extra }]): Extra => [
      below(path, "ingress", gateway, "values"),
      "ingress",
      extra,
    ]),
  ];
}

function chartValues(path: string, values: ChartValues): Extra[] {
  const charts = Object.entries(values) as [keyof ChartValues, object | undefined][];
  return charts.map(([chart, extra = {}]) => [below(path, chart), chart, extra]);
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
  check: (topology, relations, { settled }) => [
    ...istiosOf(topology).flatMap((istio) => {
      const saying = Object.values(topology.meshes).filter((mesh) => mesh.istio === istio);
      const own = saying.map((mesh) => ownedBy(relations, mesh));
      const others = Object.assign({}, settled, ...own) as typeof settled;
      return valuesOfRevisions(istio).flatMap((extra) => overridden(extra, others));
    }),
    ...Object.values(topology.meshes).flatMap((mesh) => {
      const others = { ...settled, ...ownedBy(relations, mesh) };
      return extraValues(mesh).flatMap((extra) => overridden(extra, others));
    }),
  ],
};

/** What a mesh owns of chart `istiod` by what is said of it, and what a user does instead. */
function ownedBy({ meshes }: Relations, mesh: Mesh): Record<string, string> {
  const relation = meshes.find((one) => one.mesh === mesh)!;
  return { ...ownedByMesh(mesh), ...ownedByPeers(relation), ...ownedByTenants(relation) };
}

/** Because tenants share it (components/tenancy/settings.ts). */
function ownedByTenants({ tenants, isClusterLocal }: MeshRelation): Record<string, string> {
  if (tenants.length === 0) return {};
  const paths = [
    ...["Service", "VirtualService", "DestinationRule"].map(
      (kind) => `meshConfig.default${kind}ExportTo`,
    ),
    ...["meshConfig.serviceEntryVisibility", "env.XDS_AUTH_PLAINTEXT"],
    "env.BLOCKED_CIDRS_IN_JWKS_URIS",
    ...(isClusterLocal || tenants.some(hasEgress) ? ["meshConfig.serviceSettings"] : []),
  ];
  return Object.fromEntries(
    paths.map((path) => [path, "it follows from `tenants`: meshes that tenants share have it"]),
  );
}

const hasEgress = ({ tenant }: TenantRelation) => tenant.egress === Egress.Gateway;

/** Because it exchanges services with others. */
function ownedByPeers(relation: MeshRelation): Record<string, string> {
  if (peersOf(relation).length === 0) return {};
  return {
    "meshConfig.caCertificates": "say `federation`, which gives it the roots of other meshes",
    // Policies that name an identity then match those of the same name in the other domain (istio, pilot/pkg/security/trustdomain/bundle.go).
    "meshConfig.trustDomainAliases":
      "an alias gives the identities of another trust domain the rights of this one's; say `federation`",
  };
}

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
  ambientEastWest: {
    isInstalled: (relation) => isAmbient(relation) && hasEastWest(relation),
    when: `with dataPlane ${written(DataPlane.Ambient)} over several networks`,
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
  return extraValues(relation.mesh)
    .map(([path, chart]) => ({ path, chart, comes: optional[chart as keyof typeof optional] }))
    .filter(({ comes }) => comes && !comes.isInstalled(relation))
    .map(({ path, chart, comes }) => ({
      path,
      got: `values of ${chart}, which this mesh does not install`,
      allowed: `values of what it installs: ${chart} comes ${comes.when}`,
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

/** What must hold for Istio's versions, values and gateways. */
export const istioRules: IstioRule[] = [
  ...versionRules(today),
  ownedChartValues,
  unusedChartValues,
  unusedAgentRevision,
  ...controlPlaneRules,
  ...addressRules,
  ...gatewayRules,
];
