/** Runs this room alone, the way MeshTopology calls it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import type { RunOptions } from "../../engine";
import type { ClusterHandle } from "../../components/handles";
import { createFirewall, createNetwork, networkRules } from "../../components/network";
import type { Network, NetworkPlan } from "../../components/network";
import type { AwsOptions } from "../../components/options";
import { logicalName } from "../../components/topology";
import type { ClusterDescription, TopologyDescription } from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { mockRun } from "../support/graph";
import type { Graph } from "../support/graph";
import { said } from "../support/rules";
import { factsOf, relationsOf } from "../support/topologies";

export interface NetworkRun {
  graph: Graph;
  plan: NetworkPlan;
  network: Network;
  securityGroups: Record<string, pulumi.Input<string>>;
  /** What callers of an API server come by, by cluster. */
  ways: Record<string, pulumi.Resource[]>;
}

/** Graph of the network and the firewall of a description. */
export async function runNetwork(
  description: TopologyDescription,
  options: RunOptions = {},
): Promise<NetworkRun> {
  const { topology } = relationsOf(description);
  const { network: plan } = factsOf(description);
  const run = { plan } as NetworkRun;
  run.graph = await mockRun(() => {
    const provided = providers(plan);
    run.network = createNetwork(
      "demo",
      plan,
      { existing: {}, protect: topology.protect },
      provided,
    );
    const clusters = Object.fromEntries(
      Object.keys(topology.clusters).map((name) => [name, clusterHandle(name)]),
    );
    const placed = { ...run.network, clusters };
    Object.assign(run, createFirewall("demo", plan, placed, provided));
  }, options);
  return run;
}

function providers(plan: NetworkPlan): AwsOptions {
  const parent = new pulumi.ComponentResource("test:index:Whole", "demo");
  const made = Object.fromEntries(
    Object.values(plan.providers).map(({ key, region, account }) => [
      key,
      new aws.Provider(
        logicalName("demo", key),
        {
          region: region as aws.Region,
          assumeRoles: account === undefined ? undefined : [{ roleArn: account }],
        },
        { parent },
      ),
    ]),
  );
  return (key) => ({ parent, providers: [made[key]] });
}

function clusterHandle(name: string): ClusterHandle {
  return {
    eksName: name,
    kubeconfig: "",
    endpoint: "",
    certificateAuthority: "",
    vpcId: `vpc-${name}`,
    securityGroupId: `sg-${name}`,
  };
}

/** What a rule of this room says of a description. */
export function check(id: string, description: TopologyDescription): string[] {
  return said(networkRules, id, description);
}

/** Multi-primary over so many networks with a VPC and a cluster each. */
export function networksApart(
  count: number,
  more: Partial<TopologyDescription> = {},
  vpc: (index: number) => object = () => ({}),
): TopologyDescription {
  const names = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  const clusters = names.map((name, index): [string, ClusterDescription] => [
    `c${index + 1}`,
    { network: name },
  ]);
  return {
    istio: { version: "1.31.3" },
    networks: Object.fromEntries(
      names.map((name, index) => [name, { cidr: `10.${2 * index + 1}.0.0/16`, ...vpc(index) }]),
    ),
    clusters: Object.fromEntries(clusters),
    meshes: { prod: { clusters: Object.fromEntries(clusters.map(([name]) => [name, {}])) } },
    api: { private: { cidrs: ["172.16.0.0/12"] } },
    ...more,
  };
}

/**
 * Descriptions in which meshes of several clusters have remotes, by turns with istiod in one member, in two and outside. The
 * last remote of two istiods is served by the second alone.
 */
export const servedDescriptions: fc.Arbitrary<TopologyDescription> = fc
  .tuple(descriptions, fc.nat(2))
  .map(([description, turn]) => {
    const served = structuredClone(description);
    Object.values(served.meshes).forEach((mesh, index) => {
      const [first, ...others] = Object.keys(mesh.clusters);
      if (others.length === 0) return;
      mesh.dataPlane = "sidecar";
      for (const member of Object.values(mesh.clusters)) delete member.servedBy;
      const kind = (turn + index) % 3;
      if (kind === 2) delete mesh.clusters[first];
      mesh.ingress = undefined;
      const runsIn = kind === 1 && others.length > 1 ? [first, others[0]] : [first];
      mesh.controlPlane = kind === 2 ? { runsIn: [first], configCluster: others[0] } : { runsIn };
      if (runsIn.length > 1) mesh.clusters[others.at(-1)!].servedBy = [others[0]];
    });
    return served;
  });
