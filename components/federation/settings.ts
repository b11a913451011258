import type { Setting } from "../topology";

/** What exporting meshes need of istiod. */
export const federationSettings: Setting[] = [
  {
    why:
      "A Gateway of any namespace that selects the pods of the federation gateway adds hosts that other meshes reach; so only those of the " +
      "gateway's own namespace do (istio, pilot/pkg/model/push_context.go, mergeGateways).",
    owned: {
      "env.PILOT_SCOPE_GATEWAY_TO_NAMESPACE":
        "it follows from `federation`: exporting meshes have it",
    },
    when: ({ of: { of } }) => of.exports.length > 0,
    values: () => ({ env: { PILOT_SCOPE_GATEWAY_TO_NAMESPACE: "true" } }),
  },
];
