import { mergeValues, type HelmValues } from "../../../components/istio/values";
import type { MeshDescription } from "../../../components/topology/description";
import type { Session } from "./session";

/**
 * Values of chart `istiod` without which the Envoy of the lab refuses its configuration. It is Envoy's own release: the filters that
 * Istio builds into its proxy (https://github.com/istio/proxy, source/extensions/filters) are not in it.
 */
const istiod = {
  env: {
    // Filter istio.metadata_exchange.
    PILOT_ENABLE_METADATA_EXCHANGE: "false",
    // Filter istio.alpn.
    PILOT_ENABLE_ALPN_FILTER: "false",
  },
  // Filter istio.stats.
  telemetry: { enabled: false },
  meshConfig: { defaultProviders: { metrics: [] } },
} as const satisfies HelmValues;

/** A mesh whose istiods speak to the Envoy of the lab; what its description says itself wins. */
export function forEnvoyOfTheLab(mesh: MeshDescription): MeshDescription {
  const own = mesh.values?.istiod ?? {};
  return { ...mesh, values: { ...mesh.values, istiod: mergeValues(istiod, own) } };
}

const filter = "waypoint_downstream_peer_metadata";

/** Takes from an ambient gateway the filter that Istio's proxy tells its peers' metadata with (pilot/pkg/xds/filters/filters.go). */
const withoutPeerMetadata = (gateway: string) => ({
  apiVersion: "networking.istio.io/v1alpha3",
  kind: "EnvoyFilter",
  metadata: { name: `${gateway}-lab` },
  spec: {
    targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: gateway }],
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

/** Makes what istiods tell ambient gateways such that the Envoy of the lab takes it. */
export async function makeGatewayReadable({ members, cluster, namespace, mesh }: Session) {
  if (mesh.dataPlane !== "ambient") return;
  for (const name of members) {
    const { kube } = cluster(name);
    const inNamespace = `namespaces/${namespace}`;
    const api = "/apis/gateway.networking.k8s.io/v1";
    const gateways = (await kube.find(`${api}/${inNamespace}/gateways`))?.items ?? [];
    for (const { metadata } of gateways) {
      const object = withoutPeerMetadata(metadata.name);
      const filters = `/apis/networking.istio.io/v1alpha3/${inNamespace}/envoyfilters`;
      await kube.apply(`${filters}/${object.metadata.name}`, object);
    }
  }
}
