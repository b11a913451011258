/** What must hold for tenants that have clusters of one mesh. */
import { below, DataPlane, oneOf, pathOf, Severity, TenancyModel, written } from "../../topology";
import type {
  Outside,
  Problem,
  Relations,
  Rule,
  Tenant,
  TenantRelation,
  Topology,
} from "../../topology";
import { listed, when } from "../../topology/rules/support";
import { perTenant, TAKEN } from "../formRules";
import { prefixOf } from "../plan";
import { known } from "../rules";

/** Tenants that have clusters, each with its path. */
function perClusterTenant(check: (relation: TenantRelation, path: string) => Problem[]) {
  return (_: Topology, { meshes }: Relations): Problem[] =>
    meshes
      .filter(({ isClusterLocal }) => isClusterLocal)
      .flatMap(({ tenants }) =>
        tenants.flatMap((one) => check(one, pathOf("tenants", "of", one.name))),
      );
}

/** The same, as written. */
function perWritten(check: (tenant: Tenant, path: string, name: string) => Problem[]) {
  const all = perTenant(check);
  return (topology: Topology): Problem[] =>
    topology.tenants?.model === TenancyModel.Cluster ? all(topology) : [];
}

const checkClusters = perClusterTenant(({ tenant, in: { mesh, members, tenants }, name }, path) => {
  const there = members.map(({ at }) => at.cluster.name);
  return [
    ...when(tenant.clusters.length === 0, {
      path: below(path, "clusters"),
      got: "none",
      allowed: `clusters of mesh ${mesh.name}: ${oneOf(there)}`,
      fix: "name those that are the tenant's",
    }),
    ...listed(below(path, "clusters"), tenant.clusters).flatMap((one, index) => {
      const other = tenants.find((of) => of.name < name && of.tenant.clusters.includes(one.name));
      const isTwice = tenant.clusters.indexOf(one.name) < index;
      return [
        ...when(!there.includes(one.name), {
          path: one.path,
          got: written(one.name),
          allowed: `clusters of mesh ${mesh.name}: ${oneOf(there)}`,
          fix: "name one of these, or make it a member of the mesh",
        }),
        ...when(other !== undefined || isTwice, {
          path: one.path,
          got: written(one.name),
          allowed: `a cluster that no tenant has yet${other ? `: tenant ${other.name} has it` : ""}`,
          fix: "remove it here, or separate these tenants with model namespace",
        }),
      ];
    }),
  ];
});

const checkPrefix = perWritten(({ namespaces }, path, name) =>
  listed(below(path, "namespaces"), namespaces)
    .filter((one) => !one.name.startsWith(prefixOf(name)))
    .map((one) => ({
      path: one.path,
      got: written(one.name),
      allowed: `names that begin with ${prefixOf(name)}`,
      fix: `rename it ${prefixOf(name)}${one.name}: no other cluster of the mesh takes a namespace that begins so`,
    })),
);

const overlaps = (a: string, b: string) => a.startsWith(b) || b.startsWith(a);

/** The namespace of machines or tasks. */
const namespaceOf = (of: Outside) =>
  of.kind === "machines"
    ? { text: of.group.namespace, whose: `machines ${of.group.name}` }
    : { text: of.service.namespace, whose: `tasks ${of.service.name}` };

const taken = TAKEN.map((text) => ({ text, whose: "Kubernetes, AWS, Istio or this package" }));

/** Others' names would be refused in clusters that the tenant does not have, or be the tenant's in its own. */
const checkNames = perClusterTenant(({ name, in: { tenants, outside } }, path) => {
  const prefix = prefixOf(name);
  const others = tenants
    .filter((other) => other.name < name)
    .map((other) => ({ text: prefixOf(other.name), whose: `tenant ${other.name}` }));
  const met = [...others, ...outside.map(namespaceOf), ...taken].find(({ text }) =>
    overlaps(text, prefix),
  );
  return when(met !== undefined, {
    path,
    got: `${written(name)}, whose namespaces begin with ${prefix}`,
    allowed: `a name that goes with ${met?.text} of ${met?.whose}: neither begins with the other`,
    fix: "rename one of the two",
  });
});

