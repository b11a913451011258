/** What must hold for ECS clusters, and for what names them. */
import {
  architectureOf,
  Capacity,
  INSTANCE_TYPE,
  LaunchType,
  oneOf,
  pathOf,
  Severity,
  suggest,
  written,
} from "../topology";
import type { EcsCluster, EcsService, Problem, Rule, Topology } from "../topology";
import { find } from "../records";
import { when } from "../topology/rules/support";
import { perService } from "./perService";

type At = (...below: string[]) => string;

function perCluster(check: (cluster: EcsCluster, at: At, topology: Topology) => Problem[]) {
  return (topology: Topology): Problem[] =>
    Object.values(topology.ecsClusters).flatMap((cluster) =>
      check(cluster, (...below) => pathOf("ecsClusters", cluster.name, ...below), topology),
    );
}

const clusterOf = ({ ecsCluster = "" }: EcsService, { ecsClusters }: Topology) =>
  find(ecsClusters, ecsCluster);

const checkNamed = perService((service, at, topology) => {
  const { launchType, ecsCluster } = service;
  const known = Object.keys(topology.ecsClusters);
  const allowed = known.length > 0 ? oneOf(known) : "a key of ecsClusters, which has none";
  if (ecsCluster !== undefined)
    return when(!clusterOf(service, topology), {
      ...{ path: at("ecsCluster"), got: written(ecsCluster), allowed },
      fix: suggest(ecsCluster, known, "name one of these, or add it there"),
    });
  return when(launchType === LaunchType.Ec2, {
    ...{ path: at("ecsCluster"), got: "nothing", allowed },
    fix: `name one: tasks with launchType: ${LaunchType.Ec2} run on its instances`,
  });
});

const checkPlace = perService((service, at, topology) => {
  const cluster = clusterOf(service, topology);
  if (!cluster) return [];
  return (["mesh", "vpc"] as const).flatMap((field) =>
    when(cluster[field] !== service[field], {
      path: at("ecsCluster"),
      got: `${written(cluster.name)}, which is of ${field} ${written(cluster[field])}`,
      allowed: `one of ${field} ${written(service[field])}, as the service`,
      fix: "name another one",
    }),
  );
});

const checkCapacity = perService(({ launchType, capacity }, at) =>
  when(launchType === LaunchType.Ec2 && capacity !== Capacity.OnDemand, {
    path: at("capacity"),
    got: capacity,
    allowed: `nothing with launchType: ${LaunchType.Ec2}: how instances are bought is theirs`,
    fix: "say it in ecsClusters",
  }),
);

const checkProcessors = perService((service, at, topology) => {
  const cluster = clusterOf(service, topology);
  if (service.launchType !== LaunchType.Ec2 || !cluster || cluster.existing) return [];
  const has = architectureOf(cluster.instanceType);
  return when(has !== service.architecture, {
    path: at("architecture"),
    got: service.architecture,
    allowed: `what ${cluster.instanceType} has: ${has}`,
    fix: "leave it out, or name another instance type",
  });
});

const checkProvider = perService((service, at, topology) => {
  const existing = clusterOf(service, topology)?.existing;
  const lacks = existing !== undefined && existing.capacityProvider === undefined;
  return when(service.launchType === LaunchType.Ec2 && lacks, {
    path: pathOf("ecsClusters", service.ecsCluster!, "existing", "capacityProvider"),
    got: "nothing",
    allowed: `the name of a capacity provider: tasks ${service.name} run on its instances`,
    fix: `say it, or write launchType: ${LaunchType.Fargate} at ${at()}`,
  });
});

const checkType = perCluster(({ instanceType, existing }, at) => [
  ...when(!existing && !INSTANCE_TYPE.test(instanceType), {
    path: at("instanceType"),
    got: instanceType === "" ? "nothing" : written(instanceType),
    allowed: 'an EC2 instance type, such as "c7g.large"',
    fix: "name one, or say under existing which ECS cluster there is",
  }),
  ...when(existing !== undefined && instanceType !== "", {
    path: at("instanceType"),
    got: written(instanceType),
    allowed: "nothing beside existing, whose instances are there",
    fix: "leave out one of the two",
  }),
]);

const checkCount = perCluster(({ count: { min, max } }, at) =>
  when(min > max, {
    path: at("count"),
    got: `${min} to ${max}`,
    allowed: "no more at least than at most",
    fix: "correct min or max",
  }),
);

const checkArn = perCluster(({ existing, vpc }, at, { vpcs }) => {
  if (!existing) return [];
  const region = find(vpcs, vpc)?.region ?? "";
  const form = new RegExp(`^arn:aws[a-z-]*:ecs:${region}:\\d{12}:cluster/[\\w-]+$`);
  return when(!form.test(existing.clusterArn), {
    path: at("existing", "clusterArn"),
    got: written(existing.clusterArn),
    allowed: `the ARN of an ECS cluster in ${region}`,
    fix: "correct it",
  });
});

const severity = Severity.Problem;
const EACH =
  "Tasks stand in the VPC of their instances (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html).";
const PROVIDERS =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html";

export const ecsClusterRules: Rule[] = [
  {
    id: "ecs-cluster-named",
    summary: "Tasks on EC2 name an ECS cluster, and each named one is there.",
    why: "Instances are shared by services, and are made once.",
    severity,
    check: checkNamed,
  },
  {
    id: "ecs-cluster-place",
    summary: "A service and its ECS cluster are of one mesh and one VPC.",
    why: EACH,
    severity,
    check: checkPlace,
  },
  {
    id: "ecs-cluster-capacity",
    summary: "How instances are bought is said once.",
    why: PROVIDERS,
    severity,
    check: checkCapacity,
  },
  {
    id: "ecs-cluster-processors",
    summary: "Tasks are of the processors of their instances.",
    why: "ECS places them nowhere else.",
    severity,
    check: checkProcessors,
  },
  {
    id: "ecs-cluster-provider",
    summary: "An ECS cluster of yours that runs tasks on EC2 says by what.",
    why: PROVIDERS,
    severity,
    check: checkProvider,
  },
  {
    id: "ecs-cluster-type",
    summary: "An ECS cluster is made of an instance type, or exists.",
    why: "A task takes a network interface, of which types have few (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html).",
    severity,
    check: checkType,
  },
  {
    id: "ecs-cluster-count",
    summary: "Instances have a smallest and a largest number.",
    why: "https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html",
    severity,
    check: checkCount,
  },
  {
    id: "ecs-cluster-arn",
    summary: "An ECS cluster of yours is named by its ARN, and stands in the region of its tasks.",
    why: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids",
    severity,
    check: checkArn,
  },
];
