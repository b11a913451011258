/** What must hold for what is written of tenants. */
import {
  below,
  EVERY_TENANT,
  FEDERATION_NAMESPACE,
  pathOf,
  Severity,
  SYSTEM_NAMESPACE,
  TenancyModel,
  written,
} from "../topology";
import type { Problem, Rule, Tenant, Topology } from "../topology";
import { LABEL } from "../topology/rules/names";
import { listed, when } from "../topology/rules/support";
import { EGRESS_PREFIX } from "./egress/names";

/** A check of every tenant that has namespaces, with its path and name. */
export function perTenant(
  check: (tenant: Tenant, path: string, name: string, topology: Topology) => Problem[],
) {
  return (topology: Topology): Problem[] => {
    const { tenants } = topology;
    if (!tenants || tenants.model === TenancyModel.Mesh) return [];
    return Object.entries(tenants.of).flatMap(([name, tenant]) =>
      check(tenant, pathOf("tenants", "of", name), name, topology),
    );
  };
}

const LONGEST = 63;

const checkNamespaces = perTenant(({ namespaces }, path) => [
  ...when(namespaces.length === 0, {
    path: below(path, "namespaces"),
    got: "none",
    allowed: "at least one",
    fix: "name the tenant's namespaces",
  }),
  ...listed(below(path, "namespaces"), namespaces).flatMap(({ path: at, name }) =>
    when(!LABEL.test(name) || name.length > LONGEST, {
      path: at,
      got: written(name),
      allowed: `lower-case letters, digits and hyphens, at most ${LONGEST}`,
      fix: "rename it",
    }),
  ),
]);

/** Names, and what names begin with, that are others' already. */
export const TAKEN = [
  ...["default", "kube-", "amazon-", "aws-", "karpenter", "istio-ingress-", "istio-patterns-"],
  EGRESS_PREFIX,
  ...[SYSTEM_NAMESPACE, FEDERATION_NAMESPACE, "external-istiod-"],
];

const isTaken = (name: string) =>
  TAKEN.some((one) => (one.endsWith("-") ? name.startsWith(one) : name === one));

/** Their identities stand in the namespace, whose people would have them too. */
const checkTaken = perTenant(({ namespaces, mesh }, path, _, { virtualMachines, ecsServices }) =>
  listed(below(path, "namespaces"), namespaces).flatMap(({ path: at, name }) => {
    const isHere = (one: { mesh: string; namespace: string }) =>
      one.mesh === mesh && one.namespace === name;
    const machines = Object.values(virtualMachines).find(isHere);
    const tasks = Object.values(ecsServices).find(isHere);
    const whose =
      (machines && `machines ${machines.name}`) ??
      (tasks && `tasks ${tasks.name}`) ??
      "Kubernetes, AWS, Istio or this package";
    return when(isTaken(name) || machines !== undefined || tasks !== undefined, {
      path: at,
      got: written(name),
      allowed: `a namespace of the tenant's own, not one of ${whose}`,
      fix: "choose another name",
    });
  }),
);

function checkTwice({ tenants }: Topology): Problem[] {
  const seen = new Map<string, string>();
  const all = perTenant(({ namespaces, mesh }, path) =>
    listed(below(path, "namespaces"), namespaces).flatMap(({ path: at, name }) => {
      const first = seen.get(`${mesh}/${name}`);
      if (first === undefined) seen.set(`${mesh}/${name}`, at);
      return when(first !== undefined, {
        path: at,
        got: written(name),
        allowed: `a namespace that no tenant of mesh ${mesh} has yet: ${first} is the same`,
        fix: "remove one of the two, or rename it",
      });
    }),
  );
  return all({ tenants } as Topology);
}

const checkClusters = perTenant(({ clusters, mesh }, path, _, { tenants }) =>
  when(clusters.length > 0 && tenants?.model === TenancyModel.Namespace, {
    path: below(path, "clusters"),
    got: written(clusters),
    allowed: `nothing with model namespace: its namespaces stand in every cluster of mesh ${mesh}`,
    fix: "remove it",
  }),
);

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ without what nobody asks for. */
const CPU = /^([1-9]\d*|0?\.\d+|\d+\.\d+|[1-9]\d*m)$/;
const MEMORY = /^[1-9]\d*(Ki|Mi|Gi|Ti|k|M|G|T)?$/;

