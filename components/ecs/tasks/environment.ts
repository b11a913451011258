/** What ztunnel and the application of a task are told. */
import { ISTIOD_PORTS } from "../../istio/ports";
import { LaunchType, partitionOf } from "../../topology";
import { FILES } from "./scripts";

/** SOCKS of ztunnel, on localhost alone (istio/ztunnel, ARCHITECTURE.md). */
export const SOCKS_PORT = 15080;
const SOCKS = `socks5h://127.0.0.1:${SOCKS_PORT}`;

export interface ZtunnelFacts {
  namespace: string;
  /** Istio's id of the cluster whose API server makes tokens. */
  clusterId: string;
  network: string;
  istiodHost: string;
  launchType: LaunchType;
  /** The application is led to the SOCKS port. */
  proxyEnv: boolean;
}

/** Seconds that ztunnel has for what is under way, and ECS for it to end. */
export const GRACE_SECONDS = 30;

/**
 * As chart ztunnel has it in its DaemonSet, but for one workload instead of a node's: it finds itself by the name of its entry, of
 * all nodes since an entry has none, and neither marks packets nor takes addresses of others, which needs a capability
 * (istio/ztunnel, src/config.rs). What is not known before the task runs is in a file.
 *
 * A text with roots in place of a file's name is taken as they are. On Fargate an application may also lead itself to SOCKS.
 */
export function ztunnelEnvironment(facts: ZtunnelFacts, roots: string): Record<string, string> {
  const istiod = `https://${facts.istiodHost}:${ISTIOD_PORTS.xds}`;
  const socks = facts.proxyEnv || facts.launchType === LaunchType.Fargate;
  return {
    ...{ PROXY_MODE: "dedicated", POD_NAMESPACE: facts.namespace, NETWORK: facts.network },
    ...{ XDS_ADDRESS: istiod, CA_ADDRESS: istiod, XDS_ROOT_CA: roots, CA_ROOT_CA: roots },
    AUTH_TOKEN: FILES.token,
    ...{ CLUSTER_ID: facts.clusterId, ISTIO_META_CLUSTER_ID: facts.clusterId },
    ...{ UNSTABLE_ENABLE_SOCKS5: String(socks), ENABLE_ORIG_SRC: "false", IPV6_ENABLED: "false" },
    ...{ TERMINATION_GRACE_PERIOD_SECONDS: String(GRACE_SECONDS), RUST_LOG: "info" },
  };
}

/**
 * What leads programs to ztunnel: names of Services are looked up there. Go reads the first two alone
 * (https://pkg.go.dev/net/http#ProxyFromEnvironment). Calls of AWS, credentials above all, do not go that way.
 */
export function proxyEnvironment(region: string): Record<string, string> {
  const aws = partitionOf(region) === "aws-cn" ? ".amazonaws.com.cn" : ".amazonaws.com";
  const direct = ["localhost", "127.0.0.1", "169.254.169.254", "169.254.170.2", aws];
  return {
    ...{ HTTP_PROXY: SOCKS, HTTPS_PROXY: SOCKS, ALL_PROXY: SOCKS },
    NO_PROXY: direct.join(","),
  };
}
