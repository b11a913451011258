/** What is said of Helm releases, and of components that a provider's plugin expands. */
import type { Registration, Value } from "../../engine";
import { valueAt } from "../../engine/graph";
import type { Invented } from "./invented";
import type { ReleaseReport, RemoteReport } from "./report";

export const RELEASE = "kubernetes:helm.sh/v3:Release";
const CHART = "kubernetes:helm.sh/v4:Chart";

/** Values that decide how a chart's workloads behave, by chart; a path ends at a value or at a map of values. */
const MATTERS: Record<string, string[]> = {
  base: ["profile", "defaultRevision"],
  istiod: [
    "revision",
    "revisionTags",
    "profile",
    "global.meshID",
    "global.multiCluster.clusterName",
    "global.network",
    "global.externalIstiod",
    "global.configCluster",
    "istiodRemote.injectionPath",
    "global.hub",
    "meshConfig.trustDomain",
    "env",
    "autoscaleMin",
  ],
  cni: ["profile"],
  ztunnel: ["revision", "multiCluster.clusterName", "network", "env"],
  gateway: [
    "revision",
    "networkGateway",
    "service.loadBalancerClass",
    `service.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"]`,
    "autoscaling.minReplicas",
  ],
  "aws-load-balancer-controller": ["clusterName", "region", "vpcId"],
  "gateway-crds-helm": ["crds.gatewayAPI"],
};

/** Inputs that decide what a remote component makes. */
const REMOTE_MATTERS: Record<string, string[]> = {
  "eks:index:Cluster": ["version", "autoMode.enabled", "authenticationMode"],
  "eks:index:ManagedNodeGroup": ["instanceTypes", "scalingConfig"],
};

export function reportRelease(resource: Registration, invented: Invented): ReleaseReport {
  const { inputs } = invented.shown(resource);
  const { name, namespace = "", chart, version = "", values = {} } = inputs;
  const short = chartName(chart);
  return {
    name,
    namespace,
    chart: short,
    version,
    matters: (MATTERS[short] ?? []).flatMap((path) => assignments(path, valueAt(values, path))),
    values,
  };
}

export function reportRemote(resource: Registration, invented: Invented): RemoteReport {
  const { type, name } = resource;
  const { inputs } = invented.shown(resource);
  const paths = type === CHART ? ["chart", "version"] : (REMOTE_MATTERS[type] ?? []);
  const matters = paths.flatMap((path) =>
    assignments(path, valueAt(inputs, path), (whole) => whole),
  );
  return { type, name, matters };
}

/** The chart's own name, without registry or directory. */
export function chartName(chart: string): string {
  return chart.split("/").pop()!;
}

/** `path=value` for a plain value, one for each leaf of a map, nothing for what is not there. */
function assignments(path: string, value: Value, shown = shortPath): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object") return [`${shown(path)}=${value}`];
  if (Array.isArray(value)) return value.length > 0 ? [`${shown(path)}=${value.join(",")}`] : [];
  return Object.entries(value).flatMap(([key, item]) => assignments(`${path}.${key}`, item, shown));
}

/** The last key says enough: `meshID`, or `aws-load-balancer-scheme` of an annotation. */
function shortPath(path: string): string {
  return path.replace(/"\]$/, "").split(/[./]/).pop()!;
}
