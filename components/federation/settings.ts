import { scopesGateways } from "../topology";
import type { Setting } from "../topology";

/** What exporting meshes need of istiod, and those that tenants share likewise. */
export const federationSettings: Setting[] = [
  {
    why:
      "A Gateway of any namespace that selects the pods of the federation gateway adds hosts that other meshes reach; so only those of the " +
      "gateway's own namespace do (istio, pilot/pkg/model/push_context.go, mergeGateways). So does one of a tenant that selects another's.",
    owned: {
      "env.PILOT_SCOPE_GATEWAY_TO_NAMESPACE":
        "it follows from `federation` and `tenants`: meshes that export or are shared have it",
    },
    when: ({ of: { of } }) => scopesGateways(of),
    values: () => ({ env: { PILOT_SCOPE_GATEWAY_TO_NAMESPACE: "true" } }),
  },
];
