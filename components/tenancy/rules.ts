/** What must hold for tenants that share a mesh. */
import {
  below,
  DataPlane,
  Egress,
  Injection,
  pathOf,
  Severity,
  tenantGroup,
  written,
} from "../topology";
import type {
  ClusterRelation,
  MeshRelation,
  Problem,
  Relations,
  Rule,
  Topology,
} from "../topology";
import { listed, when } from "../topology/rules/support";
import { perTenant, tenancyFormRules } from "./formRules";
import { tenancyEgressRules } from "./egress/rules";
import { tenancyHostRules } from "./hostRules";

/** Meshes that tenants share. */
function shared({ meshes }: Relations): MeshRelation[] {
  return meshes.filter(({ tenants }) => tenants.length > 0);
}

/** Their clusters. */
function clustersOf(relations: Relations): ClusterRelation[] {
  return shared(relations).flatMap(({ members }) => members.map(({ at }) => at));
}

const names = ({ tenants }: MeshRelation) => tenants.map(({ name }) => name).join(", ");

function checkInjection(_: Topology, relations: Relations): Problem[] {
  return shared(relations).flatMap((relation) => {
    const { name, injection, dataPlane } = relation.mesh;
    return when(dataPlane === DataPlane.Sidecar && injection !== Injection.Cni, {
      path: pathOf("meshes", name, "injection"),
      got: `${injection}, in a mesh with tenants ${names(relation)}`,
      allowed: `${Injection.Cni}, which tenants have by themselves`,
      fix: "remove it: namespaces of tenants take no pod with NET_ADMIN",
    });
  });
}

/** What nothing but a sidecar leads to. */
const SIDECARS_ONLY: Egress[] = [Egress.RegistryOnly, Egress.Gateway];

function checkEgress(_: Topology, relations: Relations): Problem[] {
  return shared(relations)
    .filter(({ mesh }) => mesh.dataPlane === DataPlane.Ambient)
    .flatMap(({ tenants }) =>
      tenants
        .filter(({ tenant }) => SIDECARS_ONLY.includes(tenant.egress))
        .map(({ name, tenant }) => ({
          path: pathOf("tenants", "of", name, "egress"),
          got: `${tenant.egress}, in an ambient mesh`,
          allowed: `${Egress.None} or ${Egress.Open}: ztunnel sends on what it does not know`,
          fix: "say one of these",
        })),
    );
}

const PRINCIPAL = /^arn:(aws|aws-cn|aws-us-gov):iam::\d{12}:(role|user)\/[\w+=,.@/-]*[\w+=,.@-]$/;

const checkAdmins = perTenant(({ admins }, path) =>
  listed(below(path, "admins"), admins).flatMap(({ path: at, name }) =>
    when(!PRINCIPAL.test(name), {
      path: at,
      got: written(name),
      allowed: "the ARN of an IAM role or user: arn:aws:iam::<account>:role/<name>",
      fix: "copy the ARN of a role that people take; a session of a role ends",
    }),
  ),
);

/** ARNs differ by case in their last part only, and there IAM knows one name. */
export const known = (principal: string) => principal.toLowerCase();

function checkAlsoAdmins(_: Topology, relations: Relations): Problem[] {
  const seen = new Set<string>();
  return shared(relations).flatMap(({ tenants, members, isClusterLocal }) =>
    tenants.flatMap(({ name, tenant }) =>
      listed(pathOf("tenants", "of", name, "admins"), tenant.admins).flatMap(
        ({ path, name: arn }) => {
          const [cluster] = members
            .map(({ at }) => at.cluster)
            .filter(({ access: { admins, viewers }, existing }) => {
              // Of admins of the clusters of other tenants another rule says more.
              const people = isClusterLocal ? viewers : [...admins, ...viewers];
              return !existing && people.some((one) => known(one) === known(arn));
            });
          if (!cluster || seen.has(path)) return [];
          seen.add(path);
          return [
            {
              path,
              got: written(arn),
              allowed: `nobody who uses all of cluster ${cluster.name} by \`access\`: EKS takes one entry for a principal`,
              fix: "name a role that only the tenant takes",
            },
          ];
        },
      ),
    ),
  );
}

