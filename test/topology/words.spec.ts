import assert from "node:assert/strict";
import fc from "fast-check";
import { below, closest, oneOf, pathOf, suggest } from "../../components/topology";

describe("paths", () => {
  it("are what `pulumi config set --path` takes", () => {
    assert.equal(pathOf("clusters", "east", "network"), "clusters.east.network");
    assert.equal(pathOf("runsIn", 0), "runsIn[0]");
    assert.equal(pathOf("services", "a.b", "ports"), 'services["a.b"].ports');
    assert.equal(pathOf("tags", 'say "x"'), 'tags["say \\"x\\""]');
    assert.equal(below("networks.wide.vpcs", "eu", "cidr"), "networks.wide.vpcs.eu.cidr");
  });
});

describe("suggestions", () => {
  const names = ["shared", "wide", "net-east"];

  it("name what differs by a third of its letters at most", () => {
    assert.equal(closest("sharde", names), "shared");
    assert.equal(closest("Wide", names), "wide");
    assert.equal(closest("net-aest", names), "net-east");
    assert.equal(closest("production", names), undefined);
    assert.equal(closest("", names), undefined);
  });

  it("name the closest of several", () => {
    assert.equal(closest("net-wast", ["net-east", "net-west"]), "net-east");
    assert.equal(closest("net-wes", ["net-east", "net-west"]), "net-west");
  });

  it("say what to do where nothing is close", () => {
    assert.equal(suggest("sharde", names, "remove it"), 'did you mean "shared"?');
    assert.equal(suggest("x", names, "remove it"), "remove it");
  });

  it("are always one of the candidates", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (word, candidates) => {
        const found = closest(word, candidates);
        assert.ok(found === undefined || candidates.includes(found));
      }),
    );
  });

  it("list the candidates", () => {
    assert.equal(oneOf(names), "shared, wide, net-east");
    assert.equal(oneOf([]), "nothing, since there is none");
  });
});
