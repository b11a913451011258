/** In which order the containers of a task start and stop. */

/** What a container waits for of another (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html). */
export type Condition = "START" | "COMPLETE" | "SUCCESS" | "HEALTHY";

export interface Dependency {
  readonly containerName: string;
  readonly condition: Condition;
}

export type Health = "UNKNOWN" | "HEALTHY" | "UNHEALTHY";

/** What is known of a container. */
export interface Known {
  readonly name: string;
  readonly dependsOn: readonly Dependency[];
  readonly status: "PENDING" | "RUNNING" | "STOPPED";
  readonly health: Health;
  /** Of one that has stopped by itself. */
  readonly exitCode?: number;
}

const holds: Readonly<Record<Condition, (one: Known) => boolean>> = {
  START: ({ status }) => status !== "PENDING",
  COMPLETE: ({ status }) => status === "STOPPED",
  SUCCESS: ({ status, exitCode }) => status === "STOPPED" && exitCode === 0,
  HEALTHY: ({ health }) => health === "HEALTHY",
};

/** What can no more become what another waits for. */
const fails: Readonly<Record<Condition, (one: Known) => boolean>> = {
  START: () => false,
  COMPLETE: () => false,
  SUCCESS: ({ status, exitCode }) => status === "STOPPED" && exitCode !== 0,
  HEALTHY: ({ status }) => status === "STOPPED",
};

const named = (all: readonly Known[], name: string): Known => {
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`no container ${name}`);
  return found;
};

/** Whether all that a container waits for is so (aws/amazon-ecs-agent, agent/engine/dependencygraph/graph.go). */
export function mayStart(one: Known, all: readonly Known[]): boolean {
  return one.dependsOn.every(({ containerName, condition }) =>
    holds[condition](named(all, containerName)),
  );
}

/** Why a container never starts; undefined while it may. */
export function hopeless(one: Known, all: readonly Known[]): string | undefined {
  const lost = one.dependsOn.find(({ containerName, condition }) =>
    fails[condition](named(all, containerName)),
  );
  return lost && `${one.name} waits for ${lost.containerName} to be ${lost.condition}`;
}

/**
 * Whether a container may be stopped: not before those that wait for it themselves, whatever they wait for. Those that wait for these do not
 * count where these have stopped already (`verifyShutdownOrder` there; https://github.com/aws/amazon-ecs-agent/issues/1866).
 */
export function mayStop({ name }: Known, all: readonly Known[]): boolean {
  return all
    .filter(({ dependsOn }) => dependsOn.some(({ containerName }) => containerName === name))
    .every(({ status }) => status !== "RUNNING");
}
