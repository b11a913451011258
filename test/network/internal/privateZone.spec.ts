import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { RunOptions } from "../../../engine";
import { PrivateZone, PrivateZoneAssociation } from "../../../components/network";
import type { PrivateZoneArgs } from "../../../components/network";
import { assertDependsOn, floorOf, mockRun, resourceSet } from "../../support/graph";
import type { Graph } from "../../support/graph";

const TYPE = "istio-patterns:index:PrivateZone";
const ZONE = "aws:route53/zone:Zone";
const RECORD = "aws:route53/record:Record";
const ASSOCIATION = "aws:route53/zoneAssociation:ZoneAssociation";
const AUTHORIZATION = "aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization";
const BEFORE = "test:index:Before";
const AFTER = "test:index:After";

/** Any resource of another room. */
class Other extends pulumi.CustomResource {}

const args: PrivateZoneArgs = {
  zoneName: "x.internal",
  vpcId: "vpc-1",
  foreignVpcs: { two: { vpcId: "vpc-2", region: "us-east-1" } },
  records: { "a.x.internal": ["10.0.0.4", "10.0.1.4"], "b.x.internal": ["10.0.0.5"] },
};

/** A zone that one more VPC joins, what it waits for, and what waits for that VPC. */
function run(more: Partial<PrivateZoneArgs> = {}, options: RunOptions = {}): Promise<Graph> {
  return mockRun(() => {
    const dependsOn = new Other(BEFORE, "before", {});
    const { zoneId } = new PrivateZone("x", { ...args, ...more }, { dependsOn });
    const joined = new PrivateZoneAssociation("x-two", { zoneId, vpcId: "vpc-2" }, { dependsOn });
    new Other(AFTER, "after", { zoneId: joined.zoneId });
  }, options);
}

describe("PrivateZone", () => {
  let graph: Graph;
  let zoneId: string;

  before(async () => {
    graph = await run();
    ({ zoneId } = graph.one(TYPE).outputs);
  });

  it("starts with one VPC, and leaves alone those that joined it", () => {
    const { inputs, ignoreChanges } = graph.one(ZONE);
    assert.deepEqual(inputs, {
      name: "x.internal",
      comment: "Managed by Pulumi",
      vpcs: [{ vpcId: "vpc-1" }],
      tags: { Name: "x" },
    });
    assert.deepEqual(ignoreChanges, ["vpcs"]);
  });

  it("names every address under its host, for five minutes", () => {
    assert.ok(zoneId);
    floorOf(graph, RECORD, 2);
    for (const [name, records] of Object.entries(args.records))
      assert.deepEqual(graph.one(RECORD, `x-${name}`).inputs, {
        ...{ zoneId, name, type: "A", ttl: 300 },
        records,
      });
  });

  it("lets VPCs of other accounts in one by one, each by its region", async () => {
    const authorization = graph.one(AUTHORIZATION);
    assert.equal(authorization.name, "x-two");
    assert.deepEqual(authorization.inputs, { zoneId, vpcId: "vpc-2", vpcRegion: "us-east-1" });
    floorOf(await run({ foreignVpcs: undefined }), AUTHORIZATION, 0);
  });

  it("has an id once VPCs of other accounts may join", () => {
    assertDependsOn(graph, graph.one(ASSOCIATION), graph.one(AUTHORIZATION));
    assertDependsOn(graph, graph.one(ASSOCIATION), graph.one(ZONE));
  });

  it("holds all that it makes, and passes on what it waits for", () => {
    const children = graph.childrenOf(graph.one(TYPE));
    assert.deepEqual(children.map(({ type }) => type).sort(), [
      RECORD,
      RECORD,
      AUTHORIZATION,
      ZONE,
    ]);
    const { urn } = graph.one(BEFORE);
    for (const { name, dependencies } of children) assert.ok(dependencies.includes(urn), name);
  });

  it("makes the same while outputs are unknown", async () => {
    assert.deepEqual(resourceSet(await run({}, { unknownOutputs: true })), resourceSet(graph));
  });
});

describe("PrivateZoneAssociation", () => {
  it("joins a VPC to the zone, and has the zone's id for those that need the names there", async () => {
    const graph = await run();
    const { zoneId } = graph.one(TYPE).outputs;
    const association = graph.one(ASSOCIATION);
    assert.deepEqual(association.inputs, { zoneId, vpcId: "vpc-2" });
    assert.equal(graph.parentOf(association)!.type, "istio-patterns:index:PrivateZoneAssociation");
    assert.deepEqual(graph.one(AFTER).inputs, { zoneId });
    assertDependsOn(graph, graph.one(AFTER), association);
  });

  it("passes on what it waits for", async () => {
    const graph = await mockRun(() => {
      const dependsOn = new Other(BEFORE, "before", {});
      new PrivateZoneAssociation("x", { zoneId: "Z1", vpcId: "vpc-2" }, { dependsOn });
    });
    assert.ok(graph.one(ASSOCIATION).dependencies.includes(graph.one(BEFORE).urn));
  });
});
