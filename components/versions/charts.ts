import { ChartSource } from "../topology";
import { versionOf } from "./istio";

/** Every chart that this package installs. */
export const ChartName = {
  Base: "base",
  Istiod: "istiod",
  Cni: "cni",
  Ztunnel: "ztunnel",
  Gateway: "gateway",
  GatewayApiCrds: "gateway-crds-helm",
  LoadBalancerController: "aws-load-balancer-controller",
} as const;
export type ChartName = (typeof ChartName)[keyof typeof ChartName];

/** Where the charts come from; the description's `istio.charts`. */
export interface Charts {
  source: ChartSource;
  /** Mirror that holds every chart; absent: each project's own place. */
  location?: string;
}

/** A chart as `helm.v3.Release` and `helm.v4.Chart` want it. */
export interface ChartReference {
  chart: string;
  /** Absent for a directory: there the chart's own Chart.yaml says it. */
  version?: string;
  repositoryOpts?: { repo: string };
}

interface PublishedChart {
  repository?: string;
  oci?: string;
  version: string;
}

/**
 * The reference of one chart, as it goes with an Istio version.
 *
 * A project that publishes to one place only is taken from there with either source. Helm looks for a local
 * directory only where no repository is given, and an OCI chart carries its registry in its name
 * (https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/).
 */
export function chartReference(
  charts: Charts,
  chart: ChartName,
  istioVersion: string,
): ChartReference {
  const { repository, oci, version } = published(charts, chart, istioVersion);
  const fromRepository = () => ({ chart, version, repositoryOpts: { repo: repository ?? "" } });
  const fromOci = () => ({ chart: `oci://${oci}/${chart}`, version });
  const reference = {
    [ChartSource.Repository]: repository === undefined ? fromOci : fromRepository,
    [ChartSource.Oci]: oci === undefined ? fromRepository : fromOci,
    [ChartSource.Directory]: () => ({ chart: `${trimmed(charts.location ?? ".")}/${chart}` }),
  } satisfies Record<ChartSource, () => ChartReference>;
  return reference[charts.source]();
}

/** A mirror holds every chart in one place; otherwise each project says where its own is. */
function published(charts: Charts, chart: ChartName, istioVersion: string): PublishedChart {
  const row = versionOf(istioVersion);
  const istio = { repository: row.repository, oci: row.oci, version: row.tag };
  const upstream: Record<ChartName, PublishedChart> = {
    [ChartName.Base]: istio,
    [ChartName.Istiod]: istio,
    [ChartName.Cni]: istio,
    [ChartName.Ztunnel]: istio,
    [ChartName.Gateway]: istio,
    [ChartName.GatewayApiCrds]: row.gatewayApi,
    [ChartName.LoadBalancerController]: row.loadBalancerController,
  };
  const { version } = upstream[chart];
  if (charts.location === undefined) return upstream[chart];
  const mirror = trimmed(charts.location);
  return { repository: mirror, oci: mirror.replace(/^oci:\/\//, ""), version };
}

function trimmed(location: string): string {
  return location.replace(/\/+$/, "");
}
