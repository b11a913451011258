import { pathOf, Severity, written } from "../topology";
import type { Rule } from "../topology";
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
export const istioRules: Rule[] = [...versionRules(today), ownedChartValues, ingressNames];
