import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Values } from "../../../../engine";
import { descriptions, subject, type Planned } from "../subjects";
import { templatesOf, written } from "./template";
import { absent, parts, rows } from "./types";

const SDK = path.dirname(require.resolve("@pulumi/aws/package.json"));

/** The SDK's own file of a type. */
function sourceOf(type: string): string {
  const [, file] = type.split(":");
  return fs.readFileSync(path.join(SDK, `${file}.js`), "utf8");
}

function planned(type: string, name: string, inputs: Values, more: Partial<Planned> = {}): Planned {
  const urn = `urn::${type}::${name}`;
  const resource = { urn, type, name, inputs, propertyDependencies: {} } as never;
  const place = { provider: "aws", region: "eu-west-1", defaultTags: {}, expanded: false };
  return { ...place, ...more, resource };
}

const role = (name: string) => planned("aws:iam/role:Role", name, { assumeRolePolicy: "{}" });
const rights = (of: string) => {
  const one = planned("aws:iam/rolePolicy:RolePolicy", "rights", { role: of, policy: "{}" });
  const dependencies = { role: [`urn::aws:iam/role:Role::${of}`] };
  return { ...one, resource: { ...one.resource, propertyDependencies: dependencies } };
};
const templates = (...resources: Planned[]) => templatesOf({ name: "test", resources });

describe("templates of CloudFormation", () => {
  it("have every type that any description plans", async () => {
    const types = new Set<string>();
    for (const name of Object.keys(descriptions)) {
      for (const { resource } of (await subject(name)).resources) types.add(resource.type);
    }
    const known = { ...rows, ...parts, ...absent };
    const aws = [...types].filter((type) => type.startsWith("aws:"));
    assert.deepEqual([aws.filter((type) => !known[type]), aws.length > 40], [[], true]);
  });

  it("refuse a type that is in no table", () => {
    const message = "aws:s3/bucket:Bucket is in no table of test/lab/judges/cloudFormation/tables";
    assert.throws(() => templates(planned("aws:s3/bucket:Bucket", "logs", {})), { message });
  });

  for (const [type, { names = {}, forms = {}, without = {} }] of Object.entries(rows)) {
    it(`name inputs of ${type} alone`, () => {
      const source = sourceOf(type);
      const inputs = [names, forms, without].flatMap((one) => Object.keys(one));
      const unknown = inputs.filter((input) => !source.includes(`resourceInputs["${input}"]`));
      assert.deepEqual(unknown, []);
    });
  }

  it("hold a part where its whole is", () => {
    const [{ resources }] = templates(role("nodes"), rights("nodes"));
    const PolicyName = "rights-0123456";
    const Policies = [{ PolicyName, PolicyDocument: {} }];
    assert.deepEqual(Object.values(resources), [
      {
        Type: "AWS::IAM::Role",
        Properties: { RoleName: "nodes-0123456", AssumeRolePolicyDocument: {}, Policies },
      },
    ]);
  });

  it("hold a part alone that may be", () => {
    const [{ resources }] = templates(rights("elsewhere"));
    const Properties = {
      ...{ PolicyName: "rights-0123456", PolicyDocument: {} },
      Roles: ["elsewhere"],
    };
    assert.deepEqual(Object.values(resources), [{ Type: "AWS::IAM::Policy", Properties }]);
  });

  it("refuse a part of nothing", () => {
    const type = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
    const one = planned(type, "lost", { role: "elsewhere" });
    const lost = { ...one, resource: { ...one.resource, propertyDependencies: { role: [] } } };
    const message = `urn::${type}::lost is part of 0 of aws:iam/role:Role, not of one`;
    assert.throws(() => templates(lost), { message });
  });

  it("are one for each provider, with its default tags and its region", () => {
    const vpc = (provider: string, region: string) =>
      planned(
        "aws:ec2/vpc:Vpc",
        provider,
        { cidrBlock: "10.0.0.0/16", tags: { Name: provider } },
        {
          ...{ provider, region, defaultTags: { team: "platform", Name: "default" } },
        },
      );
    const both = templates(vpc("us", "us-east-1"), vpc("eu", "eu-west-1"));
    const [eu] = both.map((one) => JSON.parse(written(one)));
    const Tags = [
      { Key: "team", Value: "platform" },
      { Key: "Name", Value: "eu" },
    ];
    const Properties = { CidrBlock: "10.0.0.0/16", Tags };
    assert.deepEqual(
      both.map(({ region }) => region),
      ["eu-west-1", "us-east-1"],
    );
    assert.deepEqual(eu, {
      AWSTemplateFormatVersion: "2010-09-09",
      Metadata: { "cfn-lint": { config: { regions: ["eu-west-1"] } } },
      Resources: { Resource0: { Type: "AWS::EC2::VPC", Properties } },
    });
  });
});
