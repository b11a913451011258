/** What entries that istiod makes of machines and tasks may say. Plain data. */
/** Name of the policy for entries that register themselves, and of its binding. */
export const ENTRY_POLICY = "istio-patterns-entries";

/** By which istiod says whose entry it makes; whoever registers sets no annotation (istio, pilot/pkg/autoregistration/controller.go). */
const GROUP = "istio.io/autoRegistrationGroup";

/** Values of one of these labels of the group. */
const valuesOf = (label: string) =>
  `variables.given.filter(one, '${label}' in one).map(one, one['${label}'])`;

/**
 * What istiod and `istioctl x workload entry configure` say beside labels of a group, with what they make of these
 * (istio, pkg/kube/labels/labels.go and istioctl/pkg/workload/workload.go).
 */
const DERIVED = Object.entries({
  "networking.istio.io/tunnel": "[dyn('http')]",
  "service.istio.io/canonical-name": `${valuesOf("app.kubernetes.io/name")} + ${valuesOf("app")} + [params.metadata.name]`,
  "service.istio.io/canonical-revision": `${valuesOf("app.kubernetes.io/version")} + ${valuesOf("version")} + ['latest']`,
});

const orNone = (parent: string) =>
  `has(params.spec.${parent}) && has(params.spec.${parent}.labels) ? params.spec.${parent}.labels : {}`;

/** Every label is the group's, with its value, or follows from these. A Service selects by those of the entry and of its `spec`. */
const ofGroup = (labels: string) =>
  `(!has(${labels}) || ${labels}.all(label, variables.given.exists(one, label in one) ` +
  `? variables.given.exists(one, label in one && one[label] == ${labels}[label]) ` +
  `: (label in variables.derived && ${labels}[label] in variables.derived[label])))`;

/** Of the groups beside it each makes its own. */
const isOther = `object.metadata.annotations['${GROUP}'] != params.metadata.name`;

/**
 * Keeps whoever registers to labels of its group: istiod takes them from the client, over those of the group, and would so lead calls of
 * another Service of the namespace to it. Later istiod changes annotations alone, and tasks one label that `TaskPolicy` knows.
 */
export const registeredPolicy = {
  failurePolicy: "Fail",
  paramKind: { apiVersion: "networking.istio.io/v1", kind: "WorkloadGroup" },
  matchConstraints: {
    resourceRules: [
      {
        apiGroups: ["networking.istio.io"],
        apiVersions: ["*"],
        operations: ["CREATE"],
        resources: ["workloadentries"],
      },
    ],
  },
  matchConditions: [
    {
      name: "registered",
      expression: `has(object.metadata.annotations) && '${GROUP}' in object.metadata.annotations`,
    },
  ],
  variables: [
    { name: "given", expression: `[${orNone("metadata")}, ${orNone("template")}]` },
    {
      name: "derived",
      expression: `{${DERIVED.map(([label, values]) => `'${label}': ${values}`).join(", ")}}`,
    },
  ],
  validations: [
    {
      expression: `${isOther} || (${ofGroup("object.metadata.labels")} && ${ofGroup("object.spec.labels")})`,
      message: "who registers has the labels of its WorkloadGroup, no more and no others",
    },
    {
      expression: `${isOther} || !has(params.spec.template.network) || (has(object.spec.network) && object.spec.network == params.spec.template.network)`,
      message: "who registers stands in the network of its WorkloadGroup",
    },
    {
      expression: `${isOther} || (has(params.spec.template.serviceAccount) && params.spec.template.serviceAccount != '')`,
      message:
        "its WorkloadGroup names a service account: into one without, all of its namespace register",
    },
  ],
};

/**
 * Every WorkloadGroup of the entry's namespace is asked that the API server knows: one that is made is known within a moment. Where there is none nothing registers, and what somebody writes by hand is left alone:
 * groups are looked for before conditions are asked (kubernetes, apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go).
 */
export const ANY_GROUP = { selector: {}, parameterNotFoundAction: "Allow" };
