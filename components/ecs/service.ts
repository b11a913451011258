/** How a service keeps its tasks. Plain data. */
import { Architecture, Capacity, LaunchType } from "../topology";

/** Capacity providers of Fargate (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html). */
export const FARGATE = {
  [Capacity.OnDemand]: "FARGATE",
  [Capacity.Spot]: "FARGATE_SPOT",
} as const satisfies Record<Capacity, string>;

const ARCHITECTURES = {
  [Architecture.X86]: "X86_64",
  [Architecture.Arm64]: "ARM64",
} satisfies Record<Architecture, string>;

/** Spread over zones, which ECS sees to on Fargate by itself, and filled one by one. */
const PLACEMENT = {
  [LaunchType.Fargate]: {},
  [LaunchType.Ec2]: {
    orderedPlacementStrategies: [
      { type: "spread", field: "attribute:ecs.availability-zone" },
      { type: "binpack", field: "memory" },
    ],
  },
} satisfies Record<LaunchType, object>;

/** Of tasks beyond the base, so many are on Spot for one that is not. */
const SPOT_SHARE = 4;

/** A provider without a weight would be given no task (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html). */
function strategiesOf<Name>(capacityProvider: Name | string, base: number | undefined) {
  if (base === undefined) return [{ capacityProvider, weight: 1 }];
  return [
    { capacityProvider: FARGATE[Capacity.OnDemand], base, weight: 1 },
    { capacityProvider, weight: SPOT_SHARE },
  ];
}

/** What a service is told beside its tasks: new ones are there before old ones go, spread over zones. */
export function serviceSettings<Name>(facts: {
  launchType: LaunchType;
  capacity: Capacity;
  capacityProvider?: Name;
  onDemandBase?: number;
}) {
  const { launchType, capacity, capacityProvider = FARGATE[capacity], onDemandBase } = facts;
  return {
    capacityProviderStrategies: strategiesOf(capacityProvider, onDemandBase),
    ...PLACEMENT[launchType],
    ...{ deploymentMinimumHealthyPercent: 100, deploymentMaximumPercent: 200 },
    // To the last deployment that was complete; the first one has none, and `up` says that it failed.
    deploymentCircuitBreaker: { enable: true, rollback: true },
    ...{ waitForSteadyState: true, availabilityZoneRebalancing: "ENABLED" },
    ...{ enableEcsManagedTags: true, propagateTags: "SERVICE" },
  };
}

/** How long `up` waits: a circuit breaker has acted by then. */
export const TIMEOUTS = { create: "20m", update: "20m", delete: "20m" };

/** What a task definition is told beside its containers. */
export function taskSettings(facts: {
  launchType: LaunchType;
  cpu: number;
  memory: number;
  architecture: Architecture;
}) {
  const { launchType, cpu, memory, architecture } = facts;
  return {
    ...{ networkMode: "awsvpc", requiresCompatibilities: [launchType.toUpperCase()] },
    ...{ cpu: String(cpu), memory: String(memory) },
    runtimePlatform: {
      operatingSystemFamily: "LINUX",
      cpuArchitecture: ARCHITECTURES[architecture],
    },
  };
}
