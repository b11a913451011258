/**
 * What is refused in tenants' namespaces whoever writes it, since rights cannot say it: ValidatingAdmissionPolicies in CEL, one per kind
 * (https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/). What a tenant may do stands in annotations of its
 * namespaces, so that another tenant changes no policy. They see no other object: two tenants may claim one host outside the cluster.
 */
import { TENANT_LABEL } from "../../topology";
import { EGRESS_PREFIX } from "../egress/names";
import { ANNOTATIONS } from "./namespaceObject";
import { pods } from "./podAdmission";
import { annotation, list, NETWORK, without } from "./policy";
import type { GuardFacts, Policy, Validation } from "./policy";
import { httpRoutes } from "./routes";

/** Namespaces of the tenant that the object is in. */
const own = { own: `${annotation(ANNOTATIONS.namespaces)}.split(',')` };

/** Label by which mutual TLS is spoken to an endpoint of one's own. */
const TLS_MODE = "security.istio.io/tlsMode";

const noNetwork: Validation = {
  expression: without("object.metadata.labels", NETWORK),
  message: `the label ${NETWORK} makes what bears it a gateway of the mesh, or leads its callers through one`,
};

const exportTo: Validation = {
  expression:
    "!has(object.spec.exportTo) || object.spec.exportTo.all(to, to == '.' || to in variables.own)",
  message: "exportTo: only the tenant's own namespaces, or .",
};

/** Of an endpoint: an address outside, or a name that is no Service's. Whoever leads there would lend a gateway's way in to it. */
const isOutside = (address: string, { closedRanges }: GuardFacts) =>
  `(isIP(${address}) ? ip(${address}).family() == 4 && !${list(closedRanges)}.exists(range, cidr(range).containsIP(${address})) : ` +
  `${address}.matches('${DNS_NAME}') && !${address}.matches('${INSIDE}'))`;

const DNS_NAME = "^([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+[a-z]([a-z0-9-]*[a-z0-9])?$";

/** Domains that clusters and VPCs answer for. */
const INSIDE = "(^|[.])(svc|local|internal|localhost)$";

const OUTSIDE_ONLY =
  "an address outside the networks of the description, or a DNS name that is no Service's";

const services: Policy = {
  name: "services",
  rules: [{ apiGroups: [""], resources: ["services"] }],
  variables: {
    ...own,
    shares: `${annotation(ANNOTATIONS.shares)}.split(',')`,
    exportTo:
      "has(object.metadata.annotations) && 'networking.istio.io/exportTo' in object.metadata.annotations " +
      "? object.metadata.annotations['networking.istio.io/exportTo'].split(',').map(to, to.trim()) : []",
  },
  validations: ({ gatewayNamespaces }) => [
    {
      expression:
        `variables.exportTo.all(to, to in ${list([".", "~", ...gatewayNamespaces])} || to in variables.own ` +
        "|| (object.metadata.name + '/' + to) in variables.shares)",
      message:
        "networking.istio.io/exportTo: only the tenant's own namespaces, and those that the description shares the Service with",
    },
    {
      expression: "!has(object.spec.externalIPs) || object.spec.externalIPs.size() == 0",
      message: "externalIPs take over what the cluster sends to an address",
    },
    {
      expression: "object.spec.type == 'ClusterIP'",
      message: "type: only ClusterIP; others lead in from outside, or to any name",
    },
    noNetwork,
  ],
};

/** A gateway of another namespace has two forms, `namespace/name` and `name.namespace` (istio, pilot/pkg/model/config.go, resolveGatewayName). */
const virtualServices: Policy = {
  name: "virtualservices",
  rules: [{ apiGroups: ["networking.istio.io"], resources: ["virtualservices"] }],
  variables: own,
  validations: () => [
    exportTo,
    {
      expression:
        "!has(object.spec.gateways) || object.spec.gateways.all(gateway, " +
        "!gateway.contains('.') && (!gateway.contains('/') || gateway.split('/')[0] in variables.own))",
      message: "gateways: mesh, or those of the tenant's own namespaces",
    },
    {
      expression: ["http", "tls", "tcp"].map(leadsPast).join(" && "),
      message: `routes: to no egress gateway, ${EGRESS_PREFIX}*: the description says which hosts lead there`,
    },
  ],
};

/** Under the name of a host that is its own, a tenant would lead any other to the named one. */
const leadsPast = (kind: string) =>
  `(!has(object.spec.${kind}) || object.spec.${kind}.all(rule, !has(rule.route) || ` +
  `rule.route.all(to, !to.destination.host.contains('${EGRESS_PREFIX}'))))`;

