import assert from "node:assert/strict";
import { type Graph, mockRun } from "istio-patterns/testing";
import program from "./index";

const SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme";

/** Config as the stack would have it. Values are texts, as in a stack's file: objects as JSON. */
const options = {
  project: "own-tests",
  config: { "aws:region": "eu-west-1", "own-tests:allowFrom": '["203.0.113.7/32"]' },
};

describe("the mesh", () => {
  let graph: Graph;

  before(async () => {
    graph = await mockRun(program, options);
  });

  it("has no gateway that the internet reaches", () => {
    const gateways = graph
      .ofType("kubernetes:helm.sh/v3:Release")
      .filter(({ inputs }) => inputs.chart === "gateway");
    // That there is one: a list without any would show nothing.
    assert.deepEqual(
      gateways.map(({ inputs }) => [inputs.name, inputs.values.service.annotations[SCHEME]]),
      [["istio-ingress-web", "internal"]],
    );
  });

  it("lets only us call the API server", () => {
    const { inputs } = graph.one("eks:index:Cluster");
    assert.deepEqual(inputs.publicAccessCidrs, ["203.0.113.7/32"]);
  });

  it("protects the key of the cluster's secrets", () => {
    assert.equal(graph.one("aws:kms/key:Key").protect, true);
  });

  it("puts kubeconfigs out as secrets", () => {
    assert.ok(graph.outputSecrets.includes("kubeconfigs"), graph.outputSecrets.join());
  });

  it("is the same in a preview, before anything is known", async () => {
    const preview = await mockRun(program, { ...options, unknownOutputs: true });
    const urns = ({ resources }: Graph) => resources.map(({ urn }) => urn).sort();
    assert.deepEqual(urns(preview), urns(graph));
  });
});
