/** Tags that the chart and the start of the load-balancer controller can take. */
import { installsController, pathOf, Severity, written } from "../../topology";
import type { Problem, Rule, Topology } from "../../topology";

/** Whether the controller is installed somewhere: it is given the description's tags at its start. */
function isInstalled({ clusters }: Topology): boolean {
  return Object.values(clusters).some(installsController);
}

/** Keys by which it knows what is its own (kubernetes-sigs/aws-load-balancer-controller, pkg/config/controller_config.go). */
const TRACKING = /^((elbv2|ingress|service)\.k8s\.aws|gateway\.k8s\.aws\.[an]lb)\//;

function checkTracking({ tags }: Topology): Problem[] {
  return Object.keys(tags)
    .filter((key) => TRACKING.test(key))
    .map((key) => ({
      path: pathOf("tags", key),
      got: `the key ${written(key)}`,
      allowed: "no key that the AWS load-balancer controller sets itself",
      fix: "rename the tag",
    }));
}

/** To YAML, which the chart writes without quotes, a mapping. */
const MAPPING = /:(\s|$)/;

function checkColons({ tags }: Topology): Problem[] {
  return Object.entries(tags)
    .filter(([key, value]) => MAPPING.test(`${key}=${value}`))
    .map(([key, value]) => ({
      path: pathOf("tags", key),
      got: written(`${key}=${value}`),
      allowed: "a colon within a word only, with clusters on managed nodes",
      fix: "leave out the colon, or the space behind it",
    }));
}

const severity = Severity.Problem;

export const controllerRules: Rule[] = [
  {
    id: "controller-tags-own",
    summary: "Tags leave the AWS load-balancer controller its own.",
    why: "It does not start otherwise, and no chart can be installed (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/configurations/#default-tags).",
    severity,
    check: (topology) => (isInstalled(topology) ? checkTracking(topology) : []),
  },
  {
    id: "controller-tags-colon",
    summary: "Tags are such that the chart of the AWS load-balancer controller can write.",
    why: "It puts them into YAML without quotes (kubernetes-sigs/aws-load-balancer-controller, helm/aws-load-balancer-controller/templates/deployment.yaml), where a colon before a space or at the end begins a mapping: the API server refuses its Deployment.",
    severity,
    check: (topology) => (isInstalled(topology) ? checkColons(topology) : []),
  },
];
