import assert from "node:assert/strict";
import { ChartName, chartReference } from "../../components/versions/charts";
import { ChartSource } from "../../components/topology";

const VERSION = "1.31.3";

describe("chart references", () => {
  it("name Istio's repository with the exact version", () => {
    assert.deepEqual(
      chartReference({ source: ChartSource.Repository }, ChartName.Istiod, VERSION),
      {
        chart: "istiod",
        version: "1.31.3",
        repositoryOpts: { repo: "https://blob.istio.io/istio-release/charts" },
      },
    );
  });

  it("carry an OCI registry in the chart's name and no repository", () => {
    assert.deepEqual(chartReference({ source: ChartSource.Oci }, ChartName.Base, VERSION), {
      chart: "oci://ghcr.io/istio/release/charts/base",
      version: "1.31.3",
    });
  });

  it("take a chart that is published in one place from there with either source", () => {
    for (const source of [ChartSource.Repository, ChartSource.Oci]) {
      assert.deepEqual(chartReference({ source }, ChartName.GatewayApiCrds, VERSION), {
        chart: "oci://docker.io/envoyproxy/gateway-crds-helm",
        version: "1.8.3",
      });
      assert.deepEqual(chartReference({ source }, ChartName.LoadBalancerController, VERSION), {
        chart: "aws-load-balancer-controller",
        version: "3.6.0",
        repositoryOpts: { repo: "https://aws.github.io/eks-charts" },
      });
    }
  });

  it("find every chart in a directory, where a repository or a version would hide it", () => {
    for (const chart of Object.values(ChartName)) {
      assert.deepEqual(
        chartReference({ source: ChartSource.Directory, location: "./charts/" }, chart, VERSION),
        { chart: `./charts/${chart}` },
      );
    }
  });

  it("find every chart in a mirror, at the version that goes with Istio's", () => {
    const repository = { source: ChartSource.Repository, location: "https://charts.example/all/" };
    const oci = { source: ChartSource.Oci, location: "oci://registry.example/charts" };
    assert.deepEqual(chartReference(repository, ChartName.GatewayApiCrds, VERSION), {
      chart: "gateway-crds-helm",
      version: "1.8.3",
      repositoryOpts: { repo: "https://charts.example/all" },
    });
    assert.deepEqual(chartReference(oci, ChartName.LoadBalancerController, VERSION), {
      chart: "oci://registry.example/charts/aws-load-balancer-controller",
      version: "3.6.0",
    });
  });
});
