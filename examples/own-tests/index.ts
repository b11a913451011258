import * as pulumi from "@pulumi/pulumi";
import { Exposure, MeshTopology } from "istio-patterns";

/** Without its key nothing in a cluster's secrets can be read again. */
const protectKeys: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type === "aws:kms/key:Key" ? { props, opts: { ...opts, protect: true } } : undefined;

// A function, which Pulumi calls: a test can then run it more than once.
export = function program() {
  const { kubeconfigs, gatewayAddresses } = new MeshTopology(
    "shop",
    {
      topology: {
        api: { allowFrom: new pulumi.Config().requireObject<string[]>("allowFrom") },
        istio: { version: "1.31.4" },
        networks: { main: { cidr: "10.10.0.0/16" } },
        clusters: { main: { network: "main" } },
        meshes: {
          dev: {
            clusters: { main: {} },
            ingress: { web: { clusters: ["main"], exposure: Exposure.Internal } },
          },
        },
      },
    },
    { transforms: [protectKeys] },
  );
  return { kubeconfigs, gatewayAddresses };
};
