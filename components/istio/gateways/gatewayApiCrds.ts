import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import type { ChartsDescription } from "../../topology";
import { ChartName, chartReference } from "../../versions/charts";
import { chartsOf } from "../release";

/** Which CRDs of the Gateway API are installed, and from where. */
export interface GatewayApiCrdsArgs {
  /** Istio version that they go with. */
  istioVersion: string;
  /**
   * Where the chart comes from.
   *
   * @default the Envoy project's registry
   */
  charts?: ChartsDescription;
}

/**
 * The CRDs of the Gateway API, standard channel. Once per cluster.
 *
 * Their chart is applied object by object: as a Helm release its record exceeds the 1 MiB that a Secret may hold. The
 * CRDs outlive the stack, since deleting one deletes every object of its kind in the cluster; the engine hands
 * `retainOnDelete` down to them from the chart.
 */
export class GatewayApiCrds extends pulumi.ComponentResource {
  constructor(name: string, args: GatewayApiCrdsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:GatewayApiCrds", name, {}, opts);
    const { istioVersion, charts } = args;
    new k8s.helm.v4.Chart(
      name,
      {
        ...chartReference(chartsOf(charts), ChartName.GatewayApiCrds, istioVersion),
        // Off by default. Istio knows the standard channel; the experimental one breaks compatibility at will.
        values: { crds: { gatewayAPI: { enabled: true, channel: "standard" } } },
      },
      pulumi.mergeOptions(childOptions(this, opts), { retainOnDelete: true }),
    );
    this.registerOutputs({});
  }
}
