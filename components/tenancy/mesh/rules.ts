/** What must hold for tenants that have a mesh each. */
import { below, pathOf, Severity, TenancyModel, TRUST_DOMAIN, written } from "../../topology";
import type { MeshRelation, Problem, Relations, Rule, Tenant, Topology } from "../../topology";
import { listed, when } from "../../topology/rules/support";

/** A tenant, its mesh, and every other mesh. */
interface Holder {
  name: string;
  path: string;
  tenant: Tenant;
  of: MeshRelation;
  others: MeshRelation[];
}

function perHolder(check: (holder: Holder) => Problem[]) {
  return ({ tenants }: Topology, { meshes }: Relations): Problem[] => {
    if (tenants?.model !== TenancyModel.Mesh) return [];
    return Object.entries(tenants.of).flatMap(([name, tenant]) => {
      // A rule of the foundation holds that it is there.
      const of = meshes.find(({ mesh }) => mesh.name === tenant.mesh)!;
      const others = meshes.filter((one) => one !== of);
      return check({ name, path: pathOf("tenants", "of", name), tenant, of, others });
    });
  };
}

function checkOwn({ tenants }: Topology): Problem[] {
  if (tenants?.model !== TenancyModel.Mesh) return [];
  const all = Object.entries(tenants.of);
  return all.flatMap(([name, { mesh }], index) => {
    const first = all.slice(0, index).find(([, one]) => one.mesh === mesh);
    return when(first !== undefined, {
      path: pathOf("tenants", "of", name, "mesh"),
      got: written(mesh),
      allowed: `a mesh of its own: tenant ${first?.[0]} has ${mesh}`,
      fix: "describe one for it under meshes, or share this one with model namespace or cluster",
    });
  });
}

/** Whoever administers a cluster reads the keys of every istiod in it. */
const checkClusters = perHolder(({ name, of, others }) =>
  others.flatMap(({ mesh }) =>
    listed(pathOf("meshes", mesh.name, "controlPlane", "runsIn"), mesh.runsIn)
      .filter((one) => of.members.some(({ at }) => at.cluster.name === one.name))
      .map((one) => ({
        path: one.path,
        got: `${written(one.name)}, a cluster of tenant ${name}`,
        allowed: `clusters of mesh ${mesh.name}, or of no mesh`,
        fix: "run these istiods elsewhere: who administers the cluster would hold their keys",
      })),
  ),
);

const checkNetworks = perHolder(({ path, of, others }) =>
  others.flatMap(({ mesh, networks }) =>
    of.networks
      .filter((network) => networks.includes(network))
      .map((network) => ({
        path: below(path, "mesh"),
        got: `mesh ${of.mesh.name} on network ${network}, that of mesh ${mesh.name} too`,
        allowed: "networks that no other mesh is on",
        fix: "put the clusters of one of the two on a network of their own: who is let in from a network is let in with all that is on it",
      })),
  ),
);

const checkDomain = perHolder(({ of: { mesh }, others }) => {
  const same = others.find((other) => other.mesh.trustDomain === mesh.trustDomain);
  const isOwn = mesh.trustDomain !== TRUST_DOMAIN && same === undefined;
  return when(!isOwn, {
    path: pathOf("meshes", mesh.name, "trustDomain"),
    got: `${written(mesh.trustDomain)}${same ? `, that of mesh ${same.mesh.name} too` : ""}`,
    allowed: `one that no other mesh has, and not ${TRUST_DOMAIN}`,
    fix: `say one, such as ${mesh.name}.example`,
  });
});

const checkRoots = perHolder(({ of, others }) => {
  const same = others.find(({ roots }) => roots.some((root) => of.roots.includes(root)));
  return when(same !== undefined, {
    path: pathOf("meshes", of.mesh.name, "trust"),
    got: `a root of mesh ${same?.mesh.name}`,
    allowed: "roots that no other mesh has",
    fix: `set ${pathOf("meshes", of.mesh.name, "trust")} to {} for one that is generated: an istiod below a shared root could sign for both`,
  });
});

/** What says how much of a shared mesh a tenant has. */
const SHARED = {
  namespaces: "all namespaces of its clusters are the tenant's",
  clusters: "its clusters are those of its mesh",
  quota: "nobody else uses its clusters",
  limits: "nobody else uses its clusters",
  egress: "what its pods call is the tenant's to say",
  outside: "what its pods call is the tenant's to say",
  hosts: "its people route at ingress gateways of its mesh",
  shares: "meshes offer services to each other by `federation.exports`",
} as const;

function checkFields({ description: { tenants } }: Topology): Problem[] {
  if (tenants?.model !== TenancyModel.Mesh) return [];
  return Object.entries(tenants.of).flatMap(([name, tenant]) =>
    (Object.keys(SHARED) as (keyof typeof SHARED)[])
      .filter((field) => tenant[field] !== undefined)
      .map((field) => ({
        path: pathOf("tenants", "of", name, field),
        got: written(tenant[field]),
        allowed: `nothing with model mesh: ${SHARED[field]}`,
        fix: "remove it",
      })),
  );
}

const checkBrought = perHolder(({ path, tenant, of }) => {
  const brought = of.members.filter(({ at }) => at.cluster.existing !== undefined);
  return when(tenant.admins.length > 0 && brought.length > 0, {
    path: below(path, "admins"),
    got: `${tenant.admins.length} for ${brought.map(({ at }) => at.cluster.name).join(", ")}, which is brought along`,
    allowed: "none where a cluster of the mesh is yours: it says itself who administers it",
    fix: "remove them, and give them their rights where you made the cluster",
  });
});

const severity = Severity.Problem;

export const meshTenantRules: Rule[] = [
  {
    id: "tenant-mesh-own",
    summary: "With model mesh no two tenants have one mesh.",
    why: "Whoever runs a mesh's istiod can be everybody in it (https://istio.io/latest/docs/ops/deployment/deployment-models/#mesh-tenancy).",
    severity,
    check: checkOwn,
  },
  {
    id: "tenant-mesh-cluster",
    summary: "No istiod of another mesh runs in a tenant's clusters.",
    why: "Its signing key is a Secret there, and its token reads the clusters that it watches.",
    severity,
    check: checkClusters,
  },
  {
    id: "tenant-mesh-network",
    summary: "A tenant's mesh is on networks of its own.",
    why: "Between VPCs rules of security groups name ranges, which all that is on a network has.",
    severity,
    check: checkNetworks,
  },
  {
    id: "tenant-mesh-trust-domain",
    summary: "A tenant's mesh has a trust domain of its own.",
    why: "Policies that name cluster.local are rewritten to the domain of whoever reads them, and identities of two meshes with one domain are the same (istio, pilot/pkg/security/trustdomain/bundle.go).",
    severity,
    check: checkDomain,
  },
  {
    id: "tenant-mesh-roots",
    summary: "A tenant's mesh has roots of its own.",
    why: "Whatever is below an accepted root is accepted, also by istiod, which then signs for it (istio, security/pkg/server/ca/authenticate).",
    severity,
    check: checkRoots,
  },
  {
    id: "tenant-mesh-fields",
    summary: "With model mesh nothing says how much of a shared mesh a tenant has.",
    why: "It would have no effect.",
    severity,
    check: checkFields,
  },
  {
    id: "tenant-mesh-brought",
    summary: "Tenants' admins are named for clusters that are made here.",
    why: "Access entries are those of EKS clusters of this stack.",
    severity,
    check: checkBrought,
  },
];
