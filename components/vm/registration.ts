/** Objects that machines are registered by. Plain data. */
import { entryLabels, machineProbe } from "./boot/environment";
import type { AgentFacts } from "./boot/environment";

export type RegistrationFacts = Pick<
  AgentFacts,
  "group" | "dataPlane" | "serviceAccount" | "ports" | "network" | "probe"
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
export function workloadGroup(facts: RegistrationFacts) {
  const { group, dataPlane, serviceAccount, ports, network, probe } = facts;
  return {
    metadata: { labels: entryLabels(group, dataPlane) },
    template: { serviceAccount, network, ports },
    probe: machineProbe({ probe }),
  };
}

/**
 * What clients find the machines by, in every cluster of the mesh: the same everywhere. The provider waits ten minutes for pods that
 * a selector finds (https://www.pulumi.com/registry/packages/kubernetes/api-docs/core/v1/service/), and istiod alone knows entries.
 */
export function machineService<Namespace>({
  group,
  namespace,
  ports,
  label = "app",
}: Pick<RegistrationFacts, "group" | "ports"> & { namespace: Namespace; label?: string }) {
  return {
    metadata: { name: group, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
    spec: {
      selector: { [label]: group },
      ports: Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: port })),
    },
  };
}
