/** Istio's own objects that a mesh begins with. */
import { Injection, Locality, MutualTls } from "../../topology";
import type { MeshPolicy } from "../../topology";

/** Name of the collector in the mesh config; yours beside it have others. */
export const TRACING_PROVIDER = "mesh-tracing";

/** Per cent. */
const DEFAULT_SAMPLING = 1;

/** What stands where nothing is said. */
export const MESH_POLICY = {
  mtls: MutualTls.Strict,
  locality: Locality.None,
  injection: Injection.InitContainer,
  observability: {},
} as const satisfies MeshPolicy;

/** What the first objects of a mesh depend on, with an opaque leaf. */
export interface MeshObjectFacts<Leaf> extends MeshPolicy {
  /** The mesh's root namespace: what stands there holds for the whole mesh. */
  namespace: Leaf;
}

/** One of them. */
export interface MeshObject<Leaf> {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: Leaf; annotations?: Record<string, string> };
  spec: object;
}

interface Row extends Omit<MeshObject<unknown>, "metadata" | "spec"> {
  /** What the name of its resource ends in. */
  suffix: string;
  name: string;
  annotations?: Record<string, string>;
  /** @default always */
  when?(policy: MeshPolicy): boolean;
  spec(policy: MeshPolicy): object;
}

const modes = {
  [MutualTls.Strict]: "STRICT",
  [MutualTls.Permissive]: "PERMISSIVE",
} satisfies Record<MutualTls, string>;

/** When an endpoint is left alone, which is what makes clients go further away. */
export const outlierDetection = {
  // Gateway errors and connections that fail. An application's own 500 is no reason to leave its zone.
  consecutiveGatewayErrors: 5,
  consecutive5xxErrors: 0,
  interval: "10s",
  baseEjectionTime: "30s",
  // A whole zone may be left: with Envoy's tenth most of it would go on being asked.
  maxEjectionPercent: 100,
  // Where all of them fail, all are asked, as without locality: the only endpoint of a host is never taken away.
  minHealthPercent: 1,
};

const rows: Row[] = [
  {
    // By this name it holds for the whole mesh (https://istio.io/latest/docs/reference/config/security/peer_authentication/).
    suffix: "peer-authentication",
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    name: "default",
    spec: ({ mtls }) => ({ mtls: { mode: modes[mtls] } }),
  },
  {
    // istiod gives endpoints priorities only where a DestinationRule has outlier detection; that of the mesh config's
    // defaultTrafficPolicy reaches the proxies' clusters and not their endpoints (istio 1.31, pilot/pkg/xds/endpoints/endpoint_builder.go,
    // getOutlierDetectionAndLoadBalancerSettings). In the root namespace it is the last that is looked for
    // (pilot/pkg/model/push_context.go, destinationRule).
    suffix: "locality",
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    name: "locality",
    // `istioctl analyze` takes a wildcard for the host of a service that is not there (istio, pkg/config/analysis/analyzers/util/service_lookup.go).
    annotations: { "galley.istio.io/analyze-suppress": "IST0174" },
    when: ({ locality }) => locality === Locality.Near,
    // Also where the mesh config keeps rules to their namespace by default, as with tenants.
    spec: () => ({ host: "*", exportTo: ["*"], trafficPolicy: { outlierDetection } }),
  },
  {
    // A namespace's or workload's own Telemetry wins (https://istio.io/latest/docs/reference/config/telemetry/). Unlike sampling in the
    // proxies' own configuration, a change restarts no pod.
    suffix: "telemetry",
    apiVersion: "telemetry.istio.io/v1",
    kind: "Telemetry",
    name: "mesh-default",
    when: ({ observability }) => observability.tracing !== undefined,
    spec: ({ observability: { tracing } }) => ({
      tracing: [
        {
          providers: [{ name: TRACING_PROVIDER }],
          randomSamplingPercentage: tracing?.sampling ?? DEFAULT_SAMPLING,
        },
      ],
    }),
  },
];

/** The objects, by what the names of their resources end in. Each holds for the whole mesh by its namespace. */
export function meshObjects<Leaf>({
  namespace,
  ...policy
}: MeshObjectFacts<Leaf>): Record<string, MeshObject<Leaf>> {
  return Object.fromEntries(
    rows
      .filter(({ when }) => when?.(policy) ?? true)
      .map(({ suffix, apiVersion, kind, name, annotations, spec }) => [
        suffix,
        {
          apiVersion,
          kind,
          metadata: { name, namespace, ...(annotations && { annotations }) },
          spec: spec(policy),
        },
      ]),
  );
}

/** What a control plane puts into its own cluster: nothing where its configuration is in another one. */
export function ownObjects<Leaf>(
  facts: MeshObjectFacts<Leaf> & { external: boolean },
): Record<string, MeshObject<Leaf>> {
  return facts.external ? {} : meshObjects(facts);
}
