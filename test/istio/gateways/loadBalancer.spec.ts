import assert from "node:assert/strict";
import { eastWestValues } from "../../../components/istio/gateways/gatewayValues";
import { NodeKind } from "../../../components/topology";
import type { TopologyDescription } from "../../../components/topology";
import { brought } from "../../support/variants";
import { pair, planOf } from "../support";

const KEY = "prod/east/east-west";
const PREFIX = "service.beta.kubernetes.io/aws-load-balancer-";

const on = (kind: NodeKind): TopologyDescription =>
  pair(
    "different",
    {},
    { clusters: { east: { network: "net-east", nodes: { kind } }, west: { network: "net-west" } } },
  );

describe("the load balancer of a gateway", () => {
  const annotationsOf = (description: TopologyDescription) => {
    const { service } = eastWestValues(planOf(description).eastWest[KEY], "sg-1");
    return (service as { annotations: Record<string, string> }).annotations;
  };

  it("is deleted by nobody where the description says so", () => {
    for (const kind of Object.values(NodeKind)) {
      const kept = { ...on(kind), loadBalancers: { deletionProtection: true } };
      assert.equal(
        annotationsOf(kept)[`${PREFIX}attributes`],
        "load_balancing.cross_zone.enabled=true,deletion_protection.enabled=true",
      );
    }
  });

  it("is asked for with the description's tags on Auto Mode, which has none for all that it makes", () => {
    const tagged = { ...on(NodeKind.AutoMode), tags: { team: "a b", "cost:center": "x=y" } };
    assert.equal(
      annotationsOf(tagged)[`${PREFIX}additional-resource-tags`],
      "cost:center=x=y,team=a b,istio-patterns=test",
    );
    const managed = { ...on(NodeKind.Managed), tags: tagged.tags };
    assert.equal(`${PREFIX}additional-resource-tags` in annotationsOf(managed), false);
  });

  it("is asked for without tags in a cluster of yours, whose rights are not known", () => {
    const { ingress } = planOf({ ...brought, meshes: withGateway(brought.meshes) });
    assert.deepEqual(ingress["prod/lab/web"].tags, {});
    assert.deepEqual(ingress["prod/east/web"].tags, { "istio-patterns": "test" });
  });
});

/** With an ingress gateway in both clusters. */
function withGateway({ prod }: TopologyDescription["meshes"]): TopologyDescription["meshes"] {
  return { prod: { ...prod, ingress: { web: { clusters: ["east", "lab"] } } } };
}
