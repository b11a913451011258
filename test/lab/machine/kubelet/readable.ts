import type { Json, Kube } from "../kube";
import { isWaypoint } from "./programs";

/** By the listener that they are in: where connections come in, and, of a waypoint, where requests are looked into. */
const filters = {
  connect_terminate: "waypoint_downstream_peer_metadata",
  main_internal: "waypoint_upstream_peer_metadata",
};

/** `istioctl analyze` looks at what users write: it warns of every EnvoyFilter, and of each without a priority. */
const unsaid = { "galley.istio.io/analyze-suppress": "IST0133,IST0151" };

/** Takes from an Envoy that takes HBONE the filters that Istio's proxy knows its peers' metadata by (pilot/pkg/xds/filters/filters.go). */
const withoutPeerMetadata = (name: string, whose: Json) => ({
  apiVersion: "networking.istio.io/v1alpha3",
  kind: "EnvoyFilter",
  metadata: { name: `${name}-lab`, annotations: unsaid },
  spec: {
    ...whose,
    configPatches: Object.entries(filters).map(([listener, filter]) => ({
      applyTo: "HTTP_FILTER",
      match: {
        listener: {
          name: listener,
          filterChain: {
            filter: {
              name: "envoy.filters.network.http_connection_manager",
              subFilter: { name: filter },
            },
          },
        },
      },
      patch: { operation: "REMOVE" },
    })),
  },
});

/** Makes what istiod tells an ambient gateway, or a waypoint, such that the Envoy of the lab takes it. */
export async function makeReadable(kube: Kube, { metadata, spec }: Json): Promise<void> {
  const gateway = metadata.labels?.["gateway.networking.k8s.io/gateway-name"];
  if (!gateway || !spec.containers.some(isWaypoint)) return;
  const targetRefs = [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: gateway }];
  await apply(kube, metadata.namespace, withoutPeerMetadata(gateway, { targetRefs }));
}

/** The same for machines of an ambient mesh, by their label. */
export async function makeMachinesReadable(kube: Kube, namespace: string, app: string) {
  const workloadSelector = { labels: { app } };
  await apply(kube, namespace, withoutPeerMetadata(app, { workloadSelector }));
}

async function apply(kube: Kube, namespace: string, object: Json): Promise<void> {
  const folder = `/apis/networking.istio.io/v1alpha3/namespaces/${namespace}/envoyfilters`;
  await kube.apply(`${folder}/${object.metadata.name}`, object);
}
