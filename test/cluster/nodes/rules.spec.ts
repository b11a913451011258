import { nodeRules } from "../../../components/cluster/nodes/rules";
import type { NodesDescription, TopologyDescription } from "../../../components/topology";
import { testEveryRule, testRules } from "../../support/rules";
import type { Claim } from "../../support/rules";
import { good } from "../../topology/rules/good";

const nodes =
  (said: NodesDescription) =>
  ({ clusters }: TopologyDescription) =>
    (clusters.east.nodes = said);

const claims: Claim[] = [
  [
    "nodes-kind-settings",
    "a number of Auto Mode's nodes",
    nodes({ count: { min: 2, max: 4 } }),
    "clusters.east.nodes.count: got a map of max, min; allowed: nothing with kind auto-mode: nodes come and go with the pods; fix: say limits instead, or another kind",
  ],
  [
    "nodes-kind-settings",
    "limits of managed nodes",
    nodes({ kind: "managed", limits: { cpu: 8 } }),
    "clusters.east.nodes.limits: got a map of cpu; allowed: nothing with kind managed: a group has a number of nodes; fix: say count instead, or another kind",
  ],
  [
    "nodes-kind-settings",
    "the bounds of each kind",
    ({ clusters }) => {
      clusters.east.nodes = { limits: { cpu: 8 } };
      clusters.west.nodes = { kind: "managed", count: { min: 1, max: 1 } };
    },
  ],
  [
    "nodes-count",
    "more nodes at least than at most",
    nodes({ kind: "managed", count: { min: 4, max: 2 } }),
    "clusters.east.nodes.count: got 4 to 2; allowed: at least 1, and no more at least than at most; fix: correct min or max; 2 let one of two replicas live when a node goes",
  ],
  [
    "nodes-count",
    "no node",
    nodes({ kind: "managed", count: { min: 0, max: 2 } }),
    "clusters.east.nodes.count: got 0 to 2; allowed: at least 1, and no more at least than at most; fix: correct min or max; 2 let one of two replicas live when a node goes",
  ],
  [
    "nodes-instance-types",
    "a type that is none, and one that Auto Mode never makes",
    nodes({ instanceTypes: ["m7glarge", "t4g.small", "m7i-flex.large", "u7in-16tb.224xlarge"] }),
    'clusters.east.nodes.instanceTypes: got "m7glarge"; allowed: EC2 instance types, such as "m7g.large", none of them nano, micro or small; fix: name another one',
    'clusters.east.nodes.instanceTypes: got "t4g.small"; allowed: EC2 instance types, such as "m7g.large", none of them nano, micro or small; fix: name another one',
  ],
  [
    "nodes-instance-types",
    "a small type of managed nodes, and one that is none",
    nodes({ kind: "managed", instanceTypes: ["t3.small", "M5.large"] }),
    'clusters.east.nodes.instanceTypes: got "M5.large"; allowed: EC2 instance types, such as "m7g.large"; fix: name another one',
  ],
  [
    "nodes-architectures",
    "processors that no instance type has",
    nodes({ instanceTypes: ["m7i.large"], architectures: ["arm64"] }),
    "clusters.east.nodes.architectures: got arm64; allowed: what instanceTypes are: x86; fix: leave it out, or name other instance types",
  ],
  [
    "nodes-architectures",
    "processors of which one has no instance type",
    nodes({ instanceTypes: ["m7g.large"], architectures: ["arm64", "x86"] }),
    "clusters.east.nodes.architectures: got arm64, x86; allowed: what instanceTypes are: arm64; fix: leave it out, or name other instance types",
  ],
  [
    "nodes-architectures",
    "both that the instance types have",
    nodes({ instanceTypes: ["m7g.large", "m7i.large"], architectures: ["arm64", "x86"] }),
  ],
  [
    "nodes-one-image",
    "two architectures of one group",
    nodes({ kind: "managed", architectures: ["arm64", "x86"] }),
    "clusters.east.nodes.architectures: got arm64, x86; allowed: one architecture: a group of managed nodes has one image; fix: choose one, or kind: auto-mode",
  ],
  [
    "nodes-one-image",
    "instance types of two architectures",
    nodes({ kind: "managed", instanceTypes: ["m7g.large", "m7i.large"] }),
    "clusters.east.nodes.instanceTypes: got arm64, x86; allowed: one architecture: a group of managed nodes has one image; fix: choose one, or kind: auto-mode",
  ],
  [
    "nodes-tags",
    "tags that Auto Mode sets",
    (description) => {
      description.tags = { "kubernetes.io/cluster/demo": "owned", team: "a", "eks:owner": "a" };
    },
    'tags["eks:owner"]: got the key "eks:owner"; allowed: no key that EKS Auto Mode sets itself; fix: rename the tag',
    'tags["kubernetes.io/cluster/demo"]: got the key "kubernetes.io/cluster/demo"; allowed: no key that EKS Auto Mode sets itself; fix: rename the tag',
  ],
  [
    "nodes-tags",
    "nothing is said where all nodes are managed",
    (description) => {
      for (const cluster of Object.values(description.clusters))
        if (!cluster.existing) cluster.nodes = { kind: "managed" };
      description.tags = { "karpenter.sh/nodepool": "a" };
    },
  ],
];

describe("the rules about nodes", () => {
  testRules(nodeRules, good, claims);
  testEveryRule(nodeRules, claims);
});
