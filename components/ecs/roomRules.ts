/** Whether tasks fit on their instances. */
import { LaunchType, pathOf, Severity, written } from "../topology";
import type { EcsCluster, EcsService, Problem, Rule, Topology } from "../topology";
import { when } from "../topology/rules/support";
import { KNOWN, roomOf } from "./instanceTypes";
import type { Room } from "./instanceTypes";

/** Instances that are made here, and the services on them. */
function shared({ ecsClusters, ecsServices }: Topology): [EcsCluster, EcsService[]][] {
  const onInstances = Object.values(ecsServices).filter(
    ({ launchType }) => launchType === LaunchType.Ec2,
  );
  return Object.values(ecsClusters)
    .filter(({ existing, instanceType }) => !existing && instanceType !== "")
    .map((cluster) => [
      cluster,
      onInstances.filter(({ ecsCluster }) => ecsCluster === cluster.name),
    ]);
}

/** The system keeps some of the memory, and none of the processors. */
function checkFits(topology: Topology): Problem[] {
  return shared(topology).flatMap(([{ name, instanceType }, services]) => {
    const room = roomOf(instanceType);
    if (!room) return [];
    const fix = `name a larger type at ${pathOf("ecsClusters", name, "instanceType")}, or ask for less`;
    return services.flatMap((service) => [
      ...when(service.cpu > room.cpu, {
        path: pathOf("ecsServices", service.name, "cpu"),
        got: String(service.cpu),
        allowed: `at most the ${room.cpu} CPU units of a ${instanceType}`,
        fix,
      }),
      ...when(service.memory >= room.memory, {
        path: pathOf("ecsServices", service.name, "memory"),
        got: String(service.memory),
        allowed: `less than the ${room.memory} MiB of a ${instanceType}, of which its system keeps some`,
        fix,
      }),
    ]);
  });
}

const WORDS = {
  interfaces: "network interfaces beside their own",
  cpu: "CPU units",
  memory: "MiB of memory",
} satisfies Record<keyof Room, string>;

/** What all tasks take, and one more of the largest: a deployment starts a task before it ends another. */
function neededBy(services: EcsService[]): Room {
  const all = services.map(({ count, scaling, cpu, memory }) => ({
    ...{ most: scaling?.max ?? count, cpu, memory, interfaces: 1 },
  }));
  const total = (what: keyof Room) =>
    all.reduce((sum, one) => sum + one.most * one[what], 0) +
    Math.max(...all.map((one) => one[what]));
  return { interfaces: total("interfaces"), cpu: total("cpu"), memory: total("memory") };
}

function checkRoom(topology: Topology): Problem[] {
  return shared(topology).flatMap(([{ name, instanceType, count }, services]) => {
    const room = roomOf(instanceType);
    if (!room || services.length === 0) return [];
    const needed = neededBy(services);
    return (["interfaces", "cpu", "memory"] as const).flatMap((what) =>
      when(needed[what] > room[what] * count.max, {
        path: pathOf("ecsClusters", name, "count", "max"),
        got: String(count.max),
        allowed: `at least ${Math.ceil(needed[what] / room[what])}: its tasks, and one that replaces another, take ${needed[what]} ${WORDS[what]}, of which a ${instanceType} has ${room[what]}`,
        fix: `raise it, or name a larger type${what === "interfaces" ? "; the account setting awsvpcTrunking gives more interfaces, which is not counted" : ""}`,
      }),
    );
  });
}

function checkKnown(topology: Topology): Problem[] {
  return shared(topology).flatMap(([{ name, instanceType }]) =>
    when(!roomOf(instanceType), {
      path: pathOf("ecsClusters", name, "instanceType"),
      got: written(instanceType),
      allowed: `a type whose room is known here: ${KNOWN}`,
      fix: "see yourself that tasks fit: `aws ec2 describe-instance-types` says its processors, memory and network interfaces",
    }),
  );
}

const WHY =
  "A task waits for ever for an instance that it fits on, and takes a network interface there (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html).";

export const roomRules: Rule[] = [
  {
    id: "ecs-instance-fits",
    summary: "A task fits on an instance.",
    why: WHY,
    severity: Severity.Problem,
    check: checkFits,
  },
  {
    id: "ecs-instance-room",
    summary: "Tasks of an ECS cluster, and one that replaces another, have room on its instances.",
    why: WHY,
    severity: Severity.Warning,
    check: checkRoom,
  },
  {
    id: "ecs-instance-known",
    summary: "What an instance type has for tasks is known.",
    why: "What is not known is not guessed.",
    severity: Severity.Warning,
    check: checkKnown,
  },
];