const checkAdmins = perClusterTenant(({ tenant, in: relation }, path) => {
  const { mesh, members, controlPlanes } = relation;
  const clusters = [...new Set([...members, ...controlPlanes].map(({ at }) => at.cluster))];
  return listed(below(path, "admins"), tenant.admins).flatMap((one) => {
    const cluster = clusters.find(({ access }) =>
      access.admins.some((admin) => known(admin) === known(one.name)),
    );
    return when(cluster !== undefined, {
      path: one.path,
      got: `${written(one.name)}, who administers all of cluster ${cluster?.name}`,
      allowed: `nobody who administers a cluster of mesh ${mesh.name}: identities hold no cluster, so who may make any namespace in one is every tenant in all`,
      fix: "use mesh tenants (model mesh, a mesh for each), or name a role that only the tenant takes and take it off `access`",
    });
  });
});

function checkAmbient(_: Topology, { meshes }: Relations): Problem[] {
  return meshes
    .filter(({ isClusterLocal, mesh }) => isClusterLocal && mesh.dataPlane === DataPlane.Ambient)
    .map(({ mesh }) => ({
      path: pathOf("meshes", mesh.name, "dataPlane"),
      got: `${mesh.dataPlane}, in a mesh whose clusters are tenants'`,
      allowed: `${DataPlane.Sidecar}: in ambient a label that its tenant writes makes a Service known in all clusters`,
      fix: "say sidecar, or give each tenant a mesh of its own (model mesh)",
    }));
}

const checkHosts = perClusterTenant(({ tenant, in: { mesh }, members, name }, path) => {
  const own = members.map(({ at }) => at.cluster.name);
  return Object.entries(tenant.hosts).flatMap(([host, { ingress }]) => {
    const { clusters } = mesh.ingress[ingress]!;
    // Another rule holds that the tenant has some.
    return when(own.length > 0 && !clusters.some((cluster) => own.includes(cluster)), {
      path: below(path, "hosts", host, "ingress"),
      got: `${written(ingress)}, which stands in ${clusters.join(", ")}`,
      allowed: `a gateway in a cluster of tenant ${name}: ${oneOf(own)}`,
      fix: "choose one, or let this one stand there too",
    });
  });
});

const severity = Severity.Problem;

export const clusterTenantRules: Rule[] = [
  {
    id: "tenant-cluster-clusters",
    summary: "With model cluster each tenant has clusters of its mesh, and no two have one.",
    why: "Tenants that share a cluster are separated by its namespaces.",
    severity,
    check: checkClusters,
  },
  {
    id: "tenant-cluster-prefix",
    summary: "Namespaces of a tenant that has clusters begin with its name.",
    why: "One name is one identity in all clusters (https://istio.io/latest/docs/ops/deployment/deployment-models/#namespace-sameness): admission keeps the names out of the other clusters.",
    severity,
    check: checkPrefix,
  },
  {
    id: "tenant-cluster-name",
    summary: "No namespace of others begins with the name of a tenant that has clusters.",
    why: "Admission would refuse it in all clusters that are not the tenant's.",
    severity,
    check: checkNames,
  },
  {
    id: "tenant-cluster-admin",
    summary: "Nobody who administers a tenant administers a cluster of the mesh.",
    why: "SPIFFE ids hold trust domain, namespace and service account, and no cluster (https://istio.io/latest/docs/ops/deployment/deployment-models/#namespace-sameness), and in a cluster with istiod its administrator holds a signing key too.",
    severity,
    check: checkAdmins,
  },
  {
    id: "tenant-cluster-ambient",
    summary: "Meshes whose clusters are tenants' run sidecars.",
    why: "istiod's clusterLocal is for Envoys' endpoints (istio, pilot/pkg/xds/endpoints/endpoint_builder.go); ztunnels know what is labelled istio.io/global.",
    severity,
    check: checkAmbient,
  },
  {
    id: "tenant-cluster-host",
    summary: "Hosts of a tenant that has clusters are at gateways in these.",
    why: "Its Services are known in its own clusters alone (istio, pilot/pkg/model/cluster_local.go), and its routes stand there.",
    severity,
    check: checkHosts,
  },
];