const destinationRules: Policy = {
  name: "destinationrules",
  rules: [{ apiGroups: ["networking.istio.io"], resources: ["destinationrules"] }],
  variables: own,
  validations: () => [exportTo],
};

const serviceEntries: Policy = {
  name: "serviceentries",
  rules: [{ apiGroups: ["networking.istio.io"], resources: ["serviceentries"] }],
  variables: { ...own, endpoints: "has(object.spec.endpoints) ? object.spec.endpoints : []" },
  validations: (facts) => [
    exportTo,
    {
      expression:
        `object.spec.hosts.all(host, variables.own.exists(name, host.endsWith('.' + name + '.svc.cluster.local') && !host.startsWith('*')) || ` +
        `(host.matches('${DNS_NAME.replace("^", "^([*][.])?")}') && !host.matches('${INSIDE}')))`,
      message: "hosts: DNS names outside the cluster, or Services of the tenant's own namespaces",
    },
    {
      expression: `!has(object.spec.addresses) || object.spec.addresses.all(address, !address.contains('/') && ${isOutside("address", facts)})`,
      message: `addresses: each ${OUTSIDE_ONLY}; no range`,
    },
    {
      expression: `variables.endpoints.all(endpoint, !has(endpoint.address) || endpoint.address == '' || ${isOutside("endpoint.address", facts)})`,
      message: `endpoints: each ${OUTSIDE_ONLY}`,
    },
    {
      expression: `variables.endpoints.all(endpoint, (!has(endpoint.network) || endpoint.network == '') && (${without("endpoint.labels", TLS_MODE)}))`,
      message: `endpoints: neither a network nor the label ${TLS_MODE}`,
    },
  ],
};

const workloadEntries: Policy = {
  name: "workloadentries",
  rules: [{ apiGroups: ["networking.istio.io"], resources: ["workloadentries"] }],
  validations: (facts) => [
    {
      expression: `!has(object.spec.address) || object.spec.address == '' || ${isOutside("object.spec.address", facts)}`,
      message: `address: ${OUTSIDE_ONLY}`,
    },
    {
      expression: `(!has(object.spec.network) || object.spec.network == '') && (${without("object.spec.labels", TLS_MODE)}) && (${without("object.metadata.labels", TLS_MODE)})`,
      message: `neither a network nor the label ${TLS_MODE}`,
    },
    noNetwork,
  ],
};

/** Whoever may delete the namespace made it; the plan keeps there what it labels. */
const kept: Policy = {
  name: "kept",
  rules: [
    {
      apiGroups: ["security.istio.io"],
      resources: ["authorizationpolicies"],
      operations: ["UPDATE", "DELETE"],
    },
  ],
  validations: () => [
    {
      expression:
        `(${without("oldObject.metadata.labels", TENANT_LABEL)}) || ` +
        "authorizer.group('').resource('namespaces').name(request.namespace).check('delete').allowed()",
      message: "the platform keeps this policy: the description says who may call",
    },
  ],
};

/** Identities hold no cluster: whoever had such a namespace would be the tenant that is elsewhere. */
const namespaces: Policy = {
  name: "namespaces",
  rules: [{ apiGroups: [""], resources: ["namespaces"], operations: ["CREATE"] }],
  everywhere: true,
  validations: ({ foreign }) => [
    {
      expression: `!${list(foreign)}.exists(prefix, object.metadata.name.startsWith(prefix))`,
      message: "name: it begins as those of a tenant that has other clusters of the mesh",
    },
  ],
};

const policies = [
  ...[services, virtualServices, destinationRules, serviceEntries, workloadEntries],
  ...[httpRoutes, pods, kept],
];

/** Specs of the policies, by their names. */
export function guardSpecs(facts: GuardFacts) {
  const all = facts.foreign.length > 0 ? [...policies, namespaces] : policies;
  return Object.fromEntries(all.map((policy) => [policy.name, specOf(policy, facts)]));
}

const inTenants = {
  namespaceSelector: { matchExpressions: [{ key: TENANT_LABEL, operator: "Exists" }] },
};

function specOf({ rules, everywhere, variables = {}, validations }: Policy, facts: GuardFacts) {
  return {
    failurePolicy: "Fail",
    matchConstraints: {
      ...(!everywhere && inTenants),
      resourceRules: rules.map(({ operations = ["CREATE", "UPDATE"], ...rule }) => ({
        ...rule,
        operations,
        apiVersions: ["*"],
      })),
    },
    variables: Object.entries(variables).map(([name, expression]) => ({ name, expression })),
    validations: validations(facts),
  };
}
