import type {
  SharedServiceDescription,
  TenantDescription,
  TopologyDescription,
} from "../../components/topology";

export const HOST = "web.a-web.svc.cluster.local";

/** Two clusters on networks of their own that three tenants share, of which two may call a service of the first. */
export const good: TopologyDescription = {
  name: "demo",
  istio: { version: "1.31.4" },
  api: { allowFrom: ["203.0.113.7/32"] },
  networks: {
    "net-east": { cidr: "10.10.0.0/16", nat: "per-zone" },
    "net-west": { cidr: "10.20.0.0/16", nat: "per-zone" },
  },
  clusters: { east: { network: "net-east" }, west: { network: "net-west" } },
  meshes: {
    prod: {
      trustDomain: "prod.example",
      clusters: { east: {}, west: {} },
      ingress: { web: { clusters: ["east"] } },
    },
  },
  tenants: {
    model: "namespace",
    of: {
      "team-a": {
        mesh: "prod",
        namespaces: ["a-web", "a-db"],
        admins: ["arn:aws:iam::123456789012:role/team-a", "arn:aws:iam::123456789012:role/both"],
        quota: { pods: 50, cpu: "20", memory: "64Gi" },
        limits: { cpu: "500m" },
        shares: { [HOST]: { to: ["team-b"], pods: { app: "web" }, ports: [8080] } },
      },
      "team-b": {
        mesh: "prod",
        namespaces: ["b-web"],
        admins: ["arn:aws:iam::123456789012:role/both"],
        egress: "registry-only",
      },
      "team-c": { mesh: "prod", namespaces: ["c-web"], egress: "open" },
    },
  },
};

/** The good description after a change. */
export function changed(change: (description: TopologyDescription) => void): TopologyDescription {
  const description = structuredClone(good);
  change(description);
  return description;
}

/** A tenant of it. */
export function tenantOf({ tenants }: TopologyDescription, name = "team-a"): TenantDescription {
  return tenants!.of[name]!;
}

/** The service that `team-a` shares. */
export function shareOf(description: TopologyDescription): SharedServiceDescription {
  return tenantOf(description).shares![HOST]!;
}

/** The same with hosts of two tenants at the gateway of one cluster. */
export const hosted = changed((description) => {
  tenantOf(description).hosts = {
    "a.example": { ingress: "web", certificate: "a-web/a-tls" },
    "www.a.example": { ingress: "web", certificate: "a-db/www" },
  };
  tenantOf(description, "team-b").hosts = {
    "b.example": { ingress: "web", certificate: "b-web/b-tls" },
  };
});

/** The same without sidecars. */
export const ambient = changed(({ meshes, tenants }) => {
  meshes.prod!.dataPlane = "ambient";
  tenants!.of["team-b"]!.egress = "open";
});
