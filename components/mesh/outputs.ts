/** What a deployment puts out, for stack references and for what others attach to it: docs/package.md lists it. */
import * as pulumi from "@pulumi/pulumi";
import type { ClusterHandle, VpcHandle } from "../handles";
import type { PublishedPlan } from "../federation/facts";
import { lookUp, mapValues } from "../records";
import type { PublishedMesh, Topology } from "../topology";

/** A VPC, made here or yours. */
export interface VpcOutputs {
  /** Id of the VPC. */
  vpcId: string;
  /** Ids of public subnets, in the order of their zones, or of their names where they are yours. */
  publicSubnetIds: string[];
  /** Ids of private subnets, likewise. */
  privateSubnetIds: string[];
  /** Availability zone of each of these. */
  privateZones: string[];
  /** Ids of the subnets that hold only load balancers, likewise. */
  loadBalancerSubnetIds: string[];
  /** Ids of the two private subnets that control planes of clusters stand in. */
  controlPlaneSubnetIds: string[];
  /** Ids of the route tables that get the routes of links. */
  routeTableIds: string[];
  /** Public addresses that traffic from inside comes from, without mask. */
  natAddresses: string[];
}

/** A cluster, made here or yours. Its kubeconfig is an output of its own. */
export interface ClusterOutputs {
  /** Name that EKS knows it by; absent for a cluster that is not on EKS, or does not say so. */
  eksName?: string;
  /** API server URL; absent for a cluster of yours that does not say it. */
  endpoint?: string;
  /** API server's CA bundle, base64; absent likewise. */
  certificateAuthority?: string;
  /** Id of its VPC. */
  vpcId: string;
  /** Security group that nodes and pods carry; absent for a cluster of yours that does not say it. */
  securityGroupId?: string;
}

/** What a deployment is made of, as its outputs tell of it. */
interface Made {
  vpcs: Record<string, VpcHandle>;
  clusters: Record<string, ClusterHandle>;
  gateways: Record<string, pulumi.Input<string>>;
  securityGroups: Record<string, pulumi.Input<string>>;
  roots: Record<string, pulumi.Input<string>>;
}

type ByName<T> = pulumi.Output<Record<string, T>>;

/** The outputs of a deployment. */
export function createOutputs(
  { meshes }: Topology,
  { published }: { published: Record<string, PublishedPlan> },
  { vpcs, clusters, gateways, securityGroups, roots }: Made,
) {
  return {
    kubeconfigs: pulumi.secret(mapValues(clusters, ({ kubeconfig }) => kubeconfig)),
    vpcs: pulumi.output(mapValues(vpcs, vpcOutputs)) as ByName<VpcOutputs>,
    clusters: pulumi.output(mapValues(clusters, clusterOutputs)) as ByName<ClusterOutputs>,
    gatewayAddresses: pulumi.output(gateways),
    securityGroups: pulumi.output(securityGroups),
    rootCertificates: pulumi.output(roots),
    trustDomains: pulumi.output(mapValues(meshes, (mesh) => mesh.trustDomain)),
    federation: pulumi.output(
      mapValues(published, (one, mesh) => ({ ...one, roots: lookUp(roots, mesh) })),
    ) as ByName<PublishedMesh>,
  };
}

/** A component is no value: its outputs are named one by one. */
function vpcOutputs(vpc: VpcHandle) {
  const { vpcId, publicSubnetIds, privateSubnetIds, privateZones } = vpc;
  const { controlPlaneSubnetIds, loadBalancerSubnetIds, routeTableIds, natAddresses } = vpc;
  return {
    ...{ vpcId, publicSubnetIds, privateSubnetIds, privateZones },
    ...{ controlPlaneSubnetIds, loadBalancerSubnetIds, routeTableIds, natAddresses },
  };
}

function clusterOutputs(cluster: ClusterHandle) {
  const { eksName, endpoint, certificateAuthority, vpcId, securityGroupId } = cluster;
  return { eksName, endpoint, certificateAuthority, vpcId, securityGroupId };
}
