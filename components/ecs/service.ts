/** How a service keeps its tasks. Plain data. */
import { Architecture, Capacity } from "../topology";

/** Capacity providers of Fargate (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html). */
export const FARGATE = {
  [Capacity.OnDemand]: "FARGATE",
  [Capacity.Spot]: "FARGATE_SPOT",
} as const satisfies Record<Capacity, string>;

const ARCHITECTURES = {
  [Architecture.X86]: "X86_64",
  [Architecture.Arm64]: "ARM64",
} satisfies Record<Architecture, string>;

/** What a service is told beside its tasks: new ones are there before old ones go, spread over zones. */
export function serviceSettings({ capacity }: { capacity: Capacity }) {
  return {
    capacityProviderStrategies: [{ capacityProvider: FARGATE[capacity], weight: 1 }],
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
export function taskSettings(facts: { cpu: number; memory: number; architecture: Architecture }) {
  const { cpu, memory, architecture } = facts;
  return {
    ...{ networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] },
    ...{ cpu: String(cpu), memory: String(memory) },
    runtimePlatform: {
      operatingSystemFamily: "LINUX",
      cpuArchitecture: ARCHITECTURES[architecture],
    },
  };
}
