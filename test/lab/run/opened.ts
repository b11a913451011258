/** Security groups that let past the plan what a check is to see, for as long as it looks. */
import { sleep } from "../machine/processes";
import type { Session } from "./session";
import type { Running } from "./tasks";

/** What a group lets in or out beside what is planned: one port, of or to those of another group. */
export interface Opening {
  readonly way: "Ingress" | "Egress";
  readonly group: string;
  readonly port: number;
  readonly other: string;
}

/** Opens groups past the plan while something happens. */
export async function opened(
  { machine: { store } }: Session,
  openings: readonly Opening[],
  act: () => Promise<void>,
): Promise<void> {
  const [{ account, region }] = store.list("eks.Cluster");
  const rules = openings.map(({ way, group, port, other }, n) => {
    const ports = { ipProtocol: "tcp", fromPort: port, toPort: port };
    const outputs = { securityGroupId: group, referencedSecurityGroupId: other, ...ports };
    const rule = { type: `vpc.SecurityGroup${way}Rule`, id: `sgr-lab-${n}`, account, region };
    return { ...rule, inputs: outputs, outputs };
  });
  rules.forEach((rule) => store.write(rule));
  try {
    // The cloud follows its store every second.
    await sleep(4000);
    await act();
  } finally {
    rules.forEach(({ type, id }) => store.remove(type, id));
  }
}

/** Group of a service's tasks. */
export const tasksGroup = ({ service }: Running): string =>
  service.stored.outputs.networkConfiguration.securityGroups[0];

/** Group of a cluster's pods. */
export const podsGroup = ({ machine: { store } }: Session): string =>
  store.outputs("eks.Cluster")[0].vpcConfig.clusterSecurityGroupId;
