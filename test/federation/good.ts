import type {
  ExportedServiceDescription,
  FederationDescription,
  TopologyDescription,
} from "../../components/topology";

export const HOST = "payments.pay.svc.cluster.local";

/** A service that `bank` exports to `shop`, by a gateway in each of its clusters, and one that `shop` exports to `bank`. */
export const good: TopologyDescription = {
  name: "demo",
  istio: { version: "1.31.4" },
  api: { allowFrom: ["203.0.113.7/32"] },
  networks: {
    "net-east": { cidr: "10.10.0.0/16" },
    "net-west": { cidr: "10.20.0.0/16" },
    "net-far": { cidr: "10.30.0.0/16", region: "eu-central-1" },
    "net-depot": { cidr: "10.40.0.0/16" },
  },
  clusters: {
    east: { network: "net-east" },
    west: { network: "net-west" },
    far: { network: "net-far" },
    store: { network: "net-depot" },
  },
  meshes: {
    shop: { trustDomain: "shop.example", trust: {}, clusters: { east: {} } },
    bank: { trustDomain: "bank.example", trust: {}, clusters: { west: {}, far: {} } },
    depot: { trustDomain: "depot.example", trust: {}, clusters: { store: {} } },
  },
  federation: {
    gateways: { bank: { clusters: ["west", "far"] }, shop: { clusters: ["east"] } },
    exports: {
      payments: {
        ...{ from: "bank", to: ["shop", "depot"] },
        services: {
          [HOST]: {
            ports: { grpc: 9090, "http-api": 8080 },
            serviceAccounts: ["payments", "payments-canary"],
            allow: ["shop/frontend", "shop/batch", "depot/desk"],
          },
        },
      },
      orders: {
        ...{ from: "shop", to: ["bank"] },
        services: {
          "orders.web.svc.cluster.local": {
            ...{ ports: { tcp: 7000 }, serviceAccounts: ["orders"], allow: ["bank/till"] },
            alias: "orders.shop.mesh",
          },
        },
      },
    },
  },
};

/** The good description after a change of what meshes exchange. */
export function changed(
  change: (federation: Required<FederationDescription>, description: TopologyDescription) => void,
): TopologyDescription {
  const description = structuredClone(good);
  change(description.federation as Required<FederationDescription>, description);
  return description;
}

/** The service that `bank` exports. */
export function serviceOf({ federation }: TopologyDescription): ExportedServiceDescription {
  return federation!.exports!.payments!.services[HOST]!;
}
