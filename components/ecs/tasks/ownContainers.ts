/** Containers of somebody's own task definition, with the mesh's around them. Plain data. */
import { LaunchType } from "../../topology";
import { isTaken } from "../ports";
import { proxyEnvironment } from "./environment";
import { HELPERS, LARGEST, lengthOf, neededBy, withMesh } from "./containers";
import type { MeshFacts, Own, TaskValues } from "./containers";

/** A container as ECS's API has it. */
export interface OwnContainer extends Own {
  /**
   * Its variables. What leads to ztunnel is added where it says nothing of that.
   *
   * @default none
   */
  environment?: readonly { name: string; value: string }[];
  /**
   * Containers that it waits for. ztunnel is added.
   *
   * @default none
   */
  dependsOn?: readonly { containerName: string; condition: string }[];
  [field: string]: unknown;
}

/** All of them wait for ztunnel, and what takes the task out of its Service stops before any. */
export function ownContainers(
  facts: MeshFacts,
  values: TaskValues,
  containers: readonly OwnContainer[],
): object[] {
  containers.forEach(({ name }) => demandOther(name));
  Object.entries(facts.ports).forEach(([name, port]) => demandFree(name, port));
  demandUncaptured(facts);
  const led = facts.proxyEnv ? Object.entries(proxyEnvironment(facts.region)) : [];
  const own = containers.map((container) => {
    const { environment = [], dependsOn = [] } = container;
    const added = led.filter(([name]) => !environment.some((one) => one.name === name));
    const all = [...environment, ...added.map(([name, value]) => ({ name, value }))];
    return {
      ...container,
      environment: all.sort((a, b) => (a.name < b.name ? -1 : 1)),
      dependsOn: [...dependsOn, ...neededBy(facts).dependsOn],
    };
  });
  const all = withMesh(facts, values, own);
  demandShort(all);
  return all;
}

function demandOther(name: string): void {
  if (HELPERS.includes(name))
    throw new Error(
      `containers: got ${name}; allowed: other names than the mesh's (${HELPERS.join(", ")}); fix: rename it`,
    );
}

function demandFree(name: string, port: number): void {
  if (isTaken(port))
    throw new Error(
      `ports.${name}: got ${port}; allowed: a port that is not Istio's: none of 15000 to 15090; fix: let the application listen on another`,
    );
}

/** On EC2 there is no port of SOCKS that a forwarder could lead to. */
function demandUncaptured({ launchType, forward }: MeshFacts): void {
  const names = Object.keys(forward);
  if (launchType === LaunchType.Ec2 && names.length > 0)
    throw new Error(
      `forward: got ${names.join(", ")}; allowed: nothing with launchType: ${LaunchType.Ec2}, where all of the containers' TCP goes through ztunnel; fix: leave it out, and call Services by their names`,
    );
}

function demandShort(all: readonly object[]): void {
  const length = lengthOf(all);
  if (length > LARGEST)
    throw new Error(
      `containers: got a task definition of ${length} bytes; allowed: at most ${LARGEST}; fix: shorten them: let them read the rest from where it is stored`,
    );
}
