import * as pulumi from "@pulumi/pulumi";
import { MeshTopology, NodeKind } from "istio-patterns";

/**
 * What changes in resources of a type. Types and properties are those of Pulumi's providers; `pulumi preview --diff` shows
 * them. What a description or argument says, such as tags of all resources, needs none of this.
 */
const changes: Record<string, (props: pulumi.Inputs) => pulumi.Inputs> = {
  // A tag of one kind of resource.
  "aws:kms/key:Key": ({ tags }) => ({ tags: { ...tags, classification: "secret" } }),
  // EKS replaces nodes that are broken.
  "aws:eks/nodeGroup:NodeGroup": () => ({ nodeRepairConfig: { enabled: true } }),
};

/** It sees every resource below what it is given to, by type, name and inputs. Undefined leaves one as it is. */
const transform: pulumi.ResourceTransform = ({ type, props, opts }) => {
  const change = changes[type];
  return change && { props: { ...props, ...change(props) }, opts };
};

const shop = new MeshTopology(
  "shop",
  {
    topology: {
      api: { allowFrom: new pulumi.Config().requireObject<string[]>("allowFrom") },
      istio: { version: "1.31.4" },
      networks: { main: { cidr: "10.10.0.0/16" } },
      clusters: { main: { network: "main", nodes: { kind: NodeKind.Managed } } },
      meshes: { dev: { clusters: { main: {} } } },
    },
  },
  // `transforms`, not the older `transformations`: only these reach what the EKS component makes.
  { transforms: [transform] },
);

export const kubeconfigs = shop.kubeconfigs;
