/** What a mesh says as a whole and chart `istiod` has values for; only that may set them then. */
import { Injection, Locality } from "../../topology";
import type { MeshPolicy } from "../../topology";
import type { Fragment } from "../values";
import { TRACING_PROVIDER } from "./meshObjects";

/** A fragment of chart `istiod`, and what a user does instead of setting its values, by dotted path. */
interface MeshWide extends Fragment<MeshPolicy> {
  when(policy: MeshPolicy): boolean;
  owned: Record<string, string>;
}

const accessLogs = "it follows from the mesh's `observability.accessLogs`";
const locality = "it follows from the mesh's `locality`";

/** Fragments of chart `istiod`. */
export const meshWide: MeshWide[] = [
  {
    why:
      "In the order in which istiod prefers the same zone for a Service that asks for it (istio, " +
      "pilot/pkg/networking/core/loadbalancer/loadbalancer.go). The network comes first: the gateway of another one is far, in whichever zone. " +
      "It needs the DestinationRule of meshObjects.ts.",
    when: (policy) => policy.locality === Locality.Near,
    values: () => ({
      meshConfig: {
        localityLbSetting: {
          enabled: true,
          failoverPriority: [
            "topology.istio.io/network",
            "topology.kubernetes.io/region",
            "topology.kubernetes.io/zone",
          ],
        },
      },
    }),
    // zoneAwareLbSetting would win over it (the same file, GetEffectiveLbSetting).
    owned: {
      "meshConfig.localityLbSetting": locality,
      "meshConfig.zoneAwareLbSetting": locality,
    },
  },
  {
    why:
      "Pods then get a container that only looks whether the agent has redirected them. It needs no capability " +
      "(https://istio.io/latest/docs/setup/additional-setup/cni/), and with a seccomp profile, for which the standard `restricted` asks " +
      "(https://kubernetes.io/docs/concepts/security/pod-security-standards/), every namespace takes it.",
    when: (policy) => policy.injection === Injection.Cni,
    values: () => ({
      cni: { enabled: true },
      global: { proxy: { seccompProfile: { type: "RuntimeDefault" } } },
    }),
    owned: { "cni.enabled": "it follows from the mesh's `injection`" },
  },
  {
    why:
      "Envoys write no access log unless told to (https://istio.io/latest/docs/tasks/observability/logs/access-log/). By the mesh config, " +
      "so that a Telemetry of yours for a namespace replaces it there.",
    when: ({ observability }) => observability.accessLogs === true,
    values: () => ({ meshConfig: { accessLogFile: "/dev/stdout", accessLogEncoding: "JSON" } }),
    owned: {
      "meshConfig.accessLogFile": accessLogs,
      "meshConfig.accessLogEncoding": accessLogs,
    },
  },
  {
    why:
      "A Telemetry object names its collector by a provider of the mesh config, and istiod finds it by the full name of a Service that it " +
      "knows (istio, pilot/pkg/model/telemetry_logging.go, LookupCluster).",
    when: ({ observability }) => observability.tracing !== undefined,
    values: ({ observability: { tracing } }) => ({
      meshConfig: {
        extensionProviders: [
          { name: TRACING_PROVIDER, opentelemetry: collectorAt(tracing!.address) },
        ],
      },
    }),
    owned: {},
  },
];

/** Values of chart `istiod` that a mesh owns by what it says, by dotted path, and what a user does instead. */
export function ownedByMesh(policy: MeshPolicy): Record<string, string> {
  return Object.assign(
    {},
    ...meshWide.filter(({ when }) => when(policy)).map(({ owned }) => owned),
  ) as Record<string, string>;
}

/** Service and port of a collector: istiod knows Services of the cluster by their full names. */
function collectorAt(address: string): { service: string; port: number } {
  const [host = "", port] = address.split(":");
  return { service: host.endsWith(".svc") ? `${host}.cluster.local` : host, port: Number(port) };
}
