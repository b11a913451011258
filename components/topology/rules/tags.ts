/** Tags that every AWS service takes: they stand on all resources. */
import { pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import { numberOfTags, STACK_TAGS, TOPOLOGY_TAG, writtenTags } from "../names";
import type { Topology } from "../topology";
import { when } from "./support";

/** Tags that AWS takes of a resource; those that begin with `aws:` are not counted. */
const MOST = 50;

/** Beside yours on what is planned: `istio-patterns`, and at most two of the resource's own. */
const PLANNED = 3;

/**
 * Beside yours on what EKS and controllers make: `istio-patterns`, and theirs. The AWS load-balancer controller sets three or four
 * (kubernetes-sigs/aws-load-balancer-controller, pkg/deploy/tracking/provider.go), Auto Mode four on a node
 * (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSComputePolicy.html), and EKS on managed nodes those by
 * which an autoscaler finds them (https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html); the rest is room.
 */
const MADE_BY_OTHERS = 10;

const KEY = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/iu;
const VALUE = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/iu;
const SIGNS = "letters, digits, spaces and _.:/=+-@";

/** A tag, and where it stands. */
interface Tag {
  path: string;
  key: string;
  value: string;
  /** Behind the key, where it is the stack's. */
  whose: string;
}

/** Every tag: the stack's first, since the description's win where both have a key. */
function tagsIn({ tags, stackTags }: Topology): Tag[] {
  const stacks = Object.entries(stackTags).filter(([key]) => !Object.hasOwn(tags, key));
  return [
    ...stacks.map(([key, value]) => ({ path: "tags", key, value, whose: ` of ${STACK_TAGS}` })),
    ...Object.entries(tags).map(([key, value]) => ({
      ...{ path: pathOf("tags", key), key, value, whose: "" },
    })),
  ];
}

/** AWS counts characters, not units of UTF-16. */
const size = (text: string) => [...text].length;

function checkForm({ path, key, value, whose }: Tag): Problem[] {
  return [
    ...when(!KEY.test(key) || size(key) > 128, {
      path,
      got: `the key ${written(key)}${whose}`,
      allowed: `a key of 1 to 128 ${SIGNS}, without aws: in front`,
      fix: "rename the tag",
    }),
    ...when(!VALUE.test(value) || size(value) > 256, {
      path,
      got: whose === "" ? written(value) : `${written(value)} for ${written(key)}${whose}`,
      allowed: `a value of at most 256 ${SIGNS}, without aws: in front`,
      fix: "shorten it, or leave other signs out",
    }),
  ];
}

function checkCase(topology: Topology): Problem[] {
  const ours = { key: TOPOLOGY_TAG, whose: "" };
  return tagsIn(topology).flatMap(({ path, key, whose }, index, all) => {
    // The plan's own wins over the stack's of the same key.
    if (whose !== "" && key === ours.key) return [];
    const earlier = [ours, ...all.slice(0, index)];
    const other = earlier.find((tag) => tag.key.toLowerCase() === key.toLowerCase());
    if (other === undefined) return [];
    return [
      {
        path,
        got: `the key ${written(key)}${whose}`,
        allowed: `a key of its own, whatever the case: ${written(other.key)}${other.whose} is there already`,
        fix: other === ours ? "rename the tag: the plan sets that one" : "rename one of them",
      },
    ];
  });
}

function checkEquals({ tags }: Topology): Problem[] {
  return Object.keys(tags)
    .filter((key) => key.includes("="))
    .map((key) => ({
      path: pathOf("tags", key),
      got: `the key ${written(key)}`,
      allowed: "a key without =",
      fix: "rename the tag: what makes load balancers reads key=value, to the first =",
    }));
}

function checkCount(topology: Topology): Problem[] {
  const count = Object.keys(topology.tags).length;
  const fix = "leave some out";
  if (count > MOST - MADE_BY_OTHERS)
    return [
      {
        path: "tags",
        got: `${count} tags`,
        allowed: `at most ${MOST - MADE_BY_OTHERS}: AWS takes ${MOST} of a resource, and up to ${MADE_BY_OTHERS} are the plan's, EKS's and the controllers'`,
        fix,
      },
    ];
  return when(numberOfTags(topology) > MOST - PLANNED, {
    path: "tags",
    got: writtenTags(topology),
    allowed: `at most ${MOST - PLANNED}: AWS takes ${MOST} of a resource, and up to ${PLANNED} are the plan's`,
    fix,
  });
}

const severity = Severity.Problem;

export const tagRules: Rule[] = [
  {
    id: "tag-form",
    summary: "Tags are of the form that every AWS service takes.",
    why: "IAM, KMS, EKS and load balancers take no other signs, though EC2 would, and load balancers no value that begins with aws: (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-tags.html, https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html, https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices).",
    severity,
    check: (topology) => tagsIn(topology).flatMap(checkForm),
  },
  {
    id: "tag-case",
    summary: "Keys of tags differ by more than case.",
    why: "Keys of IAM's tags are one whatever their case (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules), and every resource bears the topology's name.",
    severity,
    check: checkCase,
  },
  {
    id: "tag-equals",
    summary: "Keys of tags hold no equals sign.",
    why: "Load balancers of gateways are asked for with key=value (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/#additional-resource-tags).",
    severity,
    check: checkEquals,
  },
  {
    id: "tag-count",
    summary: "Tags leave room for the plan's own, and for those of EKS and the controllers.",
    why: "AWS takes 50 tags of a resource (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices).",
    severity,
    check: checkCount,
  },
];
