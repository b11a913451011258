import type { TopologyDescription } from "../../components/topology";

type Services = NonNullable<TopologyDescription["ecsServices"]>;

/** An ambient mesh of one cluster, with two ECS services beside it. */
export const good: TopologyDescription = {
  name: "demo",
  istio: { version: "1.31.4" },
  api: { allowFrom: ["203.0.113.7/32"] },
  networks: { shared: { cidr: "10.10.0.0/16" } },
  clusters: { east: { network: "shared" } },
  meshes: { prod: { dataPlane: "ambient", trustDomain: "prod.example", clusters: { east: {} } } },
  ecsServices: {
    echo: {
      ...{ mesh: "prod", controlledBy: "east", namespace: "ecs", serviceAccount: "echo" },
      ...{ image: "public.ecr.aws/docker/library/httpd:2.4", ports: { http: 80 }, count: 2 },
    },
    pay: {
      ...{ mesh: "prod", controlledBy: "east", namespace: "ecs", serviceAccount: "pay" },
      image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/pay:1.2",
      ports: { "grpc-api": 9090, http: 8080 },
      environment: { MODE: "live" },
      secrets: { KEY: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pay-a1b2c3:key::" },
      ...{ capacity: "spot", architecture: "arm64", command: ["serve"], exec: true },
      scaling: { min: 2, max: 6 },
      healthCheck: { command: ["pay", "health"] },
    },
  },
};

/** The good description with a service on instances, alone. */
export function onInstances(): TopologyDescription {
  const { pay, ...rest } = structuredClone(good).ecsServices!;
  const { capacity: _, ...kept } = pay!;
  const ec2 = { ...kept, launchType: "ec2" as const, ecsCluster: "apps" };
  delete rest.echo;
  const apps = { mesh: "prod", controlledBy: "east", instanceType: "c7g.large" };
  return { ...structuredClone(good), ecsClusters: { apps }, ecsServices: { pay: ec2 } };
}

/** The same with another cluster of the mesh on another network. */
export function twoClusters(): TopologyDescription {
  const both = structuredClone(good);
  both.networks.apart = { cidr: "10.20.0.0/16" };
  both.clusters.west = { network: "apart" };
  both.meshes.prod!.clusters.west = {};
  return both;
}

/** The good description with other fields of a service. */
export function withService(name: string, fields: Partial<Services[string]>): TopologyDescription {
  const changed = structuredClone(good);
  Object.assign(changed.ecsServices![name]!, fields);
  return changed;
}
