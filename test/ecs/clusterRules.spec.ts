import { ecsClusterRules } from "../../components/ecs/clusterRules";
import { ecsRules } from "../../components/ecs/rules";
import type { TopologyDescription } from "../../components/topology";
import { type Claim, testEveryRule, testRules } from "../support/rules";
import { good } from "./good";

type Services = NonNullable<TopologyDescription["ecsServices"]>;

const echo =
  (change: (service: Services[string], description: TopologyDescription) => void) =>
  (description: TopologyDescription) =>
    change(description.ecsServices!.echo!, description);

const YOURS = "arn:aws:ecs:eu-west-1:111122223333:cluster/yours";

/** The service echo on instances of an ECS cluster, with a change. */
const onInstances = (
  change: (
    cluster: NonNullable<TopologyDescription["ecsClusters"]>[string],
    service: Services[string],
    description: TopologyDescription,
  ) => void,
) =>
  echo((service, description) => {
    const apps = { mesh: "prod", controlledBy: "east", instanceType: "c7i.large" };
    Object.assign(service, { launchType: "ec2", ecsCluster: "apps" });
    description.ecsClusters = { apps };
    change(apps, service, description);
  });

const clusters: Claim[] = [
  [
    "ecs-cluster-named",
    "tasks on EC2 of no ECS cluster",
    echo((service) => (service.launchType = "ec2")),
    "ecsServices.echo.ecsCluster: got nothing; allowed: a key of ecsClusters, which has none; fix: name one: tasks with launchType: ec2 run on its instances",
  ],
  [
    "ecs-cluster-named",
    "an ECS cluster that is not there",
    onInstances((_, service) => (service.ecsCluster = "app")),
    'ecsServices.echo.ecsCluster: got "app"; allowed: apps; fix: did you mean "apps"?',
  ],
  [
    "ecs-cluster-place",
    "instances of another mesh and VPC",
    onInstances((cluster, _, description) => {
      description.networks.apart = { cidr: "10.20.0.0/16" };
      description.clusters.west = { network: "apart" };
      description.meshes.other = {
        ...{ dataPlane: "ambient", trustDomain: "other.example", clusters: { west: {} } },
      };
      Object.assign(cluster, { mesh: "other", controlledBy: "west" });
    }),
    'ecsServices.echo.ecsCluster: got "apps", which is of mesh "other"; allowed: one of mesh "prod", as the service; fix: name another one',
    'ecsServices.echo.ecsCluster: got "apps", which is of vpc "apart"; allowed: one of vpc "shared", as the service; fix: name another one',
  ],
  [
    "ecs-cluster-capacity",
    "Spot that the service asks for",
    onInstances((_, service) => (service.capacity = "spot")),
    "ecsServices.echo.capacity: got spot; allowed: nothing with launchType: ec2: how instances are bought is theirs; fix: say it in ecsClusters",
  ],
  [
    "ecs-cluster-processors",
    "an image for other processors",
    onInstances((_, service) => (service.architecture = "arm64")),
    "ecsServices.echo.architecture: got arm64; allowed: what c7i.large has: x86; fix: leave it out, or name another instance type",
  ],
  [
    "ecs-cluster-provider",
    "an ECS cluster of yours that names no instances",
    onInstances((_, __, description) => {
      const existing = { clusterArn: YOURS };
      description.ecsClusters!.apps = { mesh: "prod", controlledBy: "east", existing };
    }),
    "ecsClusters.apps.existing.capacityProvider: got nothing; allowed: the name of a capacity provider: tasks echo run on its instances; fix: say it, or write launchType: fargate at ecsServices.echo",
  ],
  [
    "ecs-cluster-type",
    "no instance type",
    onInstances((cluster) => delete (cluster as { instanceType?: string }).instanceType),
    'ecsClusters.apps.instanceType: got nothing; allowed: an EC2 instance type, such as "c7g.large"; fix: name one, or say under existing which ECS cluster there is',
  ],
  [
    "ecs-cluster-type",
    "an instance type beside what exists",
    onInstances((cluster) => {
      cluster.existing = { clusterArn: YOURS, capacityProvider: "theirs" };
    }),
    'ecsClusters.apps.instanceType: got "c7i.large"; allowed: nothing beside existing, whose instances are there; fix: leave out one of the two',
  ],
  [
    "ecs-cluster-count",
    "more at least than at most",
    onInstances((cluster) => (cluster.count = { min: 3, max: 2 })),
    "ecsClusters.apps.count: got 3 to 2; allowed: no more at least than at most; fix: correct min or max",
  ],
  [
    "ecs-cluster-arn",
    "an ECS cluster of another region",
    onInstances((_, __, description) => {
      const existing = {
        clusterArn: YOURS.replace("eu-west-1", "us-east-1"),
        capacityProvider: "theirs",
      };
      description.ecsClusters!.apps = { mesh: "prod", controlledBy: "east", existing };
    }),
    'ecsClusters.apps.existing.clusterArn: got "arn:aws:ecs:us-east-1:111122223333:cluster/yours"; allowed: the ARN of an ECS cluster in eu-west-1; fix: correct it',
  ],
];

describe("rules about ECS clusters", () => {
  testRules(ecsRules, good, clusters);
  testEveryRule(ecsClusterRules, clusters);
});
