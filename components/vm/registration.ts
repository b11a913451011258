/** Objects that machines are registered by. Plain data. */
import { machineLabels, machineProbe } from "./boot/environment";
import type { AgentFacts } from "./boot/environment";

export type RegistrationFacts = Pick<
  AgentFacts,
  "group" | "serviceAccount" | "ports" | "network" | "probe"
>;

/** What may make tokens of a service account, and of no other. */
export function tokenRules(serviceAccount: string) {
  return [
    {
      apiGroups: [""],
      resources: ["serviceaccounts/token"],
      resourceNames: [serviceAccount],
      verbs: ["create"],
    },
  ];
}

/**
 * From which istiod makes an entry for each machine. The network is always said: endpoints without one are sent through gateways
 * (istio, pilot/pkg/xds/endpoints/ep_filters.go).
 */
export function workloadGroup({ group, serviceAccount, ports, network, probe }: RegistrationFacts) {
  return {
    metadata: { labels: machineLabels(group) },
    template: { serviceAccount, network, ports },
    probe: machineProbe({ probe }),
  };
}

/** What clients find the machines by, in every cluster of the mesh: the same everywhere. */
export function machineService({ group, ports }: Pick<RegistrationFacts, "group" | "ports">) {
  return {
    selector: { app: group },
    ports: Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: port })),
  };
}
