import * as pulumi from "@pulumi/pulumi";
import { Exposure, MeshTopology } from "istio-patterns";

const allowFrom = new pulumi.Config().requireObject<string[]>("allowFrom");

// Its name is the prefix of all names and tags.
const shop = new MeshTopology("shop", {
  topology: {
    api: { allowFrom },
    // Pinned: without it a newer package would bring a newer Istio.
    istio: { version: "1.31.4" },
    networks: {
      "net-east": { cidr: "10.10.0.0/16" },
      "net-west": { cidr: "10.20.0.0/16" },
    },
    clusters: { east: { network: "net-east" }, west: { network: "net-west" } },
    meshes: {
      prod: {
        // Both run istiod, since nothing else is said.
        clusters: { east: {}, west: {} },
        ingress: { web: { clusters: ["east", "west"], exposure: Exposure.Internal } },
      },
    },
  },
});

// For other stacks, which read them by a StackReference.
export const {
  kubeconfigs,
  vpcs,
  clusters,
  gatewayAddresses,
  securityGroups,
  rootCertificates,
  trustDomains,
} = shop;
