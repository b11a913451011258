/** Mistakes about ECS services. */
import type { EcsServiceDescription, TopologyDescription } from "../../components/topology";
import type { Choose } from "./choose";
import type { Mutation } from "./changes";

type Change = (service: EcsServiceDescription, description: TopologyDescription) => void;

/** A service in some primary of some mesh, with a change; nothing where there is no such mesh. */
function withService(change: Change): Mutation {
  return (description: TopologyDescription, choose: Choose) => {
    const fit = Object.entries(description.meshes).filter(
      ([, { controlPlane }]) => controlPlane === undefined,
    );
    const [mesh, { clusters } = { clusters: {} }] = choose.of(fit) ?? [];
    const controlledBy = Object.keys(clusters)[0];
    if (mesh === undefined || controlledBy === undefined) return;
    const { vpc } = description.clusters[controlledBy] ?? {};
    const service = {
      ...{ mesh, controlledBy, vpc, namespace: "ecs", serviceAccount: "echo" },
      ...{ image: "registry.example/echo:1", ports: { http: 8080 } },
    };
    description.meshes[mesh]!.dataPlane = "ambient";
    description.ecsServices = { echo: service };
    change(service, description);
  };
}

/** Puts everything of a service into a VPC of yours with one subnet. */
function standIn(
  { controlledBy }: EcsServiceDescription,
  description: TopologyDescription,
  tier: "public" | "private",
  endpoints?: string[],
): void {
  const name = "yours";
  description.networks[name] = {
    existing: {
      ...{ vpcId: "vpc-0123456789abcdef0", cidrs: ["10.250.0.0/16"], endpoints },
      subnets: {
        a: {
          ...{ id: "subnet-0123456789abcdef0", cidr: "10.250.0.0/24", zone: "eu-west-1a" },
          tier,
        },
      },
    },
  };
  Object.assign(description.clusters[controlledBy]!, { network: name, vpc: undefined });
  for (const service of Object.values(description.ecsServices!)) delete service.vpc;
}

export const taskMistakes: Record<string, Mutation> = {
  "let a remote serve tasks": withService((service, description) => {
    const clusters = Object.keys(description.meshes[service.mesh]!.clusters);
    description.meshes[service.mesh]!.controlPlane = {
      runsIn: clusters.filter((name) => name !== service.controlledBy),
    };
  }),
  "write an ECS service anyhow": withService((service, description) => {
    Object.assign(service, {
      ...{ launchType: "ec2", namespace: "istio-system", serviceAccount: "Echo" },
      ...{ ports: { HTTP: 15080, web: 15080 }, image: "echo", policyArns: ["ReadOnlyAccess"] },
      ...{ environment: { HTTP_PROXY: "x" }, secrets: { HTTP_PROXY: "x" } },
      forward: { pay: { host: "pay; true", port: 80 } },
    });
    description.ecsServices = { "7": service };
  }),
  "run more tasks than Docker Hub grants pulls": withService((service) => {
    service.count = 1000;
  }),
  "run tasks on instances that are not theirs": withService((service, description) => {
    const { mesh, controlledBy, vpc } = service;
    const count = { min: 3, max: 2 };
    Object.assign(service, { launchType: "ec2", ecsCluster: "apps", capacity: "spot" });
    description.ecsClusters = {
      apps: { mesh, controlledBy, vpc, instanceType: "c7g.large", count },
      mine: { mesh, controlledBy, vpc },
    };
    Object.assign(service, { architecture: "x86" });
  }),
  "run tasks on instances without room": withService((service, description) => {
    const { mesh, controlledBy, vpc } = service;
    Object.assign(service, { launchType: "ec2", ecsCluster: "apps", memory: 65536 });
    description.ecsServices!.other = {
      ...{ ...service, serviceAccount: "other", ecsCluster: "odd", memory: 1024 },
    };
    description.ecsClusters = {
      apps: { mesh, controlledBy, vpc, instanceType: "c7g.large" },
      odd: { mesh, controlledBy, vpc, instanceType: "im4gn.large" },
    };
  }),
  "run tasks on instances of nobody": withService((service, description) => {
    const { mesh, controlledBy, vpc } = service;
    const existing = { clusterArn: "arn:aws:ecs:cluster/yours" };
    description.ecsClusters = { yours: { mesh, controlledBy, vpc, existing } };
    Object.assign(service, { launchType: "ec2", ecsCluster: "yours" });
    description.ecsServices!.none = { ...service, serviceAccount: "none", ecsCluster: "none" };
  }),
  "run tasks on instances of another mesh": withService((service, description) => {
    const { mesh, controlledBy } = service;
    const { network, vpc } = description.clusters[controlledBy]!;
    description.clusters.apart = { network, vpc };
    description.meshes.apart = {
      ...structuredClone(description.meshes[mesh]!),
      clusters: { apart: {} },
    };
    const instanceType = "c7i.large";
    description.ecsClusters = {
      apps: { mesh: "apart", controlledBy: "apart", vpc, instanceType },
    };
    Object.assign(service, { launchType: "ec2", ecsCluster: "apps" });
  }),
  "give tasks what Fargate has not": withService((service) => {
    const scaling = { min: 3, max: 2 };
    Object.assign(service, { cpu: 300, image: "echo:latest", count: 1, scaling, onDemandBase: 1 });
  }),
  "relate tasks to nothing": withService((service, description) => {
    service.environment = { BOOK: "x".repeat(64 * 1024) };
    description.ecsServices = { one: service, other: { ...service } };
  }),
  "give waypoints of tasks names that are none, or another's": withService(
    (service, description) => {
      const long = "e".repeat(60);
      description.ecsServices = {
        [long]: { ...service, serviceAccount: "long", waypoint: true },
        echo: { ...service, waypoint: true },
        other: { ...service, serviceAccount: "echo-waypoint" },
      };
    },
  ),
  "let tasks ask a cluster that says nothing of itself": withService((service, description) => {
    const { clusters } = description;
    const { network, vpc } = clusters[service.controlledBy]!;
    const existing = {
      ...{ kubeconfig: { secret: "theirs" }, kubernetesVersion: "1.35" },
      podCidrs: ["10.0.0.0/16"],
    };
    clusters[service.controlledBy] = { network, vpc, existing };
  }),
  "let tasks join sidecars": withService((service, description) => {
    description.meshes[service.mesh]!.dataPlane = "sidecar";
  }),
  "put tasks and machines into one namespace": withService((service, description) => {
    const { mesh, controlledBy, vpc, namespace } = service;
    const { network } = description.clusters[controlledBy]!;
    description.virtualMachines = {
      old: {
        ...{ mesh, controlledBy, network, vpc, namespace, serviceAccount: "old" },
        ports: { http: 8080 },
      },
    };
  }),
  "stand tasks where no private subnet is": withService((service, description) =>
    standIn(service, description, "public"),
  ),
  "start tasks where neither NAT nor an endpoint is known": withService((service, description) => {
    service.secrets = { KEY: "arn:aws:ssm:eu-west-1:111122223333:parameter/echo" };
    standIn(service, description, "private", ["s3", "ecr.api"]);
  }),
};
