/** Patterns whose rooms come later, as their stack files will say them: the schema holds them already. */
import type { TopologyDescription } from "../../components/topology";

const shared = { shared: { cidr: "10.10.0.0/16" } };
const apart = { "net-east": { cidr: "10.10.0.0/16" }, "net-west": { cidr: "10.20.0.0/16" } };
const together: TopologyDescription["clusters"] = {
  east: { network: "shared" },
  west: { network: "shared" },
};
const separate: TopologyDescription["clusters"] = {
  east: { network: "net-east" },
  west: { network: "net-west" },
};
const multiPrimary = { prod: { clusters: { east: {}, west: {} } } };
const shopAndBank: TopologyDescription["meshes"] = {
  shop: { trustDomain: "shop.example", clusters: { east: {} }, trust: {} },
  bank: { trustDomain: "bank.example", clusters: { west: {} }, trust: {} },
};
const payments: TopologyDescription["federation"] = {
  gateways: { bank: { clusters: ["west"] } },
  exports: {
    payments: {
      from: "bank",
      to: ["shop"],
      services: {
        "payments.pay.svc.cluster.local": {
          ports: { grpc: 9090 },
          serviceAccounts: ["payments"],
          allow: ["shop/frontend"],
        },
      },
    },
  },
};

/** By stack file, with the rule that says it cannot be built yet. */
export const laterPatterns: Record<
  string,
  { description: TopologyDescription; refusedBy: string[] }
> = {
  "05-tenancy-cluster": {
    description: {
      istio: { version: "1.31.3" },
      networks: shared,
      clusters: together,
      meshes: multiPrimary,
      tenants: {
        model: "cluster",
        of: {
          "team-a": { mesh: "prod", clusters: ["east"] },
          "team-b": { mesh: "prod", clusters: ["west"] },
        },
      },
    },
    refusedBy: ["not-built-tenants"],
  },
  "05-tenancy-mesh": {
    description: {
      istio: { version: "1.31.3" },
      networks: apart,
      clusters: separate,
      meshes: shopAndBank,
      tenants: { model: "mesh", of: { "team-a": { mesh: "shop" }, "team-b": { mesh: "bank" } } },
      federation: payments,
    },
    refusedBy: ["not-built-tenants"],
  },
};