function checkNear(_: Topology, relations: Relations): Problem[] {
  return shared(relations).flatMap((relation) =>
    relation.members
      .filter(({ neighbours }) => neighbours.length > 0)
      .map(({ at, neighbours }) => ({
        path: pathOf("clusters", at.cluster.name, "network"),
        got: `${written(at.cluster.network)}, that of ${neighbours.map((one) => one.at.cluster.name).join(", ")} too`,
        allowed: `a network of its own, in mesh ${relation.mesh.name} with tenants ${names(relation)}`,
        fix: "leave it where identities are enough to keep tenants apart: a NetworkPolicy knows pods of other clusters by the ranges that they all have, and lets every tenant's in",
      })),
  );
}

function checkBrought(_: Topology, relations: Relations): Problem[] {
  return clustersOf(relations)
    .filter(({ cluster }) => cluster.existing !== undefined)
    .map(({ cluster, eksName, members }) => {
      const [{ in: relation }] = members as [(typeof members)[number]];
      const groups = relation.tenants.map(({ name }) => tenantGroup(name));
      const people = eksName === undefined ? `, and who is in the groups ${groups.join(", ")}` : "";
      return {
        path: pathOf("clusters", cluster.name),
        got: "a cluster of yours, with tenants",
        allowed: `one where NetworkPolicies hold${people}`,
        fix: "see to it: where nothing enforces NetworkPolicies they are taken all the same",
      };
    });
}

function checkTracing(_: Topology, relations: Relations): Problem[] {
  return shared(relations)
    .filter(({ mesh }) => mesh.observability.tracing !== undefined)
    .map((relation) => ({
      path: pathOf("meshes", relation.mesh.name, "observability", "tracing"),
      got: `a collector, in a mesh with tenants ${names(relation)}`,
      allowed: "one that tenants' pods reach",
      fix: "write NetworkPolicies of yours into the tenants' namespaces that let them to it, and say exportTo * on its Service: until then no span of theirs arrives",
    }));
}

const severity = Severity.Problem;

export const tenancyRules: Rule[] = [
  ...tenancyFormRules,
  ...tenancyHostRules,
  ...tenancyEgressRules,
  {
    id: "tenant-injection",
    summary: "Sidecars of a mesh that tenants share need no privilege.",
    why: "Namespaces of tenants enforce the Pod Security Standard `restricted`, which takes no NET_ADMIN (https://kubernetes.io/docs/concepts/security/pod-security-standards/).",
    severity,
    check: checkInjection,
  },
  {
    id: "tenant-egress",
    summary: "Tenants of an ambient mesh call what is outside, or nothing there.",
    why: "Only sidecars know REGISTRY_ONLY, and lead to a gateway by the name in TLS (istio/ztunnel, src/proxy/outbound.rs).",
    severity,
    check: checkEgress,
  },
  {
    id: "tenant-admins",
    summary: "Whoever administers a tenant is named by the ARN of an IAM role or user.",
    why: "An access entry takes nothing else (https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html).",
    severity,
    check: checkAdmins,
  },
  {
    id: "tenant-admins-access",
    summary: "Whoever administers a tenant does not use the whole cluster.",
    why: "A principal has one access entry in a cluster (https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html), and who administers the cluster administers every tenant.",
    severity,
    check: checkAlsoAdmins,
  },
  {
    id: "tenant-network-shared",
    summary: "Clusters of a mesh that tenants share are on networks of their own.",
    why: "A NetworkPolicy names pods of its own cluster, or ranges (https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource).",
    severity: Severity.Warning,
    check: checkNear,
  },
  {
    id: "tenant-brought",
    summary:
      "Clusters of yours that tenants share enforce NetworkPolicies and know who administers them.",
    why: "Here neither can be seen to (https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites).",
    severity: Severity.Warning,
    check: checkBrought,
  },
  {
    id: "tenant-tracing",
    summary: "Pods of tenants reach the collector of the mesh.",
    why: "They call nothing but their tenant, what is shared with it and istiod.",
    severity: Severity.Warning,
    check: checkTracing,
  },
];
