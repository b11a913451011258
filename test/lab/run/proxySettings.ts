import { mergeValues, type HelmValues } from "../../../components/istio/values";
import type { MeshDescription } from "../../../components/topology/description";

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
