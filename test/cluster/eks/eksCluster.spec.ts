import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { EksCluster } from "../../../components";
import { mockRun } from "../../support/graph";

const PROVIDER = "pulumi:providers:kubernetes";

const COMPONENT =
  "urn:pulumi:dev::istio-patterns::istio-patterns:index:EksCluster$eks:index:Cluster::east";

const args = {
  clusterName: "east",
  kubernetesVersion: "1.35",
  vpcId: "vpc-1",
  controlPlaneSubnetIds: ["subnet-1", "subnet-2"],
};

describe("an EKS cluster alone", () => {
  it("makes one Kubernetes provider for what a program puts into it, known by the API server", async () => {
    const graph = await mockRun(() => {
      const cluster = new EksCluster("east", args);
      for (const name of ["a", "b"]) {
        new k8s.core.v1.Namespace(name, {}, { provider: cluster.provider });
      }
    });
    const provider = graph.one(PROVIDER, "east");
    assert.equal(graph.parentOf(provider), graph.one("istio-patterns:index:EksCluster", "east"));
    const users = graph.ofType("kubernetes:core/v1:Namespace");
    assert.deepEqual(
      users.map((user) => user.provider),
      [provider.urn, provider.urn],
    );
    assert.ok(provider.secrets.includes("kubeconfig"));
    assert.match(provider.inputs.clusterIdentifier, /^https:\/\//);
    assert.equal(provider.inputs.enableServerSideApply, "true");
  });

  it("turns zonal shift on in the cluster that the EKS component makes, and nowhere else", async () => {
    const shifts = [true, undefined].map(async (zonalShift) => {
      const graph = await mockRun(() => {
        const east = new EksCluster("east", { ...args, zonalShift });
        // What the component's provider, which does not run here, makes below it.
        const parent = new pulumi.DependencyResource(COMPONENT);
        const below = { parent, dependsOn: east };
        new aws.eks.Cluster("made", { roleArn: "arn", vpcConfig: { subnetIds: [] } }, below);
        new aws.eks.Addon("made", { clusterName: "east", addonName: "coredns" }, below);
      });
      graph.get(COMPONENT);
      assert.equal("zonalShiftConfig" in graph.one("aws:eks/addon:Addon").inputs, false);
      return graph.one("aws:eks/cluster:Cluster").inputs.zonalShiftConfig;
    });
    assert.deepEqual(await Promise.all(shifts), [{ enabled: true }, undefined]);
  });

  it("makes none where nobody asks, and has none among its outputs", async () => {
    const graph = await mockRun(() => void new EksCluster("east", args));
    assert.equal(graph.ofType(PROVIDER).length, 0);
    const { outputs } = graph.one("istio-patterns:index:EksCluster", "east");
    assert.deepEqual(Object.keys(outputs).sort(), [
      "certificateAuthority",
      "eksName",
      "endpoint",
      "kubeconfig",
      "roleName",
      "securityGroupId",
      "vpcId",
    ]);
  });
});
