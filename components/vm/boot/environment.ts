/** What Istio's agent is told on a machine. */
import { ISTIOD_PORTS } from "../../istio/ports";
import { DataPlane } from "../../topology";
import { HOME, PROBE } from "./script";

/** What of a group's plan its agents are told. */
export interface AgentFacts {
  /** Name of the group, of its WorkloadGroup and Service. */
  group: string;
  namespace: string;
  serviceAccount: string;
  /** Ports of the application by name. */
  ports: Record<string, number>;
  mesh: string;
  /** Of the mesh. */
  dataPlane: DataPlane;
  trustDomain: string;
  /** Istio's id of the cluster whose API server makes tokens. */
  clusterId: string;
  /** Istio network of the machines. */
  network: string;
  /** Private name of istiod. */
  istiodHost: string;
  probe: { command?: string[]; periodSeconds: number };
}

/** What the WorkloadGroup and the agent are told where nothing is said: both the same. */
export const DEFAULT_PROBE = { periodSeconds: 5 };

/** Labels that a Service selects machines by, and that telemetry knows them by. */
export function machineLabels(group: string): Record<string, string> {
  return {
    app: group,
    "service.istio.io/canonical-name": group,
    "service.istio.io/canonical-revision": "latest",
  };
}

/** By which clients of every kind know what takes HBONE (istio, pilot/pkg/serviceregistry/ambient/workloads.go). */
const TUNNEL_LABELS = { "networking.istio.io/tunnel": "http" };

/**
 * In ambient one port takes everything: without the second label Envoys, as those of gateways and of other machines, would send their
 * own mutual TLS to the application's ports (istio, pilot/pkg/serviceregistry/serviceentry/conversion.go, getTLSModeFromWorkloadEntry).
 */
export function entryLabels(group: string, dataPlane: DataPlane): Record<string, string> {
  const own = machineLabels(group);
  if (dataPlane === DataPlane.Sidecar) return own;
  return { ...own, ...TUNNEL_LABELS, "security.istio.io/tlsMode": "disabled" };
}

/** Two that fail take a machine out, and so does one that leaves: `drainSeconds` is longer than both with what they take. */
const FAILURES = 2;

/** The probe of the WorkloadGroup and of the agent, which reports what comes of it. */
export function machineProbe({
  probe: { command = [], periodSeconds },
}: Pick<AgentFacts, "probe">) {
  return {
    exec: { command: [PROBE, ...command] },
    ...{ periodSeconds, timeoutSeconds: periodSeconds },
    ...{ successThreshold: 1, failureThreshold: FAILURES },
  };
}

/** Seconds from when a machine is to leave until its agent stops: the probe has failed often enough, and clients have heard of it. */
export function drainSeconds({ probe: { periodSeconds } }: Pick<AgentFacts, "probe">): number {
  return periodSeconds * 2 * FAILURES + 10;
}

/** Where istiod serves the machines. */
export function istiodAddress({ istiodHost }: Pick<AgentFacts, "istiodHost">): string {
  return `${istiodHost}:${ISTIOD_PORTS.xds}`;
}

/**
 * `cluster.env` as `istioctl x workload entry configure` writes it (istio, istioctl/pkg/workload/workload.go), but:
 *
 * - Keys and certificates stay in memory: by default the package writes both to disk and gets new ones with the old, so that taking the
 *   role's access away would end nothing (istio, tools/packaging/common/istio-start.sh).
 * - Roots lie where the agent does not take them for certificates of its own (istio, pkg/istio-agent/agent.go).
 * - SSH and instance metadata are left alone.
 * - In ambient the agent's Envoy takes HBONE, by which ztunnels talk (istio, pilot/pkg/model/context.go, EnableHBONEListen).
 * - The address, and how names are looked up, is found on the machine.
 */
export function agentEnvironment(facts: AgentFacts): Record<string, string> {
  const { group, namespace, serviceAccount, ports, mesh, trustDomain, clusterId, network } = facts;
  const named = Object.entries(ports).map(([name, port]) => ({ name, containerPort: port }));
  return {
    CANONICAL_REVISION: "latest",
    CANONICAL_SERVICE: group,
    CA_ROOT_CA: `${HOME}/roots.pem`,
    ISTIO_INBOUND_PORTS: Object.values(ports).join(","),
    ISTIO_LOCAL_EXCLUDE_PORTS: "22,15090,15021,15020",
    ISTIO_METAJSON_LABELS: JSON.stringify(machineLabels(group)),
    ISTIO_META_AUTO_REGISTER_GROUP: group,
    ISTIO_META_CLUSTER_ID: clusterId,
    ...(facts.dataPlane === DataPlane.Ambient && { ISTIO_META_ENABLE_HBONE: "true" }),
    ISTIO_META_MESH_ID: mesh,
    ISTIO_META_NETWORK: network,
    ISTIO_META_POD_PORTS: JSON.stringify(named),
    ISTIO_META_WORKLOAD_NAME: group,
    ISTIO_NAMESPACE: namespace,
    ISTIO_SERVICE: `${group}.${namespace}`,
    ISTIO_SERVICE_CIDR: "*",
    ISTIO_SERVICE_EXCLUDE_CIDR: "169.254.0.0/16",
    OUTPUT_CERTS: "",
    PILOT_ADDRESS: istiodAddress(facts),
    POD_NAMESPACE: namespace,
    PROV_CERT: "",
    SERVICE_ACCOUNT: serviceAccount,
    TRUST_DOMAIN: trustDomain,
    XDS_ROOT_CA: `${HOME}/roots.pem`,
  };
}

/** Mesh configuration of the agent, as YAML, of which JSON is a part. It answers names whichever way they come to it. */
export function meshFile(facts: AgentFacts): string {
  const defaultConfig = {
    discoveryAddress: istiodAddress(facts),
    proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" },
    readinessProbe: machineProbe(facts),
  };
  return `${JSON.stringify({ defaultConfig })}\n`;
}

/** A file of assignments for a shell, whatever the values hold. */
export function shellFile(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join("");
}
