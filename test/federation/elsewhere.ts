import type { PublishedMesh, TopologyDescription } from "../../components/topology";
import { ROOT_CERTIFICATE as ROOT } from "../support/certificate";
import { HOST } from "./good";

/** As the bank's stack puts it out. */
export const bank: PublishedMesh = {
  ...{ version: 1, trustDomain: "bank.example", roots: ROOT, cidrs: ["10.20.0.0/16"] },
  gateways: {
    west: { addresses: ["10.20.0.9", "10.20.0.25"], network: "net-west", region: "eu-west-1" },
  },
  exports: {
    [HOST]: {
      ...{ ports: { grpc: 9090, http: 8080 }, serviceAccounts: ["payments"] },
      allow: ["shop.example/frontend"],
    },
  },
};

const service = { ports: { grpc: 9090 }, serviceAccounts: ["payments"] };

/** A shop of its own stack, which imports from a bank elsewhere and exports to it. */
export const shop: TopologyDescription = {
  name: "shop",
  istio: { version: "1.31.4" },
  api: { allowFrom: ["203.0.113.7/32"] },
  networks: { "net-east": { cidr: "10.10.0.0/16" } },
  links: { via: "transit-gateway", reachable: { bank: { cidrs: ["10.20.0.0/16"] } } },
  clusters: { east: { network: "net-east" } },
  meshes: { shop: { trustDomain: "shop.example", clusters: { east: {} } } },
  federation: {
    gateways: { shop: { clusters: ["east"] } },
    exports: {
      payments: {
        ...{ from: "bank", to: ["shop"] },
        services: { [HOST]: { ...service, allow: ["shop/frontend"] } },
      },
      orders: {
        ...{ from: "shop", to: ["bank"] },
        services: {
          "orders.web.svc.cluster.local": {
            ...{ ports: { tcp: 7000 }, serviceAccounts: ["orders"], allow: ["bank/till"] },
          },
        },
      },
    },
    peers: { bank: { given: bank } },
  },
};

export const output = { stack: "acme/mesh/bank", name: "federation" };

/** The same, by the output of the bank's stack. */
export const byOutput: TopologyDescription = {
  ...shop,
  federation: { ...shop.federation, peers: { bank: { output } } },
};
