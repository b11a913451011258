/** What nodes may be told, by their kind. */
import { architectureOf, INSTANCE_TYPE, NodeKind, pathOf, Severity, written } from "../../topology";
import type { Cluster, Problem, Rule, Topology } from "../../topology";

/** A check of the nodes of every cluster made here, with the path that they stand at. */
function perNodes(
  check: (cluster: Cluster, path: (...below: string[]) => string, topology: Topology) => Problem[],
): (topology: Topology) => Problem[] {
  return (topology) =>
    Object.values(topology.clusters)
      .filter(({ existing }) => !existing)
      .flatMap((cluster) => {
        const path = (...below: string[]) => pathOf("clusters", cluster.name, "nodes", ...below);
        return check(cluster, path, topology);
      });
}

/** The fields that only one kind of nodes has. */
const OWN = {
  [NodeKind.AutoMode]: { key: "limits", instead: "count", says: "nodes come and go with the pods" },
  [NodeKind.Managed]: { key: "count", instead: "limits", says: "a group has a number of nodes" },
} as const satisfies Record<NodeKind, { key: string; instead: string; says: string }>;

const checkKind = perNodes(({ name, nodes }, path, { description }) => {
  const { key, instead, says } = OWN[nodes.kind];
  const said = description.clusters[name]?.nodes?.[instead];
  if (said === undefined) return [];
  return [
    {
      path: path(instead),
      got: written(said),
      allowed: `nothing with kind ${nodes.kind}: ${says}`,
      fix: `say ${key} instead, or another kind`,
    },
  ];
});

const checkCount = perNodes(({ nodes: { kind, count } }, path) => {
  if (kind !== NodeKind.Managed || (count.min >= 1 && count.min <= count.max)) return [];
  return [
    {
      path: path("count"),
      got: `${count.min} to ${count.max}`,
      allowed: "at least 1, and no more at least than at most",
      fix: "correct min or max; 2 let one of two replicas live when a node goes",
    },
  ];
});

const TOO_SMALL = /\.(nano|micro|small)$/;

const checkTypes = perNodes(({ nodes: { kind, instanceTypes } }, path) => {
  const isAuto = kind === NodeKind.AutoMode;
  const refused = instanceTypes.filter(
    (type) => !INSTANCE_TYPE.test(type) || (isAuto && TOO_SMALL.test(type)),
  );
  return refused.map((type) => ({
    path: path("instanceTypes"),
    got: written(type),
    allowed: `EC2 instance types, such as "m7g.large"${isAuto ? ", none of them nano, micro or small" : ""}`,
    fix: "name another one",
  }));
});

const checkProcessors = perNodes(({ name, nodes }, path, { description }) => {
  const said = description.clusters[name]?.nodes?.architectures ?? [];
  const have = [...new Set(nodes.instanceTypes.map(architectureOf))];
  if (said.length === 0 || have.length === 0) return [];
  const isSame = said.every((one) => have.includes(one)) && have.every((one) => said.includes(one));
  if (isSame) return [];
  return [
    {
      path: path("architectures"),
      got: said.join(", "),
      allowed: `what instanceTypes are: ${have.join(", ")}`,
      fix: "leave it out, or name other instance types",
    },
  ];
});

const checkOneImage = perNodes(({ nodes }, path) => {
  const { kind, architectures, instanceTypes } = nodes;
  if (kind !== NodeKind.Managed || architectures.length === 1) return [];
  return [
    {
      path: path(instanceTypes.length > 0 ? "instanceTypes" : "architectures"),
      got: architectures.join(", "),
      allowed: "one architecture: a group of managed nodes has one image",
      fix: "choose one, or kind: auto-mode",
    },
  ];
});

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html#auto-node-class-spec */
const KEPT = [
  ...[
    /^kubernetes\.io\/cluster\//,
    /^karpenter\.sh\/(provisioner-name|nodepool|nodeclaim|managed-by)$/,
  ],
  ...[/^eks\.amazonaws\.com\/nodeclass$/, /^eks:/],
];

function checkTags({ clusters, tags }: Topology): Problem[] {
  const isAuto = Object.values(clusters).some(
    ({ existing, nodes }) => !existing && nodes.kind === NodeKind.AutoMode,
  );
  const kept = Object.keys(tags).filter((key) => KEPT.some((pattern) => pattern.test(key)));
  if (!isAuto) return [];
  return kept.map((key) => ({
    path: pathOf("tags", key),
    got: `the key ${written(key)}`,
    allowed: "no key that EKS Auto Mode sets itself",
    fix: "rename the tag",
  }));
}

const severity = Severity.Problem;

export const nodeRules: Rule[] = [
  {
    id: "nodes-kind-settings",
    summary:
      "Nodes have the bounds of their kind: count is of managed ones, limits are of Auto Mode.",
    why: "The other kind's would have no effect.",
    severity,
    check: checkKind,
  },
  {
    id: "nodes-count",
    summary: "There is at least one managed node, and the least number is not above the largest.",
    why: "EKS refuses such a group (https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html), and without a node no add-on ever starts.",
    severity,
    check: checkCount,
  },
  {
    id: "nodes-instance-types",
    summary: "Instance types are such that nodes can have.",
    why: "Auto Mode makes no nodes of the smallest sizes (https://docs.aws.amazon.com/eks/latest/userguide/automode-learn-instances.html#auto-supported-instances): pods would wait for ever.",
    severity,
    check: checkTypes,
  },
  {
    id: "nodes-architectures",
    summary: "Architectures are those of the instance types, where both are said.",
    why: "No node would be there for the others, and EKS refuses an instance type that cannot start the image (https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html).",
    severity,
    check: checkProcessors,
  },
  {
    id: "nodes-one-image",
    summary: "Managed nodes have one architecture.",
    why: "A node group has one AMI type (https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html).",
    severity,
    check: checkOneImage,
  },
  {
    id: "nodes-tags",
    summary: "Tags leave Auto Mode its own.",
    why: "A NodeClass with one of these is refused, and there are no nodes (https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html#auto-node-class-spec).",
    severity,
    check: checkTags,
  },
];
