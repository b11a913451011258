import assert from "node:assert/strict";
import { parse } from "yaml";
import { controllerRules } from "../../../components/cluster/loadBalancers/rules";
import { formatProblem } from "../../../components/topology";
import type { TopologyDescription } from "../../../components/topology";
import { patterns, relationsOf } from "../../support/topologies";
import { brought } from "../../support/variants";

const single = patterns["01-single-cluster"];
const managed: TopologyDescription = {
  ...single,
  clusters: { main: { ...single.clusters.main, nodes: { kind: "managed" } } },
};

function found(id: string, tags: Record<string, string>, description = managed): string[] {
  const relations = relationsOf({ ...description, tags });
  const rule = controllerRules.find((one) => one.id === id)!;
  return rule.check(relations.topology, relations, undefined).map(formatProblem);
}

describe("controller-tags-own", () => {
  const keys = [
    ...["elbv2.k8s.aws/cluster", "service.k8s.aws/stack", "ingress.k8s.aws/resource"],
    ...["gateway.k8s.aws.nlb/stack", "gateway.k8s.aws.alb/resource"],
  ];

  it("refuses keys by which the controller knows what is its own", () => {
    for (const key of keys)
      assert.deepEqual(found("controller-tags-own", { [key]: "x", team: "mesh" }), [
        `tags["${key}"]: got the key "${key}"; allowed: no key that the AWS load-balancer controller sets itself; fix: rename the tag`,
      ]);
  });

  it("lets them pass where it is not installed", () => {
    for (const other of [single, brought])
      assert.deepEqual(found("controller-tags-own", { [keys[0]]: "x" }, other), []);
  });
});

describe("controller-tags-colon", () => {
  const written = (key: string, value: string) => ({ [key]: value });

  it("refuses what is a mapping to YAML", () => {
    for (const [path, tags, said] of [
      ["owner", written("owner", "team: mesh"), "owner=team: mesh"],
      ["owner", written("owner", "mesh:"), "owner=mesh:"],
      ['["owner: a"]', written("owner: a", "b"), "owner: a=b"],
    ] as const) {
      assert.equal(typeof parse(`- --default-tags=${said}`)[0], "object");
      assert.deepEqual(found("controller-tags-colon", tags), [
        `tags${path.startsWith("[") ? path : `.${path}`}: got "${said}"; allowed: a colon within a word only, with clusters on managed nodes; fix: leave out the colon, or the space behind it`,
      ]);
    }
  });

  it("lets colons within words pass, and all of them where it is not installed", () => {
    const tags = { "a:b": "c:d/e" };
    assert.equal(typeof parse("- --default-tags=a:b=c:d/e,f=g")[0], "string");
    assert.deepEqual(found("controller-tags-colon", tags), []);
    assert.deepEqual(found("controller-tags-colon", { owner: "team: mesh" }, single), []);
  });
});
