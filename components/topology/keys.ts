/** Keys that several rooms agree on, and the one way to make names from them. */
import { createHash } from "node:crypto";

const DIGEST = 8;

/** Key of what one mesh has in one cluster: its control plane, certificates, east-west gateway. */
export function memberKey(mesh: string, cluster: string): string {
  return `${mesh}/${cluster}`;
}

/** Name of the east-west gateway's release; istiod finds it by labels that the chart derives from this name. */
export const EAST_WEST_GATEWAY = "istio-eastwestgateway";

/** Key of one gateway of a mesh in one cluster. */
export function gatewayKey(mesh: string, cluster: string, gateway: string): string {
  return `${mesh}/${cluster}/${gateway}`;
}

/** Name of a control plane's release, Deployment, Service and service account: the chart derives all from the revision. */
export function istiodName(revision: string): string {
  return logicalName("istiod", revision);
}

/** Ports of an istiod that others come to, of its load balancer and of its relay (https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio). */
export const ISTIOD_PORTS = {
  /** Configuration and certificates for proxies. */
  xds: 15012,
  /** Injection and validation for API servers. */
  webhook: 15017,
} as const;

/** Key of one istiod of a mesh in the cluster that it runs in. */
export function istiodKey(mesh: string, cluster: string, revision: string): string {
  return gatewayKey(mesh, cluster, istiodName(revision));
}

/** Account id of a role ARN; "" for the account of the program's own credentials. */
export function accountId(roleArn: string): string {
  return roleArn === "" ? "" : roleArn.split(":")[4];
}

/** Key of the AWS provider of an account and region: `eu-west-1`, or `123456789012-eu-west-1` elsewhere. */
export function providerKey(roleArn: string, region: string): string {
  return logicalName(accountId(roleArn), region);
}

/** Joins parts to a resource name: keys lose their slashes, empty parts vanish. */
export function logicalName(...parts: string[]): string {
  return parts
    .filter((part) => part !== "")
    .join("-")
    .replaceAll("/", "-");
}

/** A name of at most so many characters; a longer one ends in a digest of the whole, so that two never meet. */
export function shortened(name: string, most: number, separator = "-"): string {
  if (name.length <= most) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, DIGEST);
  return [name.slice(0, most - DIGEST - separator.length), digest].join(separator);
}
