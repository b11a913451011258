/** Where in a description a change is made. */
import type {
  ClusterDescription,
  ExistingClusterDescription,
  ExistingVpcDescription,
  IngressDescription,
  MeshDescription,
  TopologyDescription,
  VpcDescription,
} from "../../components/topology";
import type { Choose } from "./choose";

/** A change of a description in place; one that finds nothing to change leaves it as it is. */
export type Mutation = (description: TopologyDescription, choose: Choose) => void;

/** Every VPC of a description. */
export function vpcs({ networks }: TopologyDescription): VpcDescription[] {
  return Object.values(networks).flatMap((network) =>
    network.vpcs ? Object.values(network.vpcs) : [network],
  );
}

export function inCluster(change: (cluster: ClusterDescription, choose: Choose) => void): Mutation {
  return (description, choose) => {
    const cluster = choose.value(description.clusters);
    if (cluster) change(cluster, choose);
  };
}

export function inExistingCluster(
  change: (existing: ExistingClusterDescription, cluster: ClusterDescription) => void,
): Mutation {
  return (description, choose) => {
    const cluster = choose.value(description.clusters, ({ existing }) => existing !== undefined);
    if (cluster?.existing) change(cluster.existing, cluster);
  };
}

export function inMesh(
  change: (mesh: MeshDescription, choose: Choose, clusters: string[]) => void,
): Mutation {
  return (description, choose) => {
    const mesh = choose.value(description.meshes);
    if (mesh) change(mesh, choose, Object.keys(description.clusters));
  };
}

/** Gives a mesh one ingress gateway in all of its clusters, with some fields. */
export function withIngress(fields: Omit<IngressDescription, "clusters">): Mutation {
  return inMesh((mesh) => {
    const clusters = Object.keys(mesh.clusters);
    mesh.ingress = { p: { clusters, ...structuredClone(fields) } };
  });
}

export function inVpc(change: (vpc: VpcDescription, choose: Choose) => void): Mutation {
  return (description, choose) => {
    const vpc = choose.of(vpcs(description).filter(({ existing }) => !existing));
    if (vpc) change(vpc, choose);
  };
}

export function inExistingVpc(
  change: (existing: ExistingVpcDescription, vpc: VpcDescription) => void,
): Mutation {
  return (description, choose) => {
    const vpc = choose.of(vpcs(description).filter(({ existing }) => existing));
    if (vpc?.existing) change(vpc.existing, vpc);
  };
}
