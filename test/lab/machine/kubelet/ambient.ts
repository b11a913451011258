import type { Json, Kube } from "../kube";
import { addresses } from "../network";
import { command } from "../processes";
import { podPath } from "./status";

/** A proxy that runs beside a pod's containers, and the volumes that it mounts. */
export interface Beside {
  readonly container: Json;
  readonly volumes: readonly Json[];
}

const modeLabel = "istio.io/dataplane-mode";
const user = 1337;

/** Whether a pod has joined the mesh by its own label, or by that of its namespace (istio/istio, cni/pkg/util/podutil.go). */
async function isAmbient(kube: Kube, { metadata, spec }: Json): Promise<boolean> {
  if (spec.hostNetwork) return false;
  const own = metadata.labels?.[modeLabel];
  if (own !== undefined) return own === "ambient";
  const namespace = await kube.get(`/api/v1/namespaces/${metadata.namespace}`);
  return namespace.metadata.labels?.[modeLabel] === "ambient";
}

export async function daemonSet(kube: Kube, name: string): Promise<Json | undefined> {
  const label = encodeURIComponent(`app.kubernetes.io/name=${name}`);
  return (await kube.list(`/apis/apps/v1/daemonsets?labelSelector=${label}`))[0];
}

/**
 * The cluster's ztunnel as one of a single pod: where nodes have one for all of their pods, and istio-cni tells it which, it is told
 * here who its workload is (istio/ztunnel, src/config.rs: `PROXY_MODE`). Everything else is as the DaemonSet says. Undefined for a
 * pod that has not joined the mesh, and where nothing would redirect its traffic.
 */
export async function ztunnelOf(kube: Kube, pod: Json): Promise<Beside | undefined> {
  if (!(await isAmbient(kube, pod))) return undefined;
  const [ztunnel, cni] = await Promise.all(
    ["ztunnel", "istio-cni"].map((name) => daemonSet(kube, name)),
  );
  if (!ztunnel || !cni) return undefined;
  const { containers, volumes } = ztunnel.spec.template.spec;
  const [{ env, ...container }] = containers;
  const { namespace, name } = pod.metadata;
  const account = pod.spec.serviceAccountName ?? "default";
  const dedicated = {
    PROXY_MODE: "dedicated",
    PROXY_WORKLOAD_INFO: `${namespace}/${name}/${account}`,
    INPOD_ENABLED: "false",
    // It has no capability: it can neither mark packets nor send them from addresses of others.
    ENABLE_ORIG_SRC: "false",
    IPV6_ENABLED: "false",
    AUTH_TOKEN: "/var/run/secrets/tokens/istio-token",
    ...(pod.spec.containers.some(isRouter) && elsewhere),
  };
  const own = Object.entries(dedicated).map(([key, value]) => ({ name: key, value }));
  const others = env.filter((one: Json) => !(one.name in dedicated));
  return {
    volumes,
    container: {
      ...container,
      name: "ztunnel",
      env: [...others, ...own],
      securityContext: { runAsUser: user, readOnlyRootFilesystem: true },
      startupProbe: container.readinessProbe,
    },
  };
}

/** A gateway's proxy, in whose network ztunnel of a node listens on none of these ports. */
export const isRouter = ({ args = [] }: Json): boolean => args[1] === "router";

/** Its own are then others (istio/ztunnel, src/config.rs, ProxyConfig), but for that of its readiness, which the proxy leaves to it. */
const elsewhere = {
  PROXY_CONFIG: JSON.stringify({ proxyAdminPort: 15900, statusPort: 15920, proxyMetadata: {} }),
};

/** Of a gateway's proxy beside it: the port that ztunnel says it is ready on is that of its probe too. */
export const besideZtunnel = { ENVOY_STATUS_PORT: "15922" };

/**
 * What istio-cni redirects in a pod's network: all that comes in and goes out but ztunnel's own traffic and the kubelet's probes
 * (istio/istio, cni/pkg/iptables/iptables.go). It knows ztunnel by a mark on its packets, which only one with a capability can set:
 * here it is known by its user.
 */
const rules = [
  "*nat",
  `-A OUTPUT -m owner --uid-owner ${user} -j RETURN`,
  "-A OUTPUT -o lo -j RETURN",
  "-A OUTPUT -p udp --dport 53 -j REDIRECT --to-ports 15053",
  "-A OUTPUT -p tcp -j REDIRECT --to-ports 15001",
  `-A PREROUTING -s ${addresses.source}/32 -j RETURN`,
  "-A PREROUTING -p tcp -m multiport ! --dports 15008,15020,15021 -j REDIRECT --to-ports 15006",
  "COMMIT",
].join("\n");

/** Redirects a pod's traffic, and says so on the pod, as istio-cni does: istiod tells others to use HBONE by that. */
export async function redirect(kube: Kube, pod: Json, pid: number): Promise<void> {
  const restore = 'printf "%s\\n" "$0" | iptables-restore';
  await command("nsenter", "-t", `${pid}`, "--net", "sh", "-c", restore, rules);
  const annotations = { "ambient.istio.io/redirection": "enabled" };
  await kube.patch(podPath(pod), { metadata: { annotations } });
}
