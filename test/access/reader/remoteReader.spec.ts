import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { RemoteReader } from "../../../components/access";
import type { RemoteReaderArgs } from "../../../components/access";
import { floorOf, mockRun } from "../../support/graph";

const args: RemoteReaderArgs = {
  readerName: "istio-reader-prod",
  kind: "eks-identity",
  namespace: "istio-system",
  clusterName: "demo-east",
  roleArn: "arn:aws:iam::123456789012:role/demo-istio-reader-prod",
};

describe("a remote reader alone", () => {
  it("hands what it was told to wait for on to its children", async () => {
    const graph = await mockRun(() => {
      const provider = new k8s.Provider("east", { kubeconfig: pulumi.secret("{}") });
      const first = new k8s.core.v1.Namespace("first", {}, { provider });
      new RemoteReader("reader", args, { providers: [provider], dependsOn: [first] });
    });
    floorOf(graph, "istio-patterns:index:RemoteReader", 1);
    const children = graph.childrenOf(graph.one("istio-patterns:index:RemoteReader"));
    assert.deepEqual(children.map(({ name }) => name).sort(), [
      "reader",
      "reader-binding",
      "reader-role",
    ]);
    // A graph's dependsOn would follow the parent too, which waits by itself.
    const { urn } = graph.one("kubernetes:core/v1:Namespace", "first");
    for (const child of children) assert.ok(child.dependencies.includes(urn), child.name);
  });

  it("says what it needs for EKS identity", async () => {
    const missing = (field: string) => ({
      propertyPath: field,
      reason: "got nothing; allowed: a value, since kind is eks-identity; fix: give it",
    });
    for (const field of ["clusterName", "roleArn"]) {
      const incomplete = { ...args, [field]: undefined };
      await assert.rejects(
        mockRun(() => new RemoteReader("reader", incomplete)),
        missing(field),
      );
    }
  });
});
