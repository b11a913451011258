import { DataPlane, pathOf, Severity, written } from "../topology";
import type { ChartValuesArgs, Mesh, Rule } from "../topology";
import { overriddenValues } from "./ownedValues";
import { ingressName } from "./planIstio";
import { versionRules } from "./versionRules";

const LONGEST_RELEASE_NAME = 53;

const ownedChartValues: Rule = {
  id: "istio-values-owned",
  summary: "Extra chart values leave alone what the plan owns.",
  why: "These values agree between charts and clusters only while one place says them.",
  severity: Severity.Problem,
  check: ({ meshes }) =>
    Object.values(meshes).flatMap((mesh) =>
      overriddenValues(mesh.values).map(({ chart, path, got, instead }) => ({
        path: pathOf("meshes", mesh.name, "values", chart, ...path),
        got: written(got),
        allowed: "nothing, the plan sets this value",
        fix: `remove it: ${instead}`,
      })),
    ),
};

/** Charts that only some meshes install. */
const optionalCharts = {
  cni: ({ dataPlane }) => dataPlane === DataPlane.Ambient,
  ztunnel: ({ dataPlane }) => dataPlane === DataPlane.Ambient,
} satisfies Partial<Record<keyof ChartValuesArgs, (mesh: Mesh) => boolean>>;

const unusedChartValues: Rule = {
  id: "istio-values-unused",
  summary: "Extra chart values are for charts that the mesh installs.",
  why: "They would be ignored without a word.",
  severity: Severity.Warning,
  check: ({ meshes }) =>
    Object.values(meshes).flatMap((mesh) =>
      Object.entries(optionalCharts)
        .filter(([chart, isInstalled]) => Object.hasOwn(mesh.values, chart) && !isInstalled(mesh))
        .map(([chart]) => ({
          path: pathOf("meshes", mesh.name, "values", chart),
          got: `values of ${chart} in a ${mesh.dataPlane} mesh`,
          allowed: "values of base, istiod and gateway",
          fix: `remove them, or say dataPlane ${written(DataPlane.Ambient)}`,
        })),
    ),
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

/** The day by the clock of this machine, in UTC. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** What must hold for Istio's versions, values and gateways. */
export const istioRules: Rule[] = [
  ...versionRules(today),
  ownedChartValues,
  unusedChartValues,
  ingressNames,
];
