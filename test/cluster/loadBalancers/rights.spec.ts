/** The controller's rights, held against what whole plans make for it to work on. */
import assert from "node:assert/strict";
import type { TopologyDescription } from "../../../components/topology";
import type { Graph, Registration } from "../../support/graph";
import { floorOf } from "../../support/graph";
import { allows } from "../../support/iam";
import { runDescription } from "../../support/program";
import { patterns } from "../../support/topologies";
import { management, movingRemotes, twoServers } from "../../support/variants";

const CONTROLLER = "istio-patterns:index:LoadBalancerController";
const POLICY = "aws:iam/rolePolicy:RolePolicy";
const BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding";
const GROUP = "aws:lb/targetGroup:TargetGroup";
const CALLS = ["RegisterTargets", "DeregisterTargets"];

/** The same on managed nodes throughout. */
function managed(description: TopologyDescription): TopologyDescription {
  const copy = { tags: { team: "platform" }, ...structuredClone(description) };
  for (const cluster of Object.values(copy.clusters)) cluster.nodes = { kind: "managed" };
  return copy;
}

/** Rights of the controller that reads a binding: the one in the same cluster. */
function policyFor(graph: Graph, { provider, name }: Registration) {
  const teams = graph.ofType(CONTROLLER).map((one) => graph.childrenOf(one));
  const here = teams.filter((team) => team.some((child) => child.provider === provider));
  assert.equal(here.length, 1, name);
  const policy = here[0].find(({ type }) => type === POLICY)!;
  return JSON.parse(policy.inputs.policy);
}

/** Tags of a target group, those of its provider among them. */
function tagsOf(graph: Graph, group: Registration): Record<string, string> {
  const { tags } = JSON.parse(graph.providerOf(group)!.inputs.defaultTags);
  return { ...tags, ...group.inputs.tags };
}

describe("the rights of the load-balancer controller over planned target groups", () => {
  const subjects = {
    "primary-remote on one network": [managed(patterns["02-primary-remote-same-network"]), 2],
    "primary-remote on two networks": [
      managed(patterns["02-primary-remote-different-networks"]),
      2,
    ],
    "an external istiod": [managed(patterns["03-external-istiod-kubernetes"]), 2],
    "two servers": [managed(twoServers), 4],
    "two meshes' external istiods": [managed(management), 4],
    "two revisions": [managed(movingRemotes), 4],
  } satisfies Record<string, [TopologyDescription, number]>;

  for (const [name, [description, count]] of Object.entries(subjects)) {
    it(`let it register istiods of ${name}, and no other cluster's controller`, async () => {
      const graph = await runDescription(description);
      floorOf(graph, BINDING, count);
      for (const binding of graph.ofType(BINDING)) {
        const { targetGroupARN: resource } = binding.inputs.spec;
        const group = graph
          .ofType(GROUP)
          .find(({ inputs }) => resource.endsWith(`/${inputs.name}`))!;
        const call = { resource: `${resource}/0123456789abcdef`, tags: tagsOf(graph, group) };
        for (const right of CALLS) {
          const action = `elasticloadbalancing:${right}`;
          assert.ok(allows(policyFor(graph, binding), { ...call, action }), binding.name);
          const others = graph.ofType(POLICY).filter(({ inputs }) => {
            const isOfController = inputs.policy.includes(right);
            return isOfController && allows(JSON.parse(inputs.policy), { ...call, action });
          });
          assert.equal(others.length, 1, `controllers that may: ${others.map((one) => one.name)}`);
        }
      }
    });
  }
});