const checkQuantities = perTenant((tenant, path) =>
  (["quota", "limits"] as const).flatMap((part) => {
    const { cpu, memory } = tenant[part];
    return [
      ...when(cpu !== undefined && !CPU.test(cpu), {
        path: below(path, part, "cpu"),
        got: written(cpu),
        allowed: "CPU as Kubernetes writes it: 2, 0.5, 500m",
        fix: "correct it",
      }),
      ...when(memory !== undefined && !MEMORY.test(memory), {
        path: below(path, part, "memory"),
        got: written(memory),
        allowed: "memory as Kubernetes writes it: 512Mi, 64Gi",
        fix: "correct it",
      }),
    ];
  }),
);

const SUFFIX = ".svc.cluster.local";

const checkShares = perTenant(({ shares, namespaces }, path) =>
  Object.entries(shares).flatMap(([host, { to, pods, ports }]) => {
    const at = below(path, "shares", host);
    const [service = "", namespace = "", ...rest] = host.split(".");
    const isOwn = LABEL.test(service) && namespaces.includes(namespace);
    return [
      ...when(!isOwn || `.${rest.join(".")}` !== SUFFIX, {
        path: at,
        got: written(host),
        allowed: `<service>.<namespace>${SUFFIX}, the namespace one of ${namespaces.join(", ")}`,
        fix: "write the full name of one Service of the tenant",
      }),
      ...when(to.length === 0, {
        path: below(at, "to"),
        got: "no tenant",
        allowed: `tenants of the same mesh, or ${EVERY_TENANT}`,
        fix: "say who may call it, or remove it",
      }),
      ...when(Object.keys(pods).length === 0, {
        path: below(at, "pods"),
        got: "no label",
        allowed:
          "the selector of the Service: without a label it would be every pod of the namespace",
        fix: "write the labels that its pods alone have",
      }),
      ...when(ports.length === 0, {
        path: below(at, "ports"),
        got: "no port",
        allowed: "at least one",
        fix: "write the ports that its pods listen on",
      }),
    ];
  }),
);

const severity = Severity.Problem;

export const tenancyFormRules: Rule[] = [
  {
    id: "tenant-namespaces",
    summary: "A tenant has namespaces whose names Kubernetes takes.",
    why: "They are all that it has (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names).",
    severity,
    check: checkNamespaces,
  },
  {
    id: "tenant-namespace-taken",
    summary: "A tenant's namespaces are no one else's.",
    why: "Whoever administers them would administer what stands there: istiod with its keys, gateways, nodes' agents. Machines would be closed in with the pods of the tenant, which know no address of theirs.",
    severity,
    check: checkTaken,
  },
  {
    id: "tenant-namespace-twice",
    summary: "A namespace is of one tenant.",
    why: "Identities hold a namespace, and no tenant (https://istio.io/latest/docs/ops/deployment/deployment-models/#namespace-tenancy).",
    severity,
    check: checkTwice,
  },
  {
    id: "tenant-namespace-clusters",
    summary: "A tenant that has namespaces names no cluster.",
    why: "One name is one namespace in all clusters of a mesh (https://istio.io/latest/docs/ops/deployment/deployment-models/#namespace-sameness): where it were missing, somebody else could make it.",
    severity,
    check: checkClusters,
  },
  {
    id: "tenant-quantity",
    summary: "CPU and memory are written as Kubernetes does.",
    why: "https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/",
    severity,
    check: checkQuantities,
  },
  {
    id: "tenant-share",
    summary: "A service that others may call is one of the tenant's, by its pods and their ports.",
    why: "A caller chooses the name that it asks for: what is let in is told by pods and ports alone.",
    severity,
    check: checkShares,
  },
];
