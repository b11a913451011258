import assert from "node:assert/strict";
import { checkTopology } from "../../../components/mesh/check";
import { formatProblem, topologyRules } from "../../../components/topology";
import { tagRules } from "../../../components/topology/rules/tags";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const key =
  "allowed: a key of 1 to 128 letters, digits, spaces and _.:/=+-@, without aws: in front; fix: rename the tag";
const value =
  "allowed: a value of at most 256 letters, digits, spaces and _.:/=+-@, without aws: in front; fix: shorten it, or leave other signs out";

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, number) => [`tag-${number}`, ""]));

const claims: Claim[] = [
  [
    "tag-form",
    "keys and values that AWS keeps for itself",
    (description) => (description.tags = { "aws:team": "platform", "AWS:x": "", team: "aws:x" }),
    `tags["AWS:x"]: got the key "AWS:x"; ${key}`,
    `tags["aws:team"]: got the key "aws:team"; ${key}`,
    `tags.team: got "aws:x"; ${value}`,
  ],
  [
    "tag-form",
    "signs that only EC2 takes, and an empty key",
    (description) => (description.tags = { "a(b": "x", "": "x", a: "b|c", b: '"' }),
    `tags[""]: got the key ""; ${key}`,
    `tags.a: got "b|c"; ${value}`,
    `tags["a(b"]: got the key "a(b"; ${key}`,
    `tags.b: got "\\""; ${value}`,
  ],
  [
    "tag-form",
    "what is too long, by a character",
    (description) => (description.tags = { ["k".repeat(129)]: "", a: "v".repeat(257) }),
    `tags.a: got "${"v".repeat(79)}...; ${value}`,
    `tags.${"k".repeat(129)}: got the key "${"k".repeat(79)}...; ${key}`,
  ],
  [
    "tag-form",
    "nothing is said of what just fits, in any script",
    (description) =>
      (description.tags = {
        ["𝐤".repeat(128)]: "v".repeat(256),
        "Kostenträger 1": "a_b.c:d/e=f+g-h@i",
        空: "",
      }),
  ],
  [
    "tag-case",
    "keys that IAM takes for one",
    (description) => (description.tags = { Team: "a", team: "b" }),
    'tags.team: got the key "team"; allowed: a key of its own, whatever the case: "Team" is there already; fix: rename one of them',
  ],
  [
    "tag-case",
    "the key that the plan sets",
    (description) => (description.tags = { "Istio-Patterns": "mine" }),
    'tags.Istio-Patterns: got the key "Istio-Patterns"; allowed: a key of its own, whatever the case: "istio-patterns" is there already; fix: rename the tag: the plan sets that one',
  ],
  [
    "tag-equals",
    "a key that would end early",
    (description) => (description.tags = { "a=b": "c=d", c: "d=e" }),
    'tags["a=b"]: got the key "a=b"; allowed: a key without =; fix: rename the tag: what makes load balancers reads key=value, to the first =',
  ],
  [
    "tag-count",
    "more than AWS takes together with the plan's and those of who makes things for clusters",
    (description) => (description.tags = many(41)),
    "tags: got 41 tags; allowed: at most 40: AWS takes 50 of a resource, and up to 10 are the plan's, EKS's and the controllers'; fix: leave some out",
  ],
  [
    "tag-count",
    "nothing is said of as many as fit",
    (description) => (description.tags = many(40)),
  ],
];

describe("rules about tags", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(tagRules, claims);

  /** What is found of a description's tags beside those of the stack. */
  const found = (tags: Record<string, string>, stackTags: Record<string, string>) =>
    checkTopology({ ...good, tags }, { name: "test", region: "eu-west-1", stackTags }).problems.map(
      formatProblem,
    );

  it("tag-form: of aws:defaultTags too", () => {
    assert.deepEqual(found({}, { "a(b": "x", c: "d|e" }), [
      `tags: got the key "a(b" of aws:defaultTags; ${key}`,
      `tags: got "d|e" for "c" of aws:defaultTags; ${value}`,
    ]);
  });

  it("tag-case: between aws:defaultTags and the description, and among the former", () => {
    const taken = (other: string) =>
      `allowed: a key of its own, whatever the case: ${other} is there already; fix: rename one of them`;
    assert.deepEqual(found({ team: "a" }, { Team: "b" }), [
      `tags.team: got the key "team"; ${taken('"Team" of aws:defaultTags')}`,
    ]);
    assert.deepEqual(found({}, { Team: "a", team: "b", "Istio-Patterns": "c" }), [
      `tags: got the key "team" of aws:defaultTags; ${taken('"Team" of aws:defaultTags')}`,
      'tags: got the key "Istio-Patterns" of aws:defaultTags; allowed: a key of its own, whatever the case: "istio-patterns" is there already; fix: rename the tag: the plan sets that one',
    ]);
  });

  it("tag-case: the description's tag stands for the stack's of the same key, and so does the plan's", () => {
    assert.deepEqual(found({ team: "a" }, { team: "b|c", "istio-patterns": "d" }), []);
  });

  it("tag-count: with those of aws:defaultTags, each key once", () => {
    const stacks = {
      ...many(40),
      ...Object.fromEntries(Object.keys(many(8)).map((k) => [`s${k}`, ""])),
    };
    assert.deepEqual(found({}, stacks), [
      "tags: got 48 tags with those of aws:defaultTags; allowed: at most 47: AWS takes 50 of a resource, and up to 3 are the plan's; fix: leave some out",
    ]);
    assert.deepEqual(found(many(40), many(47)), []);
  });
});
