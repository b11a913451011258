/** Objects that tasks are registered by, and what keeps a task to its own. Plain data. */
import { DataPlane } from "../topology";
import { entryLabels } from "../vm/boot/environment";
import { tokenRules } from "../vm/registration";

/** What Kubernetes groups of tasks begin with. */
const GROUP = "istio-tasks";

/** Namespace and account, which hold no dot: an admission policy reads from the group whose entries a task may touch. */
export function kubernetesGroup(namespace: string, serviceAccount: string): string {
  return [GROUP, namespace, serviceAccount].join(".");
}

/**
 * Label that a Service selects tasks by: a task puts it on its entry once its application listens, and takes it off when it leaves, since
 * entries have no health in an ambient mesh. Policies do not select by it: they hold for as long as there is an entry.
 */
export const SERVICE_LABEL = "istio-patterns/serves";

/** Says in every entry which service its task is of. */
const NAME_LABEL = "service.istio.io/canonical-name";

/** Labels of tasks, which take HBONE as machines of an ambient mesh do. */
export function taskLabels(service: string): Record<string, string> {
  return entryLabels(service, DataPlane.Ambient);
}

/** What a task may do in its namespace. Which entries it patches, and how, an admission policy says. */
export function taskRules(serviceAccount: string) {
  return [
    ...tokenRules(serviceAccount),
    { apiGroups: ["networking.istio.io"], resources: ["workloadentries"], verbs: ["patch"] },
  ];
}

export interface TaskGroupFacts {
  service: string;
  serviceAccount: string;
  ports: Record<string, number>;
  network: string;
  region: string;
}

/**
 * From which istiod makes an entry for each task of a zone: ztunnel says no locality, so that there is a group for each. The network
 * is always said: where a mesh has several, clients know the task by it.
 */
export function taskGroup<Zone>(facts: TaskGroupFacts, locality: Zone) {
  const { service, serviceAccount, ports, network } = facts;
  return {
    metadata: { labels: taskLabels(service) },
    template: { serviceAccount, network, locality, ports },
  };
}

/** Name of the policy for entries of tasks, and of its binding. */
export const POLICY = "istio-patterns-tasks";

/** The entry is one of the caller's own account. */
const OWN = [
  "has(oldObject.spec.serviceAccount)",
  `request.userInfo.groups.exists(group, group == '${GROUP}.' + oldObject.metadata.namespace + '.' + oldObject.spec.serviceAccount)`,
].join(" && ");

/** Part of the metadata that stays as it is, or stays away. */
const kept = (field: string) =>
  `(has(object.metadata.${field}) ? has(oldObject.metadata.${field}) && object.metadata.${field} == oldObject.metadata.${field} : !has(oldObject.metadata.${field}))`;

/** All labels stay but the one that a Service selects by, which names the task's own service, and no other comes. */
const SERVING = [
  "object.spec == oldObject.spec",
  `object.metadata.labels.all(label, label == '${SERVICE_LABEL}' ? object.metadata.labels[label] == oldObject.metadata.labels['${NAME_LABEL}'] : label in oldObject.metadata.labels && object.metadata.labels[label] == oldObject.metadata.labels[label])`,
  `oldObject.metadata.labels.all(label, label == '${SERVICE_LABEL}' || label in object.metadata.labels)`,
  // By these istiod knows entries that it may delete, and Kubernetes those that it must keep.
  ...["annotations", "finalizers", "ownerReferences"].map(kept),
].join(" && ");

/**
 * Keeps tasks to their own entries, of which they set one label: RBAC knows no names of entries before they are there
 * (https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/).
 */
export const entryPolicy = {
  failurePolicy: "Fail",
  matchConstraints: {
    resourceRules: [
      {
        apiGroups: ["networking.istio.io"],
        apiVersions: ["*"],
        operations: ["UPDATE"],
        resources: ["workloadentries"],
      },
    ],
  },
  matchConditions: [
    {
      name: "tasks",
      expression: `request.userInfo.groups.exists(group, group.startsWith('${GROUP}.'))`,
    },
  ],
  validations: [
    { expression: OWN, message: "a task may touch entries of its own service account alone" },
    {
      expression: SERVING,
      message: `a task may put the label ${SERVICE_LABEL} on for its own service and take it off, no more`,
    },
  ],
};
