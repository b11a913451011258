import type { Json, Kube } from "../kube";
import { isWaypoint } from "./programs";

const filter = "waypoint_downstream_peer_metadata";

/** `istioctl analyze` looks at what users write: it warns of every EnvoyFilter, and of each without a priority. */
const unsaid = { "galley.istio.io/analyze-suppress": "IST0133,IST0151" };

/** Takes from an Envoy that takes HBONE the filter that Istio's proxy tells its peers' metadata with (pilot/pkg/xds/filters/filters.go). */
const withoutPeerMetadata = (name: string, whose: Json) => ({
  apiVersion: "networking.istio.io/v1alpha3",
  kind: "EnvoyFilter",
  metadata: { name: `${name}-lab`, annotations: unsaid },
  spec: {
    ...whose,
    configPatches: [
      {
        applyTo: "HTTP_FILTER",
        match: {
          listener: {
            name: "connect_terminate",
            filterChain: {
              filter: {
                name: "envoy.filters.network.http_connection_manager",
                subFilter: { name: filter },
              },
            },
          },
        },
        patch: { operation: "REMOVE" },
      },
    ],
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
