/** Clusters in a graph of their own: VPCs made by hand, and what would wait for each cluster. */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { createClusterProviders, createClusters, createNodes } from "../../components/cluster";
import type { VpcHandle } from "../../components/handles";
import type { TopologyDescription } from "../../components/topology";
import { expandCluster } from "../support/expanded";
import { mockRun } from "../support/graph";
import type { Graph } from "../support/graph";
import { factsOf, patterns } from "../support/topologies";

export const CLUSTER = "eks:index:Cluster";
export const AFTER = "kubernetes:core/v1:Namespace";

const api = { allowFrom: ["203.0.113.7/32"] };
export const single: TopologyDescription = {
  name: "demo",
  api,
  istio: { version: "1.31.3" },
  networks: { main: { cidr: "10.10.0.0/16" } },
  clusters: { main: { network: "main", kubernetesVersion: "1.35" } },
  meshes: { dev: { clusters: { main: {} } } },
};
export const routed = {
  ...patterns["02-multi-primary-same-network-routed-vpcs"],
  name: "demo",
  api,
};

/** A VPC whose NAT address exists only after deployment. */
function vpcOf(id: string, provider: aws.Provider): VpcHandle {
  const nat = new aws.ec2.Eip(`${id}-nat`, {}, { provider });
  return {
    vpcId: `vpc-${id}`,
    publicSubnetIds: [`subnet-${id}-public`],
    privateSubnetIds: [`subnet-${id}-a`, `subnet-${id}-b`, `subnet-${id}-c`],
    privateZones: ["a", "b", "c"],
    controlPlaneSubnetIds: [`subnet-${id}-a`, `subnet-${id}-b`],
    loadBalancerSubnetIds: [],
    routeTableIds: [],
    natAddresses: [nat.publicIp],
  };
}

const graphs = new Map<string, Promise<Graph>>();

/** The graph of a description's clusters; made once, since tests only look at it. */
export function run(description: TopologyDescription, unknownOutputs = false): Promise<Graph> {
  const key = JSON.stringify([description, unknownOutputs]);
  const graph = graphs.get(key) ?? runOnce(description, unknownOutputs);
  graphs.set(key, graph);
  return graph;
}

/** The same graph, with what the EKS components make. */
export function expand(description: TopologyDescription): Promise<Graph> {
  return runOnce(description, false, true);
}

function runOnce(
  description: TopologyDescription,
  unknownOutputs: boolean,
  isExpanded = false,
): Promise<Graph> {
  return mockRun(
    () => {
      const { network, clusters: plan } = factsOf(description);
      const accounts = mapValues(
        network.providers,
        ({ key, region }) => new aws.Provider(key, { region: region as aws.Region }),
      );
      const vpcs = mapValues(network.vpcs, ({ id, provider }) => vpcOf(id, accounts[provider]));
      const existing = mapValues(plan, () => ({ kubeconfig: "{}" }));
      const optionsOf = (key: string) => ({ providers: [accounts[key]] });
      const made = createClusters("demo", plan, { vpcs, existing }, optionsOf);
      const reached = { clusters: made, ways: {} };
      const kubernetes = createClusterProviders("demo", plan, reached, optionsOf);
      for (const [name, { kubeconfig }] of Object.entries(isExpanded ? made.made : {}))
        expandCluster(`demo-${name}`, [], kubeconfig);
      const ready = createNodes(
        "demo",
        plan,
        { ...reached, vpcs, providers: kubernetes },
        optionsOf,
      );
      for (const name of Object.keys(plan)) {
        const opts = { provider: kubernetes[name], dependsOn: ready[name] };
        new k8s.core.v1.Namespace(`after ${name}`, {}, opts);
        new k8s.core.v1.ConfigMap(`handle ${name}`, { data: dataOf(made.handles[name]) }, opts);
      }
    },
    { unknownOutputs },
  );
}

function dataOf(handle: object): Record<string, pulumi.Input<string>> {
  const fields = ["eksName", "endpoint", "certificateAuthority", "vpcId", "securityGroupId"];
  const values = handle as Record<string, pulumi.Input<string>>;
  return Object.fromEntries(fields.map((field) => [field, values[field]]));
}

export function mapValues<T, U>(record: Record<string, T>, map: (value: T, key: string) => U) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
