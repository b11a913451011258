import assert from "node:assert/strict";
import { patterns } from "../support/topologies";
import { movingRemotes } from "../support/variants";
import { run } from "./own";

const pair = patterns["02-multi-primary-different-networks"];

describe("outputs of a MeshTopology", () => {
  it("tell what others attach to", async () => {
    const graph = await run({ topology: pair });
    const { vpcs, clusters, securityGroups, gatewayAddresses } = graph.outputs;
    const vpc = graph.one("istio-patterns:index:Vpc", "mesh-net-east").outputs;
    assert.deepEqual(Object.keys(vpcs), ["net-east", "net-west"]);
    assert.deepEqual(vpcs["net-east"], vpc);
    assert.equal(vpc.privateSubnetIds.length, 3);
    const { kubeconfig, roleName, ...cluster } = graph.one(
      "istio-patterns:index:EksCluster",
      "mesh-east",
    ).outputs;
    assert.ok(kubeconfig && roleName);
    assert.deepEqual(Object.keys(clusters), ["east", "west"]);
    assert.deepEqual(clusters.east, cluster);
    assert.equal(cluster.vpcId, vpc.vpcId);
    const keys = ["prod/east/east-west", "prod/west/east-west"];
    assert.deepEqual(Object.keys(securityGroups), keys);
    const [east] = graph.childrenOf(
      graph.one("istio-patterns:index:SecurityRules", "mesh-prod-east-istio-eastwestgateway"),
    );
    assert.equal(securityGroups[keys[0]], east.inputs.securityGroupId);
    assert.deepEqual(Object.keys(gatewayAddresses), keys);
  });

  it("name the groups of istiods that serve other clusters, by revision", async () => {
    const { outputs } = await run({ topology: movingRemotes });
    assert.deepEqual(Object.keys(outputs.securityGroups), [
      "prod/east/istiod-canary",
      "prod/east/istiod-stable",
    ]);
  });

  it("are the component's own, and only kubeconfigs are secrets", async () => {
    const graph = await run({ topology: pair });
    const { outputs, outputSecrets } = graph.one("istio-patterns:index:MeshTopology");
    assert.deepEqual(Object.keys(outputs).sort(), [
      "clusters",
      "federation",
      "gatewayAddresses",
      "kubeconfigs",
      "rootCertificates",
      "securityGroups",
      "trustDomains",
      "vpcs",
    ]);
    assert.deepEqual(
      [...new Set(outputSecrets.map((path) => path.split(/[.[]/)[0]))],
      ["kubeconfigs"],
    );
  });
});
