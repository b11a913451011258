/** What is refused of routes at shared ingress gateways, whoever writes them. */
import { ANNOTATIONS } from "./namespaceObject";
import { annotation, list } from "./policy";
import type { Policy } from "./policy";

/** Filters that change what goes by, and send it nowhere else. */
const FILTERS = list([
  ...["RequestHeaderModifier", "ResponseHeaderModifier", "RequestRedirect", "URLRewrite", "CORS"],
]);

const filtersOf = (of: string) =>
  `(!has(${of}.filters) || ${of}.filters.all(one, one.type in ${FILTERS}))`;

/**
 * A route lends the gateway's way in to whatever it leads to, and every tenant lets the gateway in: a backend by host name may be anybody's
 * (istio, pilot/pkg/config/kube/gateway/conversion.go, buildDestination).
 */
export const httpRoutes: Policy = {
  name: "httproutes",
  rules: [{ apiGroups: ["gateway.networking.k8s.io"], resources: ["httproutes"] }],
  variables: {
    gateways: `${annotation(ANNOTATIONS.gateways)}.split(',')`,
    parents: "has(object.spec.parentRefs) ? object.spec.parentRefs : []",
    rules: "has(object.spec.rules) ? object.spec.rules : []",
  },
  validations: () => [
    {
      expression:
        "variables.parents.all(parent, (!has(parent.group) || parent.group == 'gateway.networking.k8s.io') && " +
        "(!has(parent.kind) || parent.kind == 'Gateway') && has(parent.namespace) && " +
        "(parent.namespace + '/' + parent.name) in variables.gateways)",
      message: "parentRefs: only the tenant's own Gateways, by namespace and name",
    },
    {
      expression:
        "variables.rules.all(rule, !has(rule.backendRefs) || rule.backendRefs.all(to, (!has(to.group) || to.group == '') && " +
        "(!has(to.kind) || to.kind == 'Service') && (!has(to.namespace) || to.namespace == request.namespace)))",
      message: "backendRefs: only Services of the route's namespace",
    },
    {
      expression: `variables.rules.all(rule, ${filtersOf("rule")} && (!has(rule.backendRefs) || rule.backendRefs.all(to, ${filtersOf("to")})))`,
      message: `filters: only ${FILTERS.slice(1, -1).replaceAll("'", "")}`,
    },
  ],
};
