import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { stackTagsOf } from "../../components/mesh/stackTags";
import { contextOf } from "../../cli/stackFile";
import { SECRET } from "../../engine";
import { patterns } from "../support/topologies";
import { PROVIDER, refusal, REGION, run } from "./own";

const topology = { ...patterns["01-single-cluster"], tags: { team: "platform" } };

describe("tags of the stack", () => {
  it("are those of aws:defaultTags, and none where it has another form", () => {
    assert.deepEqual(stackTagsOf('{"tags":{"Team":"a","cost":42}}'), { Team: "a", cost: "42" });
    for (const text of [undefined, "", "a", "[1]", '{"tags":["a"]}', '{"tags":null}', "null"])
      assert.deepEqual(stackTagsOf(text), {});
  });

  const config = { ...REGION, "aws:defaultTags": '{"tags":{"Team":"hush"}}' };

  it("are held against those of the description before anything is made", async () => {
    const { message } = await refusal({ topology }, { config });
    assert.match(message, /tags\.team: got the key "team"; .* "Team" of aws:defaultTags is there/);
  });

  it("are not looked at where they are a secret, or where the AWS providers are given", async () => {
    const secretKeys = ["aws:defaultTags"];
    const told = "IAM takes tags that differ by case alone for one";
    const error = await refusal({ topology }, { config, secretKeys });
    assert.ok(error.message.includes(told), error.message);
    const graph = await run({ topology }, { config }, () => ({
      awsProviders: { "eu-west-1": new aws.Provider("mine", { region: "eu-west-1" }) },
    }));
    assert.deepEqual(
      graph.ofType(PROVIDER).map(({ name }) => name),
      ["mine"],
    );
  });

  it("are read from a stack file too, but for a secret", () => {
    const file = { stack: "dev", description: {}, secretKeys: [] };
    const tagsOf = (text: string) =>
      contextOf({ ...file, config: { "aws:defaultTags": text } }).stackTags;
    assert.deepEqual(tagsOf('{"tags":{"a":"b"}}'), { a: "b" });
    assert.deepEqual(tagsOf(SECRET), {});
  });
});
