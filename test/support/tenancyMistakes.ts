/** Mistakes about tenants that share a mesh. */
import type { TenantDescription, TopologyDescription } from "../../components/topology";
import type { Mutation } from "./changes";

type Change = (
  tenants: { a: TenantDescription; b: TenantDescription },
  description: TopologyDescription,
) => void;

/** Two tenants of the first mesh, of which one shares a service with the other, with a change. */
function withTenants(change: Change): Mutation {
  return (description) => {
    const [mesh = ""] = Object.keys(description.meshes);
    const share = { to: ["b"], pods: { app: "web" }, ports: [8080] };
    const shares = { "web.a-web.svc.cluster.local": share };
    const a: TenantDescription = { mesh, namespaces: ["a-web"], shares };
    const b: TenantDescription = { mesh, namespaces: ["b-web"] };
    description.tenants = { model: "namespace", of: { a, b } };
    change({ a, b }, description);
  };
}

const meshOf = (description: TopologyDescription) => Object.values(description.meshes)[0]!;

const clustersOf = (description: TopologyDescription) => Object.keys(meshOf(description).clusters);

/** Clusters of the first mesh are yours. */
function bringAll(description: TopologyDescription): void {
  for (const name of Object.keys(meshOf(description).clusters)) {
    const { network, vpc } = description.clusters[name]!;
    const existing = {
      ...{ kubeconfig: { secret: "brought" }, kubernetesVersion: "1.35" },
      ...{ podCidrs: ["10.200.0.0/16"], loadBalancers: "controller" as const },
    };
    description.clusters[name] = { network, vpc, existing };
  }
}

export const tenancyMistakes: Record<string, Mutation> = {
  "add tenants": withTenants(() => undefined),
  "add tenants that have clusters": (description) => {
    const [mesh = ""] = Object.keys(description.meshes);
    description.tenants = { model: "cluster", of: { team: { mesh, namespaces: ["web"] } } };
  },
  "give tenants names that meet": (description) => {
    const [mesh = ""] = Object.keys(description.meshes);
    const [cluster = ""] = Object.keys(meshOf(description).clusters);
    const of = (name: string): TenantDescription => ({
      ...{ mesh, namespaces: [`${name}-web`], clusters: [cluster] },
    });
    description.tenants = { model: "cluster", of: { a: of("a"), "a-b": of("a-b") } };
  },
  "let a tenant administer a cluster of others": (description) => {
    const [mesh = ""] = Object.keys(description.meshes);
    const clusters = Object.keys(meshOf(description).clusters);
    const admins = ["arn:aws:iam::123456789012:role/team"];
    description.access = { admins };
    const team: TenantDescription = { mesh, clusters, admins, namespaces: ["team-web"] };
    description.tenants = { model: "cluster", of: { team } };
  },
  "make clusters of an ambient mesh tenants'": (description) => {
    const [mesh = ""] = Object.keys(description.meshes);
    const clusters = Object.keys(meshOf(description).clusters);
    if (!meshOf(description).controlPlane) meshOf(description).dataPlane = "ambient";
    const team: TenantDescription = { mesh, clusters, namespaces: ["team-web"] };
    description.tenants = { model: "cluster", of: { team } };
  },
  "take plaintext where tenants are": withTenants((_, description) => {
    meshOf(description).mtls = "permissive";
  }),
  "give a tenant no namespace": withTenants(({ a }) => (a.namespaces = [])),
  "give a tenant namespaces of others": withTenants(({ a, b }) => {
    a.namespaces = ["istio-system", "B_web"];
    b.namespaces = ["kube-system", "istio-system"];
  }),
  "give tenants clusters too": withTenants(({ a }, { clusters }) => {
    a.clusters = Object.keys(clusters);
  }),
  "count in words": withTenants(({ a }) => (a.quota = { cpu: "two" })),
  "share with nobody": withTenants(({ a }) => {
    a.shares = { "web.b-web.svc.cluster.local": { to: [], pods: {}, ports: [] } };
  }),
  "share with whoever is not there": withTenants(({ a }) => {
    Object.values(a.shares!)[0]!.to = ["c"];
  }),
  "redirect tenants' pods by themselves": withTenants((_, description) => {
    meshOf(description).injection = "init-container";
  }),
  "hold tenants by sidecars that are not there": withTenants(({ a }, description) => {
    a.egress = "registry-only";
    if (!meshOf(description).controlPlane) meshOf(description).dataPlane = "ambient";
  }),
  "lead tenants outside by no host": withTenants(({ a, b }) => {
    a.egress = "gateway";
    b.outside = { "api.example.com": [443] };
  }),
  "lead tenants outside by wildcards and ports of proxies": withTenants(({ a }) => {
    a.egress = "gateway";
    a.outside = { "*.example.com": [15001], "web.a-web.svc": [] };
  }),
  "let a group administer a tenant": withTenants(({ a }) => (a.admins = ["group-a"])),
  "let an admin of clusters administer a tenant": withTenants(({ a }, description) => {
    const arn = "arn:aws:iam::123456789012:role/team-a";
    a.admins = [arn];
    description.access = { admins: [arn] };
  }),
  "lead to tenants by gateways and hosts that are not there": withTenants(({ a }) => {
    a.hosts = { "*": { ingress: "none", certificate: "b-web/tls" } };
  }),
  "write hosts of tenants as they come": withTenants(({ a, b }, description) => {
    meshOf(description).ingress = {
      web: { clusters: clustersOf(description), ports: { http: 80 } },
    };
    a.hosts = { "*": { ingress: "web", certificate: "tls" } };
    b.hosts = a.hosts;
  }),
  "give a tenant too many hosts": withTenants(({ a }, description) => {
    meshOf(description).ingress = { web: { clusters: clustersOf(description) } };
    const host = { ingress: "web", certificate: "a-web/tls" };
    a.hosts = Object.fromEntries(
      Array.from({ length: 65 }, (_, index) => [`h${index}.example`, host]),
    );
  }),
  "lead to a tenant from a cluster that it has not": (description) => {
    const [mesh = ""] = Object.keys(description.meshes);
    const [first = "", ...others] = clustersOf(description);
    meshOf(description).ingress = { web: { clusters: others.slice(0, 1) } };
    const hosts = { "a.example": { ingress: "web", certificate: "team-web/tls" } };
    const team: TenantDescription = { mesh, clusters: [first], namespaces: ["team-web"], hosts };
    description.tenants = { model: "cluster", of: { team } };
  },
  "bring clusters that tenants share": withTenants((_, description) => bringAll(description)),
  "give a mesh to two tenants": (description) => {
    const [mesh = ""] = Object.keys(description.meshes);
    const one: TenantDescription = { mesh, admins: ["arn:aws:iam::123456789012:role/team"] };
    description.tenants = {
      model: "mesh",
      of: { a: one, b: { mesh, namespaces: ["b-web"], shares: {} } },
    };
  },
  "give a tenant a mesh like another": (description) => {
    const [mesh = ""] = Object.keys(description.meshes);
    description.meshes[`${mesh}-more`] = structuredClone(meshOf(description));
    description.tenants = { model: "mesh", of: { a: { mesh } } };
  },
  "bring clusters of a tenant with admins": (description) => {
    const [mesh = ""] = Object.keys(description.meshes);
    const admins = ["arn:aws:iam::123456789012:role/team"];
    description.tenants = { model: "mesh", of: { a: { mesh, admins } } };
    bringAll(description);
  },
  "trace a mesh of tenants": withTenants((_, description) => {
    meshOf(description).observability = { tracing: { address: "otel.obs.svc:4317" } };
  }),
};
