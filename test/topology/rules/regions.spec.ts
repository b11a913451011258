import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { REGIONS } from "../../../components/topology";
import { regionRules } from "../../../components/topology/rules/regions";
import { closestRegion, isZoneOf } from "../../../components/topology/regions";
import { parse } from "../../../components/topology/parse";
import { formatProblem } from "../../../components/topology";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { CONTEXT } from "../../support/topologies";
import { good } from "./good";

const allowed = `allowed: ${REGIONS.join(", ")}`;

const claims: Claim[] = [
  [
    "region-unknown",
    "a region of another cloud, and one of a VPC of yours",
    ({ networks }) => {
      networks.wide.vpcs!.eu.region = "europe-west1";
      networks.old.region = "eu-west1";
    },
    `networks.old.region: got "eu-west1"; ${allowed}; fix: did you mean "eu-west-1"?`,
    `networks.wide.vpcs.eu.region: got "europe-west1"; ${allowed}; fix: did you mean "eu-west-1"?`,
  ],
  [
    "region-unknown",
    "a key of a region",
    (description) => {
      const key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
      description.encryption = { keys: { "eu-west1": key } };
    },
    `encryption.keys.eu-west1: got "eu-west1"; ${allowed}; fix: did you mean "eu-west-1"?`,
  ],
  [
    "region-unknown",
    "what means no region",
    ({ networks }) => (networks.shared.region = "moon"),
    `networks.shared.region: got "moon"; ${allowed}; fix: name one of these`,
  ],
];

function ofStack(region: string): string[] {
  const { topology } = parse(
    { ...good, networks: { shared: good.networks.shared } },
    { ...CONTEXT, region },
  );
  return regionRules
    .flatMap(({ check }) => check(topology!, undefined!, undefined!))
    .map(formatProblem);
}

describe("rules about regions", () => {
  testRules(regionRules, good, claims);
  testEveryRule(regionRules, claims);

  it("say where the stack's own region is said", () => {
    const at = `networks.shared.region: got`;
    assert.deepEqual(ofStack("europe-west1"), [
      `${at} "europe-west1"; ${allowed}; fix: it comes from aws:region, did you mean \`pulumi config set aws:region eu-west-1\`?`,
    ]);
    assert.deepEqual(ofStack("moon"), [
      `${at} "moon"; ${allowed}; fix: \`pulumi config set aws:region <region>\` with one of these`,
    ]);
  });
});

describe("regions", () => {
  it("are those of the AWS provider's partitions, and newer ones", () => {
    const known = Object.values(aws.Region).filter((region) => !/iso|eusc/.test(region));
    assert.ok(known.length > 35);
    assert.deepEqual(
      known.filter((region) => !REGIONS.includes(region)),
      [],
    );
    assert.equal(new Set(REGIONS).size, REGIONS.length);
  });

  it("are found by what other clouds and people call them", () => {
    const meant = {
      "europe-west1": "eu-west-1",
      "asia-northeast1": "ap-northeast-1",
      "EU-West-1": "eu-west-1",
      us_east_1: "us-east-1",
      "us-east-1a": "us-east-1",
      "eu-wset-1": "eu-west-1",
      moon: undefined,
    };
    for (const [name, region] of Object.entries(meant))
      assert.equal(closestRegion(name), region, name);
  });

  it("have zones that are named after them", () => {
    assert.ok(isZoneOf("eu-west-1a", "eu-west-1"));
    assert.ok(isZoneOf("us-west-2-lax-1a", "us-west-2"));
    assert.ok(!isZoneOf("us-gov-west-1a", "us-west-1"));
    assert.ok(!isZoneOf("eu-west-1", "eu-west-1"));
  });
});
