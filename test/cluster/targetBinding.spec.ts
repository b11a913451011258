import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { TargetBinding } from "../../components/cluster";
import { Compute } from "../../components/topology";
import { assertDependsOn, mockRun } from "../support/graph";

const arn = (port: number) =>
  `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/x-${port}/0123456789abcdef`;

/** Any resource of another room. */
class Other extends pulumi.CustomResource {}

function bind(compute: Compute, opts?: () => pulumi.ComponentResourceOptions) {
  return mockRun(
    () =>
      new TargetBinding(
        "east",
        {
          namespace: "istio-system",
          service: "istiod",
          compute,
          targetGroups: [
            { port: 15012, arn: arn(15012) },
            { port: 443, arn: arn(15017) },
          ],
        },
        opts?.(),
      ),
  );
}

const KINDS = {
  [LoadBalancers.AutoMode]: "eks.amazonaws.com/v1",
  [LoadBalancers.Controller]: "elbv2.k8s.aws/v1beta1",
} satisfies Record<Compute, string>;

describe("TargetBinding", () => {
  for (const compute of Object.values(Compute))
    it(`binds each port of a Service to its target group with ${compute}`, async () => {
      const graph = await bind(compute);
      const binding = (port: number, target: number) => ({
        apiVersion: KINDS[compute],
        kind: "TargetGroupBinding",
        metadata: { name: `istiod-${port}`, namespace: "istio-system" },
        spec: {
          serviceRef: { name: "istiod", port },
          targetGroupARN: arn(target),
          targetType: "ip",
        },
      });
      const type = `kubernetes:${KINDS[compute]}:TargetGroupBinding`;
      assert.deepEqual(graph.one(type, "east-15012").inputs, binding(15012, 15012));
      assert.deepEqual(graph.one(type, "east-443").inputs, binding(443, 15017));
      assert.equal(graph.ofType(type).length, 2);
    });

  it("is made anew for another target group, which its registrar would refuse", async () => {
    const graph = await bind(LoadBalancers.Controller);
    for (const { deleteBeforeReplace, replaceOnChanges } of graph.ofType(
      "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding",
    )) {
      assert.equal(deleteBeforeReplace, true);
      assert.deepEqual(replaceOnChanges, ["spec.targetGroupARN"]);
    }
  });

  it("goes before what registers targets", async () => {
    const graph = await bind(LoadBalancers.AutoMode, () => ({
      dependsOn: new Other("test:index:Before", "before", {}),
    }));
    for (const binding of graph.ofType("kubernetes:eks.amazonaws.com/v1:TargetGroupBinding"))
      assertDependsOn(graph, binding, graph.one("test:index:Before"));
  });
});
