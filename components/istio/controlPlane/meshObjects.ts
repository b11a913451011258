/** Istio's own objects that a mesh begins with. */

/** In the root namespace and by this name it holds for the whole mesh (https://istio.io/latest/docs/reference/config/security/peer_authentication/). */
export function strictMutualTls<Leaf>(namespace: Leaf) {
  return {
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    metadata: { name: "default", namespace },
    spec: { mtls: { mode: "STRICT" } },
  };
}

/** What a control plane puts into its own cluster: nothing where its configuration is in another one. */
export function firstPolicies<Leaf>(place: { external: boolean; namespace: Leaf }) {
  return place.external ? [] : [strictMutualTls(place.namespace)];
}
