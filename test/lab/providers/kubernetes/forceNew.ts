import { isWithin } from "../base/diff";
import { asProps, asText } from "../base/values";
import type { Props } from "../base/values";

const POD = ["spec.containers", "spec.initContainers", "spec.volumes", "spec.nodeName"];
const SELECTOR = ["spec.selector"];

/** Fields that the real provider replaces an object for; the API server takes no change of them. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "apps/v1/Deployment": SELECTOR,
  "apps/v1/DaemonSet": SELECTOR,
  "apps/v1/StatefulSet": [
    ...SELECTOR,
    "spec.podManagementPolicy",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1/Job": [...SELECTOR, "spec.completions", "spec.parallelism", "spec.template"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName"],
  "v1/Pod": POD,
  "v1/Service": ["spec.clusterIP"],
};

export interface Mutability {
  readonly configMaps: boolean;
  readonly secrets: boolean;
}

/** Which of the changed paths replace the object. */
export function replacing(object: Props, paths: readonly string[], mutable: Mutability): string[] {
  const fields = [
    "apiVersion",
    "kind",
    "metadata.name",
    "metadata.namespace",
    ...own(object, mutable),
  ];
  return paths.filter((path) => fields.some((field) => isWithin(path, field)));
}

function own(object: Props, mutable: Mutability): readonly string[] {
  const key = `${asText(object.apiVersion)}/${asText(object.kind)}`;
  // Both are replaced by default, so that whoever mounts them is rolled.
  if (key === "v1/Secret") {
    return mutable.secrets && !object.immutable ? ["type"] : ["type", "stringData", "data"];
  }
  if (key === "v1/ConfigMap") {
    return mutable.configMaps && !object.immutable ? [] : ["binaryData", "data"];
  }
  return FIELDS[key] ?? [];
}

/** Two objects of one name cannot exist at a time. */
export function sameName(before: Props, after: Props): boolean {
  const [old, now] = [asProps(before.metadata), asProps(after.metadata)];
  return old.name === now.name && (old.namespace ?? "") === (now.namespace ?? "");
}
