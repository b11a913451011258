import { DataPlane, hasEastWest, pathOf, Severity, today, written } from "../topology";
import type { ChartValues, Mesh, MeshRelation, Problem, Rule } from "../topology";
import { addressRules } from "./addresses/rules";
import { controlPlaneRules } from "./controlPlane/rules";
import { gatewayRules } from "./gateways/rules";
import { overriddenValues } from "./ownedValues";
import type { ValuesOf } from "./ownedValues";
import type { IstioPlan } from "./facts";
import { ingressName } from "./plan";
import { PROXY_PORTS, READY_PORT } from "./ports";
import { versionRules } from "../versions/istioRules";

/** A rule of this room: it may ask what the room has planned. */
type IstioRule = Rule<IstioPlan>;

const LONGEST_RELEASE_NAME = 53;

type Extra = [keys: string[], of: ValuesOf, values: object];

/** Extra values as written: where, for what, and what. */
function extraValues({ name, values, members, ingress }: Mesh): Extra[] {
  const place = ["meshes", name];
  return [
    ...chartValues([...place, "values"], values),
    ...Object.entries(members).flatMap(([cluster, member]) =>
      chartValues([...place, "clusters", cluster, "values"], member.values),
    ),
    ...Object.entries(ingress).map(([gateway, { values: extra }]): Extra => [
      [...place, "ingress", gateway, "values"],
      "ingress",
      extra,
    ]),
  ];
}

function chartValues(keys: string[], values: ChartValues): Extra[] {
  const charts = Object.entries(values) as [keyof ChartValues, object | undefined][];
  return charts.map(([chart, extra = {}]) => [[...keys, chart], chart, extra]);
}

const ownedChartValues: IstioRule = {
  id: "istio-values-owned",
  summary: "Extra chart values leave alone what the plan owns.",
  why: "These values agree between charts and clusters only while one place says them.",
  severity: Severity.Problem,
  check: ({ meshes }, _, { settled }) =>
    Object.values(meshes)
      .flatMap(extraValues)
      .flatMap(([keys, of, extra]) =>
        overriddenValues(of, { ...extra }, settled).map(({ path, got, instead }) => ({
          path: pathOf(...keys, ...path),
          got: written(got),
          allowed: "nothing, the plan sets this value",
          fix: `remove it: ${instead}`,
        })),
      ),
};

const isAmbient = ({ mesh }: MeshRelation) => mesh.dataPlane === DataPlane.Ambient;

/** Charts and gateways that only some meshes have, and when. */
const optional = {
  cni: { isInstalled: isAmbient, when: `with dataPlane ${written(DataPlane.Ambient)}` },
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
    .map(([keys, chart]) => ({ keys, chart, comes: optional[chart as keyof typeof optional] }))
    .filter(({ comes }) => comes && !comes.isInstalled(relation))
    .map(({ keys, chart, comes }) => ({
      path: pathOf(...keys),
      got: `values of ${chart}, which this mesh does not install`,
      allowed: `values of what it installs: ${chart} comes ${comes.when}`,
      fix: "remove them",
    }));
}

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

const highestPort = 65_535;

/** What is wrong with a port of a gateway that has these. */
function wrongPort(name: string, ports: Record<string, number>): string | undefined {
  const port = ports[name]!;
  const same = Object.keys(ports).find((other) => other !== name && ports[other] === port);
  if (name === READY_PORT) return "the name of the port of the gateway's own readiness";
  if (PROXY_PORTS.includes(port)) return `${port}, which the proxy has for itself`;
  if (port > highestPort) return String(port);
  return same === undefined ? undefined : `${port}, which is ${written(same)} too`;
}

const ingressPorts: Rule = {
  id: "istio-ingress-ports",
  summary: "Ports of an ingress gateway are its own.",
  why: "They become listeners of one load balancer and of Envoy, which has some itself (https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio).",
  severity: Severity.Problem,
  check: ({ meshes }) =>
    Object.values(meshes).flatMap((mesh) =>
      Object.entries(mesh.ingress).flatMap(([gateway, { ports }]) =>
        Object.keys(ports).flatMap((name) => {
          const got = wrongPort(name, ports);
          if (got === undefined) return [];
          const path = pathOf("meshes", mesh.name, "ingress", gateway, "ports", name);
          const allowed = `each port once, of 1 to ${highestPort} without ${PROXY_PORTS.join(", ")}, under a name other than ${written(READY_PORT)}`;
          return [{ path, got, allowed, fix: "choose another one" }];
        }),
      ),
    ),
};

const noIngressPorts: Rule = {
  id: "istio-ingress-no-ports",
  summary: "An ingress gateway has a port.",
  why: "A Service without ports is refused (https://kubernetes.io/docs/concepts/services-networking/service/).",
  severity: Severity.Problem,
  check: ({ meshes }) =>
    Object.values(meshes).flatMap((mesh) =>
      Object.entries(mesh.ingress)
        .filter(([, { ports }]) => Object.keys(ports).length === 0)
        .map(([gateway]) => ({
          path: pathOf("meshes", mesh.name, "ingress", gateway, "ports"),
          got: "no port",
          allowed: "at least one",
          fix: "remove `ports` for 80 and 443, or name those that you need",
        })),
    ),
};

/** What must hold for Istio's versions, values and gateways. */
export const istioRules: IstioRule[] = [
  ...versionRules(today),
  ownedChartValues,
  unusedChartValues,
  ingressNames,
  ingressPorts,
  noIngressPorts,
  ...controlPlaneRules,
  ...addressRules,
  ...gatewayRules,
];
