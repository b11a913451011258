/** Tags that every AWS service takes: they stand on all resources. */
import { pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import { TOPOLOGY_TAG } from "../names";
import type { Topology } from "../topology";
import { when } from "./support";

/** Of one resource: yours, `istio-patterns`, and at most two of its own. */
const MOST = 50 - 3;

const KEY = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/iu;
const VALUE = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/iu;
const SIGNS = "letters, digits, spaces and _.:/=+-@";

/** AWS counts characters, not units of UTF-16. */
const size = (text: string) => [...text].length;

function checkForm({ tags }: Topology): Problem[] {
  return Object.entries(tags).flatMap(([key, value]) => [
    ...when(!KEY.test(key) || size(key) > 128, {
      path: pathOf("tags", key),
      got: `the key ${written(key)}`,
      allowed: `a key of 1 to 128 ${SIGNS}, without aws: in front`,
      fix: "rename the tag",
    }),
    ...when(!VALUE.test(value) || size(value) > 256, {
      path: pathOf("tags", key),
      got: written(value),
      allowed: `a value of at most 256 ${SIGNS}, without aws: in front`,
      fix: "shorten it, or leave other signs out",
    }),
  ]);
}

function checkCase({ tags }: Topology): Problem[] {
  const keys = Object.keys(tags);
  return keys.flatMap((key, index) => {
    const others = [TOPOLOGY_TAG, ...keys.slice(0, index)];
    const other = others.find((earlier) => earlier.toLowerCase() === key.toLowerCase());
    return when(other !== undefined, {
      path: pathOf("tags", key),
      got: `the key ${written(key)}`,
      allowed: `a key of its own, whatever the case: ${written(other)} is there already`,
      fix: other === TOPOLOGY_TAG ? "rename the tag: the plan sets that one" : "rename one of them",
    });
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

function checkCount({ tags }: Topology): Problem[] {
  const count = Object.keys(tags).length;
  return when(count > MOST, {
    path: "tags",
    got: `${count} tags`,
    allowed: `at most ${MOST}: AWS takes 50 of a resource, and up to 3 are the plan's`,
    fix: "leave some out",
  });
}

const severity = Severity.Problem;

export const tagRules: Rule[] = [
  {
    id: "tag-form",
    summary: "Tags are of the form that every AWS service takes.",
    why: "IAM, KMS, EKS and load balancers take no other signs, though EC2 would, and load balancers no value that begins with aws: (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-tags.html, https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html, https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices).",
    severity,
    check: checkForm,
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
    summary: "Tags leave room for the plan's own.",
    why: "AWS takes 50 tags of a resource (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices).",
    severity,
    check: checkCount,
  },
];
