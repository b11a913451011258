import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { TopologyDescription } from "../../components/topology";
import { assertSecret, floor } from "../support/graph";
import { patterns, topologyOf } from "../support/topologies";
import { transitGateways } from "../support/variants";
import { PROVIDER, refusal, REGION, run } from "./own";

const pair = patterns["02-multi-primary-different-networks"];

describe("AWS providers that a MeshTopology makes", () => {
  const account = "arn:aws:iam::210987654321:role/deploy";
  const other: TopologyDescription = {
    ...pair,
    tags: { team: "platform", stage: "prod" },
    networks: {
      ...pair.networks,
      "net-west": { ...pair.networks["net-west"], account: { roleArn: account } },
    },
  };
  const config = {
    ...REGION,
    "aws:profile": "work",
    "aws:maxRetries": "7",
    "aws:endpoints": '[{"ec2":"https://ec2.example"}]',
    "aws:assumeRoles":
      '[{"roleArn":"arn:aws:iam::111122223333:role/jump"},{"roleArn":"arn:aws:iam::111122223333:role/hub","externalId":"x"}]',
    "aws:defaultTags": '{"tags":{"owner":"acme","stage":"dev"}}',
    "aws:accessKey": "AKIA",
    "aws:secretKey": "hush",
    "aws:httpProxy": "http://user:pass@proxy",
  };
  const jump = { roleArn: "arn:aws:iam::111122223333:role/jump" };
  const hub = { roleArn: "arn:aws:iam::111122223333:role/hub", externalId: "x" };
  const json = (value: string) => JSON.parse(value);

  it("take everything that the stack's config says, and add what the description says", async () => {
    const graph = await run({ topology: other }, { config });
    const { inputs } = graph.one(PROVIDER, "mesh-eu-west-1");
    const { assumeRoles, defaultTags, endpoints, ...plain } = inputs;
    assert.deepEqual(json(assumeRoles), [jump, hub]);
    assert.deepEqual(json(endpoints), [{ ec2: "https://ec2.example" }]);
    assert.deepEqual(json(defaultTags), {
      tags: { owner: "acme", stage: "prod", team: "platform", "istio-patterns": "mesh" },
    });
    assert.deepEqual(plain, {
      region: "eu-west-1",
      profile: "work",
      maxRetries: "7",
      accessKey: "AKIA",
      secretKey: "hush",
      httpProxy: "http://user:pass@proxy",
      skipCredentialsValidation: "false",
      skipRegionValidation: "true",
    });
  });

  it("take an account's role after those of the config, with their own credentials", async () => {
    const graph = await run({ topology: other }, { config });
    const { inputs } = graph.one(PROVIDER, "mesh-210987654321-eu-west-1");
    assert.deepEqual(json(inputs.assumeRoles), [jump, hub, { roleArn: account }]);
    const plain = await run({ topology: other });
    const { assumeRoles } = plain.one(PROVIDER, "mesh-210987654321-eu-west-1").inputs;
    assert.deepEqual(json(assumeRoles), [{ roleArn: account }]);
  });

  it("keep what is a secret in the config a secret, and the rest plain", async () => {
    const secretKeys = ["aws:httpProxy", "aws:endpoints", "aws:defaultTags", "aws:assumeRoles"];
    const graph = await run({ topology: other }, { config, secretKeys });
    assert.ok(graph.ofType(PROVIDER).length >= 2);
    for (const provider of graph.ofType(PROVIDER)) {
      for (const key of secretKeys) assertSecret(provider, key.split(":")[1]);
      assert.deepEqual(provider.secrets.sort(), [
        "accessKey",
        "assumeRoles",
        "defaultTags",
        "endpoints",
        "httpProxy",
        "secretKey",
      ]);
    }
  });

  it("are who kubeconfigs ask for tokens as", async () => {
    const graph = await run({ topology: other }, { config });
    const credentials = (name: string) =>
      graph.one("eks:index:Cluster", name).inputs.providerCredentialOpts;
    assert.deepEqual(credentials("mesh-east"), { profileName: "work", roleArn: hub.roleArn });
    assert.deepEqual(credentials("mesh-west"), { profileName: "work", roleArn: account });
    const plain = await run({ topology: pair });
    const [cluster] = plain.ofType("eks:index:Cluster");
    assert.equal("providerCredentialOpts" in cluster.inputs, false);
  });

  it("say nothing that nobody has said", async () => {
    const { inputs } = (await run({ topology: pair })).one(PROVIDER, "mesh-eu-west-1");
    assert.deepEqual(inputs, {
      region: "eu-west-1",
      defaultTags: '{"tags":{"istio-patterns":"mesh"}}',
      skipCredentialsValidation: "false",
      skipRegionValidation: "true",
    });
  });
});

describe("AWS providers that are given to a MeshTopology", () => {
  const provider = (key: string, region: string) => ({
    [key]: new aws.Provider(`my-${region}`, { region: region as aws.Region }),
  });

  it("make everything, and none is made beside them", async () => {
    const keys = Object.keys(topologyOf(transitGateways).vpcs);
    assert.deepEqual(keys, ["eu", "other", "us"]);
    const graph = await run({ topology: transitGateways }, {}, () => ({
      awsProviders: {
        ...provider("eu-west-1", "eu-west-1"),
        ...provider("us-east-1", "us-east-1"),
        "210987654321/eu-west-1": new aws.Provider("theirs", { region: "eu-west-1" }),
        "210987654321/us-east-1": new aws.Provider("theirs-us", { region: "us-east-1" }),
      },
    }));
    floor(graph, 3);
    const names = graph.ofType(PROVIDER).map(({ name }) => name);
    assert.deepEqual(names.sort(), ["my-eu-west-1", "my-us-east-1", "theirs", "theirs-us"]);
    const vpcs = graph.ofType("aws:ec2/vpc:Vpc");
    assert.deepEqual(vpcs.map((vpc) => [vpc.name, graph.providerOf(vpc)?.name]).sort(), [
      ["mesh-eu", "my-eu-west-1"],
      ["mesh-other", "theirs"],
      ["mesh-us", "my-us-east-1"],
    ]);
  });

  it("are refused where some are missing, all at once", async () => {
    const error = await refusal({ topology: transitGateways }, {}, () => ({
      awsProviders: provider("eu-west-1", "eu-west-1"),
    }));
    assert.ok(pulumi.RunError.isInstance(error));
    assert.equal(
      error.message,
      "awsProviders: got eu-west-1; " +
        "allowed: a provider for each of eu-west-1, 210987654321/eu-west-1, us-east-1, 210987654321/us-east-1; " +
        "fix: add 210987654321/eu-west-1, us-east-1, 210987654321/us-east-1",
    );
    const { message } = await refusal({ topology: pair }, {}, () => ({ awsProviders: {} }));
    assert.match(message, /^awsProviders: got nothing, since there is none; /);
  });

  it("are refused where one is for a place in which nothing is made", async () => {
    const { message } = await refusal({ topology: transitGateways }, {}, () => ({
      awsProviders: provider("eu-wset-1", "eu-west-1"),
    }));
    assert.match(message, /; remove eu-wset-1, where nothing is made$/);
  });
});
