import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { TargetBinding } from "../../../components/cluster";
import { LoadBalancers } from "../../../components/topology";
import { floorOf, mockRun } from "../../support/graph";

const arn = (port: number) =>
  `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/x-${port}/0123456789abcdef`;

/** Any resource of another room. */
class Other extends pulumi.CustomResource {}

function bind(loadBalancers: LoadBalancers, opts?: () => pulumi.ComponentResourceOptions) {
  return mockRun(
    () =>
      new TargetBinding(
        "east",
        {
          namespace: "istio-system",
          service: "istiod",
          loadBalancers,
          targetGroups: { 15012: arn(15012), 443: arn(15017) },
        },
        opts?.(),
      ),
  );
}

const KINDS = {
  [LoadBalancers.AutoMode]: "eks.amazonaws.com/v1",
  [LoadBalancers.Controller]: "elbv2.k8s.aws/v1beta1",
} satisfies Record<LoadBalancers, string>;

describe("TargetBinding", () => {
  for (const loadBalancers of Object.values(LoadBalancers))
    it(`binds each port of a Service to its target group with ${loadBalancers}`, async () => {
      const graph = await bind(loadBalancers);
      const binding = (port: number, target: number) => ({
        apiVersion: KINDS[loadBalancers],
        kind: "TargetGroupBinding",
        metadata: { name: `istiod-${port}`, namespace: "istio-system" },
        spec: {
          serviceRef: { name: "istiod", port },
          targetGroupARN: arn(target),
          targetType: "ip",
        },
      });
      const type = `kubernetes:${KINDS[loadBalancers]}:TargetGroupBinding`;
      assert.deepEqual(graph.one(type, "east-15012").inputs, binding(15012, 15012));
      assert.deepEqual(graph.one(type, "east-443").inputs, binding(443, 15017));
      assert.equal(graph.ofType(type).length, 2);
    });

  it("is made anew for another target group, which its registrar would refuse", async () => {
    const graph = await bind(LoadBalancers.Controller);
    const type = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding";
    floorOf(graph, type, 2);
    for (const { deleteBeforeReplace, replaceOnChanges } of graph.ofType(type)) {
      assert.equal(deleteBeforeReplace, true);
      assert.deepEqual(replaceOnChanges, ["spec.targetGroupARN"]);
    }
  });

  it("goes before what registers targets", async () => {
    const graph = await bind(LoadBalancers.AutoMode, () => ({
      dependsOn: new Other("test:index:Before", "before", {}),
    }));
    const type = "kubernetes:eks.amazonaws.com/v1:TargetGroupBinding";
    floorOf(graph, type, 2);
    // A graph's dependsOn would follow the parent too, which waits by itself.
    const { urn } = graph.one("test:index:Before");
    for (const { name, dependencies } of graph.ofType(type))
      assert.ok(dependencies.includes(urn), name);
  });

  it("refuses what is no port of a Service", async () => {
    const made = mockRun(
      () =>
        void new TargetBinding("b", {
          ...{ namespace: "istio-system", service: "istiod", loadBalancers: "auto-mode" },
          targetGroups: { xds: "arn" },
        }),
    );
    await assert.rejects(made, {
      message:
        'targetGroups: got "xds"; allowed: numbers of the Service\'s ports; fix: name each target group by its port',
    });
  });
});
