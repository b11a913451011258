import { EAST_WEST_GATEWAY, pathOf, Severity, written } from "../topology";
import type { Problem, Rule, Topology } from "../topology";
import { overriddenValues } from "./ownedValues";
import { ingressName } from "./planIstio";
import { versionRules } from "./versionRules";

/** Helm: https://helm.sh/docs/chart_template_guide/getting_started/ */
const LONGEST_RELEASE_NAME = 53;

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

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
  summary: "An ingress gateway's name fits its release and is not the east-west gateway's.",
  why: "The release `istio-ingress-<name>` may have 53 characters, and gateways are told apart by name.",
  severity: Severity.Problem,
  check: ({ meshes }) =>
    Object.values(meshes).flatMap((mesh) =>
      Object.keys(mesh.ingress)
        .filter(
          (name) => name === EAST_WEST_GATEWAY || ingressName(name).length > LONGEST_RELEASE_NAME,
        )
        .map((name) => ({
          path: pathOf("meshes", mesh.name, "ingress", name),
          got: written(name),
          allowed: `a name of at most ${LONGEST_RELEASE_NAME - ingressName("").length} characters other than ${written(EAST_WEST_GATEWAY)}`,
          fix: "rename the gateway",
        })),
    ),
};

const revisionLabels: Rule = {
  id: "istio-revision-labels",
  summary: "Revisions and their tags are distinct labels, none of them `default`.",
  why: "Namespaces pick by `istio.io/rev`, where revisions and tags share one space and `default` is the default control plane (https://istio.io/latest/docs/setup/upgrade/canary/#stable-revision-labels).",
  severity: Severity.Problem,
  check: (topology) => {
    const labels = revisionLabelsOf(topology);
    return labels
      .filter(
        ({ label }, index) =>
          label === "default" ||
          !LABEL.test(label) ||
          labels.findIndex((other) => other.label === label) < index,
      )
      .map(({ path, label }) => ({
        path,
        got: written(label),
        allowed: "a label of a-z, 0-9 and - that no other revision or tag has, and not default",
        fix: "rename it",
      }));
  },
};

/** Every value of `istio.io/rev` that a description brings, revisions before tags. */
function revisionLabelsOf({ istio }: Topology): (Pick<Problem, "path"> & { label: string })[] {
  const revisions = Object.entries(istio.revisions);
  return [
    ...revisions.map(([label]) => ({ path: pathOf("istio", "revisions", label), label })),
    ...revisions.flatMap(([revision, { tags }]) =>
      tags.map((label, index) => ({
        path: pathOf("istio", "revisions", revision, "tags", index),
        label,
      })),
    ),
  ];
}

/** The day by the clock of this machine, in UTC. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** What must hold for Istio's versions, values and gateways. */
export const istioRules: Rule[] = [
  ...versionRules(today),
  revisionLabels,
  ownedChartValues,
  ingressNames,
];
